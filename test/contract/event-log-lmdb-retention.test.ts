/** How the embedded log shortens itself: behind its readers, beside its writers, and countably. */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TopicRetention } from '@waywarden/event-log';
import { type LmdbLog, openLmdbLog } from '@waywarden/event-log/lmdb';
import { ENVIRONMENT, MARKS, STARTS } from '@waywarden/event-log/lmdb/layout';
import { open } from 'lmdb';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { numbered, record, text } from './event-log.contract.ts';

const MIB = 1024 * 1024;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const topic = 'audit.events';
const scratch = mkdtempSync(join(tmpdir(), 'event-log-retention-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe('retention of the embedded log', () => {
  let path: string;
  let log: LmdbLog;
  let clock: number;
  const openLog = async (readOnly = false) => {
    log = await openLmdbLog({ path, readOnly, nowMs: () => clock });
  };
  const keep = (retention: TopicRetention) =>
    log.createTopics([{ name: topic, partitions: 1, retention }]);
  const shorten = (nowMs = clock) => log.shorten({ nowMs });
  /** Records of a mebibyte less some bytes: each gets a mark of its own. */
  const appendLarge = async (from: number, to: number) => {
    for (let n = from; n < to; n++) {
      const value = Buffer.alloc(MIB, 'x');
      await log.append([record(topic, '', { value, headers: { n: String(n) } })]);
    }
  };

  beforeEach(async () => {
    path = mkdtempSync(join(scratch, 'log-'));
    clock = Date.UTC(2026, 0, 1);
    await openLog();
    await keep({});
  });
  afterEach(() => log.close());

  it('removes what is older than the age and keeps what is younger, over reopening', async () => {
    await log.append(numbered(topic, 0, 10));
    clock += HOUR;
    await log.append(numbered(topic, 10, 20));
    await keep({ ageMs: 2 * HOUR });
    expect(await shorten(clock + HOUR - 1)).toEqual([]);
    const [done] = await shorten(clock + HOUR);
    expect(done).toMatchObject({ topic, partition: 0, from: 0, to: 10, why: 'age' });
    await log.close();
    await openLog(true);
    const [retained] = await log.retained(topic);
    expect(retained).toMatchObject({ start: 10, end: 20, sinceMs: clock, lost: [] });
    expect(retained?.removed).toMatchObject({ records: 10, at: clock + HOUR, why: 'age' });
  });

  it('the last records of a partition grow old though none follows them', async () => {
    await keep({ ageMs: HOUR });
    await log.append(numbered(topic, 0, 3));
    clock += 2 * MINUTE;
    expect(await shorten()).toEqual([]);
    clock += HOUR;
    expect(await shorten()).toMatchObject([{ from: 0, to: 3 }]);
    expect(await log.startOffsets(topic)).toEqual([3]);
    await log.append([record(topic, 'next')]);
    expect((await log.read(topic, 0, 3, 10)).map(text)).toEqual(['next']);
    expect(await log.appendedAfter(topic, 0, 3)).toBe(clock);
  });

  it('keeps about the size that is set, whole records, the newest', async () => {
    await keep({ bytes: 4 * MIB });
    await appendLarge(0, 10);
    await shorten();
    const [retained] = await log.retained(topic);
    expect(retained?.bytes).toBeGreaterThan(2 * MIB);
    expect(retained?.bytes).toBeLessThanOrEqual(4 * MIB);
    expect((await log.read(topic, 0, retained?.start ?? 0, 20)).at(-1)?.headers['n']).toBe('9');
  });

  it('removes nothing that a reader has not committed, whatever its age', async () => {
    await keep({ ageMs: HOUR, bytes: 8 * MIB });
    await appendLarge(0, 12);
    let committed = 0;
    const options = {
      group: 'archiver',
      topics: [topic],
      startAt: () => 0,
      committed: () => committed,
    };
    const reader = log.reader(options);
    let seen = 0;
    let all: () => void = () => undefined;
    const read = new Promise<void>((resolve) => {
      all = resolve;
    });
    const running = reader.run(async ({ records }) => {
      seen += records.length;
      // The batch before this one is passed when this one comes.
      if (seen >= 12) setImmediate(all);
    });
    await read;
    clock += 2 * HOUR;
    expect(await shorten()).toEqual([]);
    committed = 5;
    expect(await shorten()).toMatchObject([{ from: 0, to: 5, lost: undefined }]);
    await reader.stop();
    await running;
    expect((await log.retained(topic))[0]?.lost).toEqual([]);
  });

  it('above twice the size it removes unread records, and says whose and which', async () => {
    await keep({ bytes: 4 * MIB });
    await appendLarge(0, 20);
    const behind = log.reader({ group: 'archiver', topics: [topic], startAt: () => 2 });
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    let entered: () => void = () => undefined;
    const inside = new Promise<void>((resolve) => {
      entered = resolve;
    });
    const running = behind.run(async () => {
      entered();
      await gate;
    });
    await inside;
    const [done] = await shorten();
    expect(done).toMatchObject({ from: 0, why: 'hard_size' });
    const { to = 0 } = done ?? {};
    expect(done?.lost).toMatchObject({ from: 2, to, readers: ['archiver'], at: clock });
    const [retained] = await log.retained(topic);
    expect(retained?.bytes).toBeLessThanOrEqual(8 * MIB);
    expect(retained?.bytes).toBeGreaterThan(6 * MIB);
    release();
    await expect(running).rejects.toMatchObject({ code: 'expired', start: to });
    await log.close();
    await openLog(true);
    expect((await log.retained(topic))[0]?.lost).toMatchObject([{ from: 2, to }]);
  });

  it('asks before it removes, and stays behind what it is told', async () => {
    await keep({ bytes: 4 * MIB });
    await appendLarge(0, 7);
    const asked: unknown[] = [];
    const before = async (cut: unknown) => {
      asked.push(cut);
      return 1;
    };
    expect(await log.shorten({ nowMs: clock, before })).toMatchObject([{ from: 0, to: 1 }]);
    expect(asked).toEqual([{ topic, partition: 0, from: 0, to: 4 }]);
  });

  it('keeps the last record that it removed, where the records form a chain', async () => {
    await keep({ ageMs: HOUR, keepsLast: true });
    await log.append(numbered(topic, 0, 5, { headers: { h: '1' } }));
    clock += HOUR;
    await log.append(numbered(topic, 5, 6));
    await shorten();
    const [retained] = await log.retained(topic);
    expect(retained?.lastRemoved).toMatchObject({ offset: 4, headers: { h: '1' } });
    expect(text({ value: retained?.lastRemoved?.value ?? null })).toBe('4');
  });

  it('uses freed room again: the file stays as large as what is kept, however much passes', async () => {
    await keep({ bytes: 8 * MIB });
    const size = () => statSync(join(path, 'data.mdb')).size;
    await appendLarge(0, 24);
    await shorten();
    const once = size();
    for (let n = 24; n < 120; n += 8) {
      await appendLarge(n, n + 8);
      await shorten();
    }
    expect(size()).toBeLessThan(once * 1.5);
    expect((await log.endOffsets(topic))[0]).toBe(120);
  });

  it('lets appends in between its transactions', async () => {
    await log.append(numbered(topic, 0, 20_000));
    clock += HOUR;
    await log.append(numbered(topic, 20_000, 20_001));
    await keep({ ageMs: HOUR });
    const order: string[] = [];
    const shortened = shorten().then(() => order.push('shortened'));
    for (let n = 0; n < 5; n++)
      await log.append([record(topic, 'beside')]).then(() => order.push('append'));
    await shortened;
    expect(order.indexOf('append')).toBeLessThan(order.indexOf('shortened'));
    expect(await log.startOffsets(topic)).toEqual([20_000]);
    expect((await log.read(topic, 0, 20_000, 10)).map(text)).toEqual([
      '20000',
      ...Array(5).fill('beside'),
    ]);
  });

  it('a folder of before there was retention opens, also for reading, and can be shortened', async () => {
    await log.append(numbered(topic, 0, 10));
    await log.close();
    const root = open({ path, ...ENVIRONMENT });
    for (const name of [MARKS, STARTS]) await root.openDB({ name }).drop();
    await root.close();
    await openLog(true);
    expect((await log.read(topic, 0, 0, 20)).length).toBe(10);
    expect(await log.startOffsets(topic)).toEqual([0]);
    await log.close();
    await openLog();
    await keep({ ageMs: HOUR });
    expect(await shorten()).toEqual([]);
    clock += HOUR;
    expect(await shorten()).toMatchObject([{ from: 0, to: 10 }]);
  });
});
