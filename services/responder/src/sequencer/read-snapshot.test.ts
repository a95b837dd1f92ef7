/** Snapshots are believed by their MAC, stand in every partition once each, and late ones wait for a day that is still to come. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LmdbLog, openLmdbLog } from '@waywarden/event-log/lmdb';
import {
  activeMacKey,
  type BaselineSnapshot,
  baselineControlSchema,
  HEADERS,
  loadOrCreateKeyFile,
  macHeaders,
  macKeyRing,
  TOPICS,
} from '@waywarden/schemas';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { toBaselineControl } from './read-snapshot.ts';
import { type Sequencer, startSequencer } from './sequencer.ts';

const wallClock = () => '2026-11-24T12:00:00Z';
const PARTITIONS = 3;
const SNAPSHOT: BaselineSnapshot = {
  tenant_id: 'acme',
  peer_group: 'clerk/graph/1.0',
  version: '2026-11-22',
  effective_from: '2026-11-24T00:00:00Z',
  since: '2026-10-23T00:00:00Z',
  agents: 9,
  volumes: { call_rate: { agents: 9, days: 90, median: 2, scale: 0.2 } },
  values: {},
  hours: Array<number>(24).fill(0),
};

let folder: string;
let log: LmdbLog;
let running: Sequencer | undefined;
const refused: string[] = [];

const keys = (service: string) =>
  loadOrCreateKeyFile(join(folder, `${service}.json`), {
    service,
    uses: ['mac', 'sign'],
    createdAt: wallClock(),
  });

async function start(): Promise<Sequencer> {
  await running?.stop();
  const file = keys('responder');
  running = await startSequencer({
    log,
    stateDir: join(folder, 'state'),
    macKey: activeMacKey(file),
    macKeys: macKeyRing(file),
    registryKeys: new Map(),
    snapshotKeys: macKeyRing(keys('detector')),
    wallClock,
    events: { snapshotRefused: ({ reason }) => refused.push(reason) },
  });
  return running;
}

async function announce(snapshot: object, by = 'detector'): Promise<void> {
  const value = new TextEncoder().encode(JSON.stringify(snapshot));
  const headers = { [HEADERS.type]: 'event' };
  const bare = { topic: TOPICS.baselineSnapshots.name, key: 'acme|clerk', value, headers };
  const sealed = { ...headers, ...macHeaders(bare, activeMacKey(keys(by))) };
  await log.append([{ ...bare, partition: 0, headers: sealed }]);
}

async function settle(sequencer: Sequencer): Promise<void> {
  const [end = 0] = await log.endOffsets(TOPICS.baselineSnapshots.name);
  await sequencer.snapshotsCaughtUp(end);
}

/** Version and first day of the snapshots in each partition. */
async function sequenced() {
  const all = [];
  for (let partition = 0; partition < PARTITIONS; partition += 1) {
    const records = await log.read(TOPICS.auditEvents.name, partition, 0, 100);
    const values = records.map((one) =>
      JSON.parse(new TextDecoder().decode(one.value ?? undefined)),
    );
    all.push(
      values
        .filter(({ kind }) => kind === 'baseline')
        .map((one) => baselineControlSchema.parse(one))
        .map(({ version, effective_from: from, seq }) => [version, from.slice(0, 10), seq]),
    );
  }
  return all;
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'waywarden-snapshots-'));
  refused.length = 0;
  log = await openLmdbLog({ path: join(folder, 'log'), durable: false });
  await log.createTopics([
    { name: TOPICS.auditEvents.name, partitions: PARTITIONS },
    { name: TOPICS.registry.name, partitions: 1 },
    { name: TOPICS.baselineSnapshots.name, partitions: 1 },
  ]);
});

afterEach(async () => {
  await running?.stop();
  running = undefined;
  await log.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('snapshots of baselines', () => {
  test('stand in every partition under one number, and not again after a restart', async () => {
    const sequencer = await start();
    await sequencer.advance('2026-11-23T03:00:00Z');
    await announce(SNAPSHOT);
    await settle(sequencer);
    const again = await start();
    await announce({ ...SNAPSHOT, version: '2026-11-23', effective_from: '2026-11-25T00:00:00Z' });
    await settle(again);
    const each = [
      ['2026-11-22', '2026-11-24', 2],
      ['2026-11-23', '2026-11-25', 3],
    ];
    expect(await sequenced()).toEqual([each, each, each]);
  });

  test('of whoever holds no key of the detector are refused', async () => {
    const sequencer = await start();
    await announce(SNAPSHOT, 'stranger');
    await announce({ ...SNAPSHOT, hours: [] });
    await settle(sequencer);
    expect(refused).toEqual(['mac_unknown_key', 'snapshot_invalid']);
    expect(await sequenced()).toEqual([[], [], []]);
  });

  test('that come late count from a day that nobody can have begun', () => {
    const from = (logTime: string | null) =>
      toBaselineControl(SNAPSHOT, 1, logTime).effective_from.slice(0, 10);
    expect(from(null)).toBe('2026-11-24');
    expect(from('2026-11-23T22:59:59Z')).toBe('2026-11-24');
    expect(from('2026-11-23T23:00:00Z')).toBe('2026-11-25');
    expect(from('2026-11-29T10:00:00Z')).toBe('2026-11-30');
  });
});
