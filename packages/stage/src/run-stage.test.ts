import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EventLog, encodeSrc } from '@waywarden/event-log';
import { openLmdbLog } from '@waywarden/event-log/lmdb';
import { HEADERS } from '@waywarden/schemas';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LocalState } from './local-state.ts';
import type { Decide } from './port.ts';
import { Stage, type StageOptions } from './run-stage.ts';

/** Counts per key and says the count: the smallest stage whose outputs depend on its state. */
const counting: Decide = (draft, record) => {
  const { who, poison } = record.value as { who: string; poison?: boolean };
  const count = (draft.get<number>(who) ?? 0) + 1;
  draft.put(who, count);
  if (poison === true) throw new Error('A poisoned record.');
  return [{ topic: 'out', key: who, type: 'event', id: `${who}/${count}`, value: { who, count } }];
};

let folder: string;
let log: EventLog;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'waywarden-stage-'));
  log = await openLmdbLog({ path: join(folder, 'log'), durable: false });
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

/** Runs the stage until it has decided all input, or has failed. */
async function settle(options: Partial<StageOptions> = {}): Promise<void> {
  const state = LocalState.open(join(folder, 'state'));
  const stage = new Stage({
    name: 'counting',
    log,
    state,
    topics: ['in'],
    decide: counting,
    wallClock: () => '2026-01-01T00:00:00Z',
    ...options,
  });
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
async function saidOnce(topic: string): Promise<string[]> {
  const bySrc = new Map((await said(topic)).map(({ src, text }) => [src, text]));
  return [...bySrc.values()].sort();
}

describe('a stage', () => {
  it('decides every record once and continues after a stop where it was', async () => {
    await say({ who: 'a' }, { who: 'b' }, { who: 'a' });
    await settle();
    await say({ who: 'a' });
    await settle();
    expect(await said('out')).toHaveLength(4);
    expect(await saidOnce('out')).toContain('{"who":"a","count":3}');
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
      expect(await saidOnce('out')).toEqual([
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
    expect(await saidOnce('out')).toEqual(['{"who":"a","count":1}', '{"who":"a","count":2}']);
  });

  it('restores its state by replay when the local state is lost', async () => {
    await say({ who: 'a' }, { who: 'a' });
    await settle();
    rmSync(join(folder, 'state'), { recursive: true });
    await say({ who: 'a' });
    await settle();
    expect(await saidOnce('out')).toContain('{"who":"a","count":3}');
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
    expect(await saidOnce('out')).toEqual(['{"who":"a","count":1}', '{"who":"a","count":2}']);
    const dead = await said('waywarden.audit.deadletter.v1');
    expect(dead).toHaveLength(1);
    expect(dead[0]?.text).toContain('A poisoned record.');
  });

  it('refuses what may not be believed', async () => {
    await say({ who: 'a' });
    await settle({ admit: () => 'mac_forged' });
    expect(await said('out')).toEqual([]);
    expect((await said('waywarden.audit.deadletter.v1'))[0]?.text).toContain('mac_forged');
  });
});
