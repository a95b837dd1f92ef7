import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AppendRecord, type EventLog, EventLogError } from '@waywarden/event-log';
import { type LmdbLog, openLmdbLog } from '@waywarden/event-log/lmdb';
import {
  activeMacKey,
  activeSigningKey,
  controlRecordSchema,
  HEADERS,
  loadOrCreateKeyFile,
  macKeyRing,
  policySchema,
  registrySchema,
  signingKeyRing,
  TOPICS,
  verifyMac,
  watermarkSchema,
} from '@waywarden/schemas';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { at, START, TENANT } from '../testing/response-fixtures.ts';
import { publishPolicy, publishRegistry } from './publish-rules.ts';
import { type Sequencer, startSequencer } from './sequencer.ts';

const AUDIT = TOPICS.auditEvents.name;
const PARTITIONS = 3;
const wallClock = () => '2026-11-24T12:00:00Z';
const policy = policySchema.parse({ version: 1 });
const registry = registrySchema.parse({ version: 1 });

let folder: string;
let log: LmdbLog;
let running: Sequencer | undefined;

function keys(service: string) {
  return loadOrCreateKeyFile(join(folder, `${service}.json`), {
    service,
    uses: ['mac', 'sign'],
    createdAt: wallClock(),
  });
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'waywarden-sequencer-'));
  log = await openLmdbLog({ path: join(folder, 'log'), durable: false });
  await log.createTopics([
    { name: AUDIT, partitions: PARTITIONS },
    { name: TOPICS.registry.name, partitions: 1 },
  ]);
});

afterEach(async () => {
  await running?.stop();
  running = undefined;
  await log.close();
  rmSync(folder, { recursive: true, force: true });
});

const refusals: string[] = [];

async function start(
  over: { log?: EventLog; stateDir?: string; epoch?: number } = {},
): Promise<Sequencer> {
  refusals.length = 0;
  const file = keys('responder');
  running = await startSequencer({
    log: over.log ?? log,
    stateDir: over.stateDir ?? join(folder, 'state'),
    macKey: activeMacKey(file),
    macKeys: macKeyRing(file),
    registryKeys: signingKeyRing(file),
    wallClock,
    ...(over.epoch === undefined ? {} : { epoch: over.epoch }),
    events: { registryRecordRefused: ({ reason }) => refusals.push(reason) },
  });
  return running;
}

const publisher = (service = 'responder') => ({
  log,
  signingKey: activeSigningKey(keys(service)),
  wallClock,
});

/** Type and number of our records in each partition. */
async function sequences(): Promise<readonly (readonly string[])[]> {
  const all: string[][] = [];
  for (let partition = 0; partition < PARTITIONS; partition++) {
    const records = await log.read(AUDIT, partition, 0, 5000);
    const ours = records.filter((record) => record.headers[HEADERS.type] !== 'event');
    all.push(
      ours.map((record) => {
        const { seq } = JSON.parse(new TextDecoder().decode(record.value ?? undefined));
        return `${record.headers[HEADERS.type]} ${seq}`;
      }),
    );
  }
  return all;
}

async function settle(sequencer: Sequencer): Promise<void> {
  const [end = 0] = await log.endOffsets(TOPICS.registry.name);
  await sequencer.caughtUp(end);
}

const everywhere = (...records: readonly string[]) =>
  Array.from({ length: PARTITIONS }, () => records);

/** A log whose append after the first `whole` ones reaches only the first `copies` records, then fails. */
function failingAfter(copies: number, whole = 0): EventLog {
  let left = whole;
  return {
    createTopics: (specs) => log.createTopics(specs),
    describe: (topic) => log.describe(topic),
    endOffsets: (topic) => log.endOffsets(topic),
    startOffsets: (topic) => log.startOffsets(topic),
    read: (topic, partition, offset, max) => log.read(topic, partition, offset, max),
    reader: (options) => log.reader(options),
    close: () => log.close(),
    append: async (records: readonly AppendRecord[]) => {
      if (left-- > 0) return log.append(records);
      await log.append(records.slice(0, copies));
      throw new EventLogError('unavailable', 'The broker went away.');
    },
  };
}

async function event(partition: number): Promise<void> {
  const value = new TextEncoder().encode('{}');
  const headers = { [HEADERS.type]: 'event' };
  await log.append([{ topic: AUDIT, partition, key: 'acme|a', value, headers }]);
}

