import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AppendRecord, EventLog, LogRecord } from '../port.ts';
import { openLmdbLog } from './lmdb-log.ts';
import { RecentRecords } from './recent-records.ts';
import type { LogTopic, Write } from './store.ts';

const TOPIC = 'events';

function recordOf(value: unknown, over: Partial<AppendRecord> = {}): AppendRecord {
  const bytes = Buffer.from(JSON.stringify(value));
  return { topic: TOPIC, key: 'k', value: bytes, headers: { a: 'b' }, decoded: value, ...over };
}

describe('what a reader gets of records that were just appended', () => {
  let folder: string;
  let log: EventLog;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'waywarden-recent-'));
    log = await openLmdbLog({ path: folder, durable: false });
    await log.createTopics([{ name: TOPIC, partitions: 1 }]);
  });
  afterEach(async () => {
    await log.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Appends each group while a reader runs, and gives back what the reader got. */
  async function readWhileAppending(groups: readonly AppendRecord[][]): Promise<LogRecord[]> {
    const found: LogRecord[] = [];
    const count = groups.reduce((sum, group) => sum + group.length, 0);
    const from = (await log.endOffsets(TOPIC))[0] ?? 0;
    const reader = log.reader({ group: 'g', topics: [TOPIC], startAt: () => from });
    const running = reader.run(async ({ records }) => {
      found.push(...records);
      if (found.length >= count) void reader.stop();
    });
    for (const group of groups) await log.append(group);
    await running;
    return found;
  }

  it('equals what lies on disk, and carries what the writer made the bytes from', async () => {
    const anyText = fc.string({ unit: 'binary' });
    const one = fc
      .record({
        key: anyText,
        headers: fc.dictionary(anyText, anyText, { maxKeys: 4, noNullPrototype: true }),
        // JSON.stringify writes -0 as 0: the one value that is told apart only by Object.is.
        value: fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value))),
      })
      .map(({ value, ...over }) => recordOf(value, over));
    const groups = fc.array(fc.array(one, { minLength: 1, maxLength: 5 }), {
      minLength: 1,
      maxLength: 5,
    });
    let carried = 0;
    await fc.assert(
      fc.asyncProperty(groups, async (given) => {
        const from = (await log.endOffsets(TOPIC))[0] ?? 0;
        const found = await readWhileAppending(given);
        const stored = await log.read(TOPIC, 0, from, found.length);
        const bare = ({ decoded: _, value, ...rest }: LogRecord) => ({
          ...rest,
          value: Buffer.from(value ?? []).toString(),
        });
        expect(found.map(bare)).toStrictEqual(stored.map(bare));
        for (const { decoded, value } of found) {
          if (decoded === undefined) continue;
          carried++;
          expect(decoded).toEqual(JSON.parse(Buffer.from(value ?? []).toString()));
        }
        expect(stored.every((record) => record.decoded === undefined)).toBe(true);
      }),
      { seed: 11, numRuns: 40 },
    );
    expect(carried).toBeGreaterThan(40);
  });

  it('is read from disk when it was appended before the reader ran', async () => {
    await log.append([recordOf(1), recordOf(2)]);
    const found: LogRecord[] = [];
    const reader = log.reader({ group: 'g', topics: [TOPIC], startAt: () => 0 });
    await reader.run(async ({ records }) => {
      found.push(...records);
      void reader.stop();
    });
    expect(found.map((record) => record.offset)).toEqual([0, 1]);
    expect(found.every((record) => record.decoded === undefined)).toBe(true);
  });
});

describe('RecentRecords', () => {
  const topic: LogTopic = {
    name: TOPIC,
    id: 1,
    incarnation: 'i',
    partitions: 1,
    compacted: false,
    retention: undefined,
    next: [0],
    ends: [0],
    extents: [{ start: 0, bytes: 0, mark: undefined, stored: undefined, appendedAt: undefined }],
  };
  const write = (offset: number, bytes = 100): Write => ({
    topic,
    partition: 0,
    offset,
    bytes: Buffer.alloc(bytes),
    record: recordOf(offset),
  });
  const all = (from: number) => ({ from, to: 1_000_000, recordsMax: 1_000_000 });
  const offsets = (found: readonly LogRecord[] | undefined) => found?.map(({ offset }) => offset);

  it('keeps nothing that nobody follows', () => {
    const recent = new RecentRecords();
    recent.add(write(0));
    expect(recent.slice({ topic, partition: 0, offset: 0 }, all(0))).toBeUndefined();
    expect(recent.bytes).toBe(0);
  });

  it('lets go of what every follower has passed, and of the rest when they stop', () => {
    const recent = new RecentRecords();
    const [fast, slow] = [0, 0].map((offset) => ({ topic, partition: 0, offset }));
    if (fast === undefined || slow === undefined) throw new Error('two positions');
    recent.follow(fast);
    recent.follow(slow);
    for (let offset = 0; offset < 3000; offset++) recent.add(write(offset));
    fast.offset = 3000;
    recent.passed(fast);
    expect(offsets(recent.slice(slow, all(0)))).toHaveLength(3000);
    slow.offset = 2000;
    recent.passed(slow);
    expect(recent.bytes).toBe(1000 * 100);
    expect(recent.slice(slow, all(1999))).toBeUndefined();
    expect(offsets(recent.slice(slow, all(2998)))).toEqual([2998, 2999]);
    recent.unfollow(slow);
    expect(recent.bytes).toBe(0);
  });

  it('stays within its bound, oldest out first, whoever is behind', () => {
    const recent = new RecentRecords(10_000);
    const stuck = { topic, partition: 0, offset: 0 };
    recent.follow(stuck);
    for (let offset = 0; offset < 5000; offset++) {
      recent.add(write(offset));
      expect(recent.bytes).toBeLessThanOrEqual(10_000);
    }
    expect(recent.slice(stuck, all(0))).toBeUndefined();
    expect(offsets(recent.slice(stuck, all(4998)))).toEqual([4998, 4999]);
  });

  it('gives at most what was asked for', () => {
    const recent = new RecentRecords();
    const position = { topic, partition: 0, offset: 0 };
    recent.follow(position);
    for (let offset = 0; offset < 10; offset++) recent.add(write(offset));
    const found = (to: number, recordsMax: number) =>
      offsets(recent.slice(position, { from: 2, to, recordsMax }));
    expect(found(10, 3)).toEqual([2, 3, 4]);
    expect(found(4, 100)).toEqual([2, 3]);
  });
});
