import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type AppendRecord,
  type EventLog,
  encodeSrc,
  partitionOf,
  type ReaderOptions,
} from '@waywarden/event-log';
import { type LmdbLog, openLmdbLog } from '@waywarden/event-log/lmdb';
import { HEADERS } from '@waywarden/schemas';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LocalState } from './local-state.ts';
import type { Decide } from './port.ts';
import { historyBegins } from './restore-partition.ts';
import { Stage } from './run-stage.ts';
import type { StageOptions } from './stage-options.ts';

/** Counts per key and says the count: the smallest stage whose outputs depend on its state. */
const counting: Decide = (transaction, record) => {
  const { who, poison } = record.value as { who: string; poison?: boolean };
  const count = (transaction.get<number>(who) ?? 0) + 1;
  transaction.put(who, count);
  if (poison === true) throw new Error('A poisoned record.');
  return [{ topic: 'out', key: who, type: 'event', id: `${who}/${count}`, value: { who, count } }];
};

let folder: string;
let log: LmdbLog;
let clock = 0;

beforeEach(async () => {
  clock = 0;
  folder = mkdtempSync(join(tmpdir(), 'waywarden-stage-'));
  log = await openLmdbLog({ path: join(folder, 'log'), durable: false, nowMs: () => clock });
  await log.createTopics([
    { name: 'in', partitions: 2 },
    { name: 'out', partitions: 2 },
    { name: 'waywarden.audit.deadletter.v1', partitions: 1 },
  ]);
});

afterEach(async () => {
  await log.close();
  rmSync(folder, { recursive: true, force: true });
});

const encode = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

async function say(...values: { who: string; poison?: boolean }[]): Promise<void> {
  await log.append(
    values.map((value) => ({
      topic: 'in',
      key: value.who,
      value: encode(value),
      headers: { [HEADERS.type]: 'event' },
    })),
  );
}

const OPTIONS = {
  name: 'counting',
  topics: ['in'],
  decide: counting,
  wallClock: () => '2026-01-01T00:00:00Z',
};

/** Runs the stage until it has decided all input, or has failed. */
async function settle(options: Partial<StageOptions> = {}): Promise<void> {
  const state = LocalState.open(join(folder, 'state'));
  const stage = new Stage({ ...OPTIONS, log, state, ...options });
  const running = stage.run();
  try {
    await Promise.race([running, stage.caughtUp('in', await log.endOffsets('in'))]);
  } finally {
    await stage.stop();
    await running.catch(() => undefined);
    await state.close();
  }
}

async function said(topic: string): Promise<readonly { text: string; src: string | undefined }[]> {
  const ends = await log.endOffsets(topic);
  const all = await Promise.all(ends.map((end, p) => log.read(topic, p, 0, end)));
  return all.flat().map((record) => ({
    text: new TextDecoder().decode(record.value ?? new Uint8Array()),
    src: record.headers[HEADERS.src],
  }));
}

/** What a reader that drops repeats by mark sees. */
async function claimedOnce(topic: string): Promise<string[]> {
  const bySrc = new Map((await said(topic)).map(({ src, text }) => [src, text]));
  return [...bySrc.values()].sort();
}