describe('the sequence', () => {
  test('policy, registry and time stand in every partition under the same gapless numbers', async () => {
    const sequencer = await start();
    await publishRegistry(publisher(), TENANT, registry);
    await publishPolicy(publisher(), TENANT, policy);
    await settle(sequencer);
    await sequencer.advance(START);
    expect(await sequences()).toEqual(everywhere('control 1', 'control 2', 'watermark 3'));
  });

  test('the rules in force are repeated with new numbers, each tenant’s last of each kind', async () => {
    const sequencer = await start();
    await publishRegistry(publisher(), TENANT, registry);
    await publishPolicy(publisher(), TENANT, policy);
    await settle(sequencer);
    await sequencer.repeatRules();
    expect(await sequences()).toEqual(
      everywhere('control 1', 'control 2', 'control 3', 'control 4'),
    );
    const copies = await log.read(AUDIT, 0, 0, 10);
    const said = copies.map(({ value }) =>
      JSON.parse(new TextDecoder().decode(value ?? undefined)),
    );
    expect(said.slice(2).map(({ kind, version }) => [kind, version])).toEqual(
      said.slice(0, 2).map(({ kind, version }) => [kind, version]),
    );
  });

  test('numbers go on when retention took every record of ours from the partitions', async () => {
    const sequencer = await start();
    await publishPolicy(publisher(), TENANT, policy);
    await settle(sequencer);
    await sequencer.advance(START);
    await sequencer.stop();
    await log.createTopics([{ name: AUDIT, partitions: PARTITIONS, retention: { ageMs: 1 } }]);
    await log.shorten({ nowMs: Date.now() + 3_600_000 });
    expect(await log.startOffsets(AUDIT)).toEqual(await log.endOffsets(AUDIT));
    const again = await start();
    await settle(again);
    const ends = await log.endOffsets(AUDIT);
    const [first] = await log.read(AUDIT, 0, (ends[0] ?? 0) - 1, 1);
    expect(JSON.parse(new TextDecoder().decode(first?.value ?? undefined)).seq).toBeGreaterThan(2);
  });

  test('records are valid on the wire and sealed by the sequencer', async () => {
    const sequencer = await start();
    await publishPolicy(publisher(), TENANT, policy);
    await settle(sequencer);
    await sequencer.advance(START);
    const [control, watermark] = await log.read(AUDIT, 1, 0, 10);
    const value = (bytes: Uint8Array | null | undefined) =>
      JSON.parse(new TextDecoder().decode(bytes ?? undefined));
    expect(controlRecordSchema.safeParse(value(control?.value)).success).toBe(true);
    expect(watermarkSchema.safeParse(value(watermark?.value)).success).toBe(true);
    const ring = macKeyRing(keys('responder'));
    expect([control, watermark].map((record) => record && verifyMac(record, ring))).toEqual([
      'ok',
      'ok',
    ]);
  });

  test('a watermark is written only when time moved, also after a restart', async () => {
    const first = await start();
    await first.advance(START);
    await first.advance(START);
    await first.advance(at(-1));
    await first.advance('2026-11-24T10:00:00+01:00');
    await publishPolicy(publisher(), TENANT, policy);
    await settle(first);
    await first.stop();
    const second = await start();
    await second.advance(START);
    await second.advance(at(1));
    expect(await sequences()).toEqual(everywhere('watermark 1', 'control 2', 'watermark 3'));
  });

  test('the same content published again is the same version and changes nothing', async () => {
    const sequencer = await start();
    const one = await publishPolicy(publisher(), TENANT, policy);
    expect(await publishPolicy(publisher(), TENANT, policy)).toEqual({ ...one, appended: false });
    await settle(sequencer);
    expect(await sequences()).toEqual(everywhere('control 1'));
  });
});

