/** Guarantee: a verdict stands in every partition once, whatever was restarted or kept no longer. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LmdbLog, openLmdbLog } from '@waywarden/event-log/lmdb';
import {
  activeMacKey,
  HEADERS,
  loadOrCreateKeyFile,
  macKeyRing,
  signingKeyRing,
  TOPICS,
  verdictControlSchema,
  verifyMac,
} from '@waywarden/schemas';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type GivenVerdict, JUDGED, recordedVerdict } from '../testing/recorded-verdict.ts';
import { at, START } from '../testing/response-fixtures.ts';
import { type Sequencer, startSequencer } from './sequencer.ts';

const AUDIT = TOPICS.auditEvents.name;
const DECISIONS = TOPICS.decisions.name;
const PARTITIONS = 2;
const wallClock = () => '2026-11-24T12:00:00Z';

let folder: string;
let log: LmdbLog;
let running: Sequencer | undefined;
const refusals: string[] = [];

const keyFile = (service: string) =>
  loadOrCreateKeyFile(join(folder, `${service}.json`), {
    service,
    uses: ['mac', 'sign'],
    createdAt: wallClock(),
  });

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'waywarden-sequenced-verdict-'));
  log = await openLmdbLog({ path: join(folder, 'log'), durable: false });
  await log.createTopics([
    { name: AUDIT, partitions: PARTITIONS },
    { name: DECISIONS, partitions: PARTITIONS },
    { name: TOPICS.registry.name, partitions: 1 },
  ]);
});

afterEach(async () => {
  await running?.stop();
  await log.close();
  rmSync(folder, { recursive: true, force: true });
});

async function start(): Promise<Sequencer> {
  await running?.stop();
  const own = keyFile('responder');
  refusals.length = 0;
  running = await startSequencer({
    ...{ log, stateDir: join(folder, 'state'), wallClock },
    ...{ macKey: activeMacKey(own), macKeys: macKeyRing(own), registryKeys: signingKeyRing(own) },
    operatorKeys: {
      ringOfOperator: (_, by) => (by === 'ana' ? signingKeyRing(keyFile('ana')) : undefined),
    },
    events: { verdictRefused: ({ reason }) => refusals.push(reason) },
  });
  return running;
}

async function decide(partition: number, given?: GivenVerdict): Promise<void> {
  const { value } = await recordedVerdict(keyFile, given);
  const headers = { [HEADERS.type]: 'event' };
  await log.append([{ topic: DECISIONS, partition, key: 'k', value, headers }]);
}

/** What the sequencer wrote to each partition, once time has moved past what it had to read. */
async function verdicts(sequencer: Sequencer, atLeast: number): Promise<readonly number[]> {
  const counts = async () => {
    const all = Array.from({ length: PARTITIONS }, (_, partition) =>
      log.read(AUDIT, partition, 0, 99),
    );
    return (await Promise.all(all)).map(
      (records) =>
        records.filter((record) => {
          const value = JSON.parse(new TextDecoder().decode(record.value ?? undefined));
          const read = verdictControlSchema.safeParse(value);
          return (
            read.success &&
            read.data.alert_id === JUDGED.alert_id &&
            verifyMac(record, macKeyRing(keyFile('responder'))) === 'ok'
          );
        }).length,
    );
  };
  for (let round = 0; round < 2_000; round++) {
    const now = await counts();
    if (now.every((one) => one >= atLeast)) return now;
    await sequencer.advance(at(round));
  }
  return counts();
}

test('of whichever partition of decisions, it stands in every partition of events, sealed', async () => {
  const sequencer = await start();
  await decide(1);
  expect(await verdicts(sequencer, 1)).toEqual([1, 1]);
  await decide(0);
  expect(await verdicts(sequencer, 2)).toEqual([2, 2]);
});

test('is not written again after a restart', async () => {
  const first = await start();
  await decide(1);
  expect(await verdicts(first, 1)).toEqual([1, 1]);
  const again = await start();
  await decide(0);
  expect(await verdicts(again, 2)).toEqual([2, 2]);
});

test('of a stranger is refused, and said so; the next one counts', async () => {
  const sequencer = await start();
  await decide(0, { by: 'mallory' });
  await decide(0);
  expect(await verdicts(sequencer, 1)).toEqual([1, 1]);
  expect(refusals).toEqual(['operator_without_key']);
});

test('is waited for from the earliest decision on where retention took those before', async () => {
  await decide(0);
  await log.createTopics([{ name: DECISIONS, partitions: PARTITIONS, retention: { ageMs: 1 } }]);
  await log.shorten({ nowMs: Date.parse(START) + 10 * 365 * 86_400_000 });
  expect((await log.startOffsets(DECISIONS))[0]).toBe(1);
  const sequencer = await start();
  await decide(0);
  expect(await verdicts(sequencer, 1)).toEqual([1, 1]);
});