describe('a stage', () => {
  it('decides another partition while the outputs of one are on their way to the disk', async () => {
    const [here, there] = ['a', 'b', 'c', 'd'].reduce<string[]>((found, who) => {
      const at = partitionOf(who, 2);
      if (found[at] === undefined) found[at] = who;
      return found;
    }, []) as [string, string];
    await say({ who: here }, { who: there });
    const seen: string[] = [];
    let both: () => void = () => undefined;
    const appends = new Promise<void>((resolve) => {
      both = resolve;
    });
    const slow: EventLog = Object.create(log, {
      append: {
        value: async (records: readonly AppendRecord[]) => {
          seen.push(...records.map(({ key }) => key ?? ''));
          if (seen.length === 2) both();
          // Would wait forever if the second partition waited for the first.
          await appends;
          await log.append(records);
        },
      },
      reader: { value: (options: ReaderOptions) => log.reader(options) },
      describe: { value: (topic: string) => log.describe(topic) },
      startOffsets: { value: (topic: string) => log.startOffsets(topic) },
    });
    await settle({ log: slow });
    expect(seen.sort()).toEqual([here, there].sort());
    expect(await said('out')).toHaveLength(2);
  });

  it('decides every record once and continues after a stop where it was', async () => {
    await say({ who: 'a' }, { who: 'b' }, { who: 'a' });
    await settle();
    await say({ who: 'a' });
    await settle();
    expect(await said('out')).toHaveLength(4);
    expect(await claimedOnce('out')).toContain('{"who":"a","count":3}');
  });

  it.each(['counting.append.before', 'counting.append.after', 'counting.commit.after'])(
    'emits after a crash at %s only what it emitted or would have emitted',
    async (where) => {
      await say({ who: 'a' }, { who: 'b' }, { who: 'a' });
      let armed = true;
      const failpoint = (name: string) => {
        if (armed && name === where) {
          armed = false;
          throw new Error('crash');
        }
      };
      await expect(settle({ failpoint })).rejects.toThrow('crash');
      await settle();
      expect(await claimedOnce('out')).toEqual([
        '{"who":"a","count":1}',
        '{"who":"a","count":2}',
        '{"who":"b","count":1}',
      ]);
      const texts = (await said('out')).map(({ text }) => text);
      expect(new Set(texts).size).toBe(3);
    },
  );

  it('decides the same again over the same open state after a batch that failed', async () => {
    await say({ who: 'a' }, { who: 'a' });
    const state = LocalState.open(join(folder, 'state'));
    const failpoint = (name: string) => {
      if (name === 'counting.append.after') throw new Error('crash');
    };
    const stage = (options: Partial<StageOptions>) =>
      new Stage({
        name: 'counting',
        log,
        state,
        topics: ['in'],
        decide: counting,
        wallClock: () => '2026-01-01T00:00:00Z',
        ...options,
      });
    await expect(stage({ failpoint }).run()).rejects.toThrow('crash');
    const again = stage({});
    const running = again.run();
    await again.caughtUp('in', await log.endOffsets('in'));
    await again.stop();
    await running;
    await state.close();
    expect(await claimedOnce('out')).toEqual(['{"who":"a","count":1}', '{"who":"a","count":2}']);
  });

  it('restores its state by replay when the local state is lost', async () => {
    await say({ who: 'a' }, { who: 'a' });
    await settle();
    rmSync(join(folder, 'state'), { recursive: true });
    await say({ who: 'a' });
    await settle();
    expect(await claimedOnce('out')).toContain('{"who":"a","count":3}');
  });

  it('drops input that its source emitted again', async () => {
    const headers = (offset: number) => ({
      [HEADERS.type]: 'event',
      [HEADERS.src]: encodeSrc({ topic: 'up', incarnation: 'i', partition: 0, offset, index: 0 }),
    });
    const one = (offset: number) => ({
      topic: 'in',
      key: 'a',
      value: encode({ who: 'a' }),
      headers: headers(offset),
    });
    await log.append([one(0), one(1), one(0), one(1), one(2)]);
    await settle();
    expect(await said('out')).toHaveLength(3);
  });

  it('sets a poisoned record aside, forgets what it wrote and goes on', async () => {
    await say({ who: 'a' }, { who: 'a', poison: true }, { who: 'a' });
    await settle();
    expect(await claimedOnce('out')).toEqual(['{"who":"a","count":1}', '{"who":"a","count":2}']);
    const dead = await said('waywarden.audit.deadletter.v1');
    expect(dead).toHaveLength(1);
    expect(dead[0]?.text).toContain('A poisoned record.');
  });

  it('refuses what may not be believed', async () => {
    await say({ who: 'a' });
    await settle({ admit: () => 'mac_forged' });
    expect(await said('out')).toEqual([]);
    expect((await said('waywarden.audit.deadletter.v1'))[0]?.text).toContain('mac_forged');
    const [letter] = await log.read('waywarden.audit.deadletter.v1', 0, 0, 1);
    expect(letter?.headers).toMatchObject({
      [HEADERS.deadReason]: 'stage_refused',
      [HEADERS.deadDetail]: expect.stringMatching(/^mac_forged at in\//),
    });
  });
});

describe('a stage over a log that was shortened', () => {
  const HOUR = 3_600_000;
  const partition = partitionOf('ana', 2);

  /** Two records that are gone, and one that is kept. */
  async function sayAndShorten(): Promise<void> {
    await say({ who: 'ana' }, { who: 'ana' });
    await shortenBehind();
  }

  async function shortenBehind(): Promise<void> {
    clock += HOUR;
    await say({ who: 'ana' });
    await log.createTopics([{ name: 'in', partitions: 2, retention: { ageMs: HOUR } }]);
    await log.shorten({ nowMs: clock + 1 });
  }

  it('says that its past is missing, keeps saying so, and goes on from what there is', async () => {
    await sayAndShorten();
    const told: unknown[] = [];
    const events = { historyShortened: (gap: unknown) => told.push(gap) };
    await settle({ events });
    const gap = { missingFrom: 0, beginsAt: 2, beginsTime: null };
    expect(told).toEqual([{ ...gap, stage: 'counting', topic: 'in', partition }]);
    expect((await said('out')).map(({ text }) => text)).toEqual(['{"who":"ana","count":1}']);
    const state = LocalState.open(join(folder, 'state'));
    const stage = new Stage({ ...OPTIONS, log, state });
    const running = stage.run();
    await stage.caughtUp('in', await log.endOffsets('in'));
    expect(stage.history()).toEqual(told);
    await stage.stop();
    await running;
    await state.close();
  });

  it('tells decide when what it knows begins', async () => {
    await say({ who: 'ana' });
    clock += HOUR;
    const time = '2026-05-04T10:00:00Z';
    await log.append([
      {
        topic: 'in',
        key: 'ana',
        value: encode({ who: 'ana' }),
        headers: { [HEADERS.type]: 'event', [HEADERS.ceTime]: time },
      },
    ]);
    await log.createTopics([{ name: 'in', partitions: 2, retention: { ageMs: HOUR } }]);
    await log.shorten({ nowMs: clock + 1 });
    const begins: unknown[] = [];
    await settle({
      decide: (transaction) => {
        begins.push(historyBegins(transaction));
        return [];
      },
    });
    expect(begins).toEqual([time]);
  });

  it('has no gap when its own state reaches as far as the log begins', async () => {
    await say({ who: 'ana' }, { who: 'ana' });
    await settle();
    await shortenBehind();
    const told: unknown[] = [];
    await settle({ events: { historyShortened: (gap) => told.push(gap) } });
    expect(told).toEqual([]);
    expect((await said('out')).at(-1)?.text).toBe('{"who":"ana","count":3}');
  });

  it('whose records are removed while it runs goes on behind them, and says so', async () => {
    await log.createTopics([{ name: 'in', partitions: 2, retention: { bytes: 1 } }]);
    const told: { missingFrom: number; beginsAt: number }[] = [];
    let hit = false;
    const large = 'x'.repeat(1024 * 1024);
    for (let n = 0; n < 6; n++) await say({ who: 'ana', large } as { who: string });
    await settle({
      batchRecordsMax: 1,
      events: { historyShortened: (gap) => told.push(gap) },
      admit: async () => {
        if (!hit) await log.shorten({ nowMs: clock });
        hit = true;
        return undefined;
      },
    });
    expect(told).toMatchObject([{ beginsAt: 6 - 1 }]);
    // Whatever was in hand when it was removed is decided; what is missing is told to the record.
    const decided = (told[0]?.missingFrom ?? 0) + 6 - (6 - 1);
    expect(await said('out')).toHaveLength(decided);
    expect(decided).toBeLessThan(6);
    expect((await log.retained('in'))[partition]?.lost).toMatchObject([
      { from: 0, readers: ['counting'] },
    ]);
  });
});

describe('a stage whose input is written under a lease', () => {
  it('refuses what an ended lease still wrote, and takes it from the new holder', async () => {
    const under = (epoch: number, who: string, offset: number): AppendRecord => {
      const src = encodeSrc({ topic: 'up', incarnation: 'i', partition: 0, offset, index: 0 });
      const headers = {
        [HEADERS.type]: 'event',
        [HEADERS.epoch]: String(epoch),
        [HEADERS.src]: src,
      };
      return { topic: 'in', partition: 0, key: who, value: encode({ who }), headers };
    };
    await log.append([under(1, 'a', 1), under(2, 'b', 2), under(1, 'late', 3), under(2, 'c', 3)]);
    const refused: string[] = [];
    const events = { recordRefused: ({ reason }: { reason: string }) => refused.push(reason) };
    await settle({ underLease: true, events });
    const counted = (await said('out')).map(({ text }) => JSON.parse(text).who);
    expect(counted.toSorted()).toEqual(['a', 'b', 'c']);
    expect(refused).toEqual(['ended_lease']);
  });
});
