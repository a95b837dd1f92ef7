import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AppendRecord, type EventLog, encodeSrc } from '@waywarden/event-log';
import { type LmdbLog, openLmdbLog } from '@waywarden/event-log/lmdb';
import {
  activeMacKey,
  HEADERS,
  type LeaseRecord,
  loadOrCreateKeyFile,
  macKeyRing,
  TOPICS,
} from '@waywarden/schemas';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { applyLease, type Lease, LeaseLostError, type LeaseState, NO_LEASE } from './lease.ts';
import { openLease } from './open-lease.ts';
import { fencedLog, readsAlone } from './sequencer-under-lease.ts';

const JOURNAL = TOPICS.responseJournal.name;
/** What the responder promises. */
const TAKE_OVER_MS_MAX = 5_000;

let folder: string;
let log: LmdbLog;
const opened: Lease[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'waywarden-lease-'));
  log = await openLmdbLog({ path: join(folder, 'log'), durable: false });
  await log.createTopics([
    { name: TOPICS.leases.name, partitions: 1 },
    { name: JOURNAL, partitions: 1 },
  ]);
});

afterEach(async () => {
  await Promise.all(opened.splice(0).map((one) => one.stop()));
  await log.close();
  rmSync(folder, { recursive: true, force: true });
});

async function lease(name: string, over: { log?: EventLog; progress?: () => number } = {}) {
  const service = {
    service: 'responder',
    uses: ['mac' as const],
    createdAt: '2026-11-24T12:00:00Z',
  };
  const file = loadOrCreateKeyFile(join(folder, 'responder.json'), service);
  const one = await openLease({
    log: over.log ?? readsAlone(log, name),
    macKey: activeMacKey(file),
    macKeys: macKeyRing(file),
    holder: name,
    progress: () => ({ 'stage-x/topic-x/0': over.progress?.() ?? 0 }),
    nowMs: () => performance.now(),
  });
  opened.push(one);
  return one;
}

/** A process that was frozen: what it would write does not get out until it is thawed. */
function freezable(name: string) {
  const real = readsAlone(log, name);
  let thawed: () => void = () => undefined;
  let frozen: Promise<void> | undefined;
  return {
    log: {
      ...real,
      append: async (records: readonly AppendRecord[]) => {
        await frozen;
        await real.append(records);
      },
    },
    freeze: () => {
      frozen = new Promise((resolve) => {
        thawed = resolve;
      });
    },
    thaw: () => thawed(),
  };
}

function output(offset: number): AppendRecord {
  const place = { topic: 'topic-x', incarnation: 'i', partition: 0 };
  const src = encodeSrc({ ...place, offset, index: 0 });
  const headers = { [HEADERS.src]: src, [HEADERS.ceSource]: 'urn:waywarden:stage-x' };
  return { topic: JOURNAL, partition: 0, key: null, value: Buffer.from(String(offset)), headers };
}

const journal = async () =>
  (await log.read(JOURNAL, 0, 0, 100)).map(({ value, headers }) => [
    Number(Buffer.from(value ?? []).toString()),
    Number(headers[HEADERS.epoch]),
  ]);

it('the first one holds it, the second follows, and takes over at once when it is given back', async () => {
  const first = await lease('first');
  expect(await first.acquired()).toBe(1);
  const second = await lease('second');
  await second.follow('stage-x/topic-x/0', -1);
  expect(second.report()).toMatchObject({ state: 'following', holder: 'first' });
  await first.stop();
  expect(await second.acquired()).toBe(2);
});

it('a frozen holder is replaced within five seconds, and what it then writes is refused', async () => {
  const cold = freezable('first');
  const first = await lease('first', { log: cold.log });
  await first.acquired();
  const second = await lease('second');
  await second.follow('stage-x/topic-x/0', -1);
  cold.freeze();
  const frozenAt = performance.now();
  expect(await second.acquired()).toBe(2);
  expect(performance.now() - frozenAt).toBeLessThan(TAKE_OVER_MS_MAX);
  cold.thaw();
  await expect(first.ended).rejects.toThrow(LeaseLostError);
  await expect(fencedLog(cold.log, first).append([output(1)])).rejects.toThrow(LeaseLostError);
  expect(await journal()).toEqual([]);
});

it('a follower writes nothing that its holder wrote, and after taking over what it had not', async () => {
  const cold = freezable('first');
  const first = await lease('first', { log: cold.log, progress: () => 5 });
  await first.acquired();
  const second = await lease('second');
  const following = fencedLog(readsAlone(log, 'second'), second);
  await following.append([output(4)]);
  expect(await journal()).toEqual([]);
  const pending = following.append([output(5)]);
  cold.freeze();
  await pending;
  expect(await journal()).toEqual([[5, 2]]);
  cold.thaw();
});

it('an epoch lies above what was written before, also when the records of the lease are lost', async () => {
  const headers = { [HEADERS.epoch]: '5' };
  await log.append([{ topic: JOURNAL, partition: 0, key: null, value: Buffer.from('1'), headers }]);
  const first = await lease('first');
  expect(await first.acquired()).toBe(6);
});

function after(...records: readonly Partial<LeaseRecord>[]): LeaseState {
  const full = records.map((one) => ({
    ...{ role: 'responder', kind: 'claim', epoch: 1, holder: 'a' },
    ...one,
  })) as LeaseRecord[];
  return full.reduce(applyLease, NO_LEASE);
}

it('of two claims of one epoch the first stands', () => {
  expect(after({ holder: 'a' }, { holder: 'b' })).toMatchObject({ epoch: 1, holder: 'a' });
});

it('a newer epoch ends an older one, and what that still says counts no more', () => {
  const state = after(
    { holder: 'a' },
    { holder: 'b', epoch: 2 },
    { holder: 'a', kind: 'renew', progress: { x: 9 } },
    { holder: 'a', kind: 'release' },
  );
  expect(state).toEqual({ epoch: 2, holder: 'b', progress: {} });
});

it('a renewal whose claim was compacted away counts', () => {
  const state = after({ kind: 'renew', epoch: 7, holder: 'c', progress: { x: 3 } });
  expect(state).toEqual({ epoch: 7, holder: 'c', progress: { x: 3 } });
});

it('nobody holds what was given back, and its progress remains known', () => {
  const state = after({}, { kind: 'renew', progress: { x: 3 } }, { kind: 'release' });
  expect(state).toEqual({ epoch: 1, holder: undefined, progress: { x: 3 } });
});