describe('after a crash', () => {
  test.each([0, 1, 2])('a record that reached %i partitions reaches all, once', async (copies) => {
    const first = await start();
    await first.advance(START);
    await first.stop();
    const broken = await start({ log: failingAfter(copies) });
    await expect(broken.advance(at(1))).rejects.toThrow('The broker went away.');
    await expect(broken.advance(at(2))).rejects.toThrow('The broker went away.');
    await broken.stop();
    await event(0);
    const again = await start();
    await again.advance(at(3));
    const expected =
      copies === 0 ? ['watermark 1', 'watermark 2'] : ['watermark 1', 'watermark 2', 'watermark 3'];
    expect(await sequences()).toEqual(everywhere(...expected));
  });

  test('a policy that was half sequenced is neither lost nor sequenced twice', async () => {
    await publishPolicy(publisher(), TENANT, policy);
    const broken = await start({ log: failingAfter(1) });
    await expect(broken.finished).rejects.toThrow('The broker went away.');
    const again = await start();
    await publishRegistry(publisher(), TENANT, registry);
    await settle(again);
    expect(await sequences()).toEqual(everywhere('control 1', 'control 2'));
  });

  test('an old genuine record copied to the end does not set the numbers back', async () => {
    const first = await start();
    await first.advance(START);
    await first.advance(at(1));
    await first.stop();
    for (let partition = 0; partition < PARTITIONS; partition++) {
      const [old] = await log.read(AUDIT, partition, 0, 1);
      if (!old) throw new Error('A watermark was expected.');
      const { topic, key, value, headers } = old;
      const events = Array.from({ length: 1100 }, () => ({
        topic,
        partition,
        key: 'acme|a',
        value,
        headers: { [HEADERS.type]: 'event' },
      }));
      await log.append([...events, { topic, partition, key, value, headers }]);
    }
    const again = await start();
    await again.advance(at(2));
    const [last] = (await sequences()).map((records) => records.at(-1));
    expect(last).toBe('watermark 3');
  });
});

describe('forgery', () => {
  test('a policy signed by a stranger is refused, said so, and leaves no gap', async () => {
    const sequencer = await start();
    await publishPolicy(publisher('stranger'), TENANT, policy);
    await publishRegistry(publisher(), TENANT, registry);
    await settle(sequencer);
    expect(refusals).toEqual(['signature_unknown_key']);
    expect(await sequences()).toEqual(everywhere('control 1'));
  });

  test('a signed policy under the key of another tenant is refused', async () => {
    const sequencer = await start();
    await publishPolicy(publisher(), TENANT, policy);
    const [genuine] = await log.read(TOPICS.registry.name, 0, 0, 1);
    if (!genuine) throw new Error('A policy was expected.');
    const { topic, value, headers } = genuine;
    await log.append([{ topic, partition: 0, key: 'other|policy|policy', value, headers }]);
    await settle(sequencer);
    expect(refusals).toEqual(['key_mismatch']);
    expect(await sequences()).toEqual(everywhere('control 1'));
  });

  test('a forged watermark at the end of a partition does not move the numbers', async () => {
    const first = await start();
    await first.advance(START);
    await first.stop();
    const value = new TextEncoder().encode(JSON.stringify({ seq: 999, time: at(1) }));
    const headers = {
      [HEADERS.type]: 'watermark',
      [HEADERS.mac]: 'AAAA',
      [HEADERS.keyId]: 'mac-1',
    };
    await log.append([{ topic: AUDIT, partition: 0, key: null, value, headers }]);
    const again = await start({ stateDir: join(folder, 'lost') });
    await again.advance(at(2));
    expect((await sequences())[1]).toEqual(['watermark 1', 'watermark 2']);
  });
});

describe('a sequencer that takes over', () => {
  const EPOCH = 2 ** 32;

  test('fences every partition with a number above all of the epoch before', async () => {
    const first = await start({ epoch: 1 });
    await first.advance('2026-11-24T12:00:01Z');
    await first.stop();
    const second = await start({ epoch: 2, stateDir: join(folder, 'other') });
    await second.advance('2026-11-24T12:00:02Z');
    const [fence, later, next] = [EPOCH, EPOCH + 1, 2 * EPOCH];
    const expected = [fence, later, next, next + 1].map((seq) => `watermark ${seq}`);
    expect(await sequences()).toEqual(everywhere(...expected));
  });

  test('gives partitions that lack a rule a copy with a number that is still accepted', async () => {
    await publishPolicy(publisher(), TENANT, policy);
    const broken = await start({ epoch: 1, log: failingAfter(1, 1) });
    await broken.finished.catch(() => undefined);
    await broken.stop();
    const second = await start({ epoch: 2, stateDir: join(folder, 'other') });
    await settle(second);
    const rules = (await sequences()).map((one) =>
      one.filter((text) => text.startsWith('control')),
    );
    const late = [`control ${2 * EPOCH + 1}`];
    expect(rules).toEqual([[`control ${EPOCH + 1}`], late, late]);
  });
});
