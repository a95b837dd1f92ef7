/**
 * What every adapter of the event log guarantees; each adapter's test calls this function with a
 * way to open it. Topic names are new for each test, because a broker outlives the test.
 */
import { randomUUID } from 'node:crypto';
import {
  type AppendRecord,
  type EventLog,
  EventLogError,
  type LogRecord,
  partitionOf,
  type ReadBatch,
  type ReaderOptions,
} from '@waywarden/event-log';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

export interface EventLogAdapter {
  /** Opens the same log each time; the one opened before has been closed. */
  readonly open: () => Promise<EventLog>;
}

export function text(record: { readonly value: Uint8Array | null }): string {
  return record.value === null ? '<null>' : Buffer.from(record.value).toString();
}

export function record(
  topic: string,
  value: string,
  over: Partial<AppendRecord> = {},
): AppendRecord {
  return { topic, key: 'agent-1', value: Buffer.from(value), headers: {}, ...over };
}

export function numbered(topic: string, from: number, to: number, over?: Partial<AppendRecord>) {
  return Array.from({ length: to - from }, (_, i) => record(topic, String(from + i), over));
}

export function newTopic(): string {
  return `contract.${randomUUID()}`;
}

/** Reads until `count` records arrived, then stops. */
export async function collect(
  log: EventLog,
  options: Partial<ReaderOptions> & Pick<ReaderOptions, 'topics'>,
  count: number,
): Promise<LogRecord[]> {
  const found: LogRecord[] = [];
  const reader = log.reader({ group: randomUUID(), startAt: () => 0, ...options });
  await reader.run(async (batch) => {
    found.push(...batch.records);
    if (found.length >= count) void reader.stop();
  });
  return found;
}

async function codeOf(action: Promise<unknown>): Promise<string> {
  return action.then(
    () => 'no error',
    (error: unknown) => (error instanceof EventLogError ? error.code : `not ours: ${error}`),
  );
}

export function describeEventLogContract(name: string, adapter: () => EventLogAdapter): void {
  describe(`event log contract: ${name}`, () => {
    let log: EventLog;
    let topic: string;

    async function makeTopic(partitions: number): Promise<string> {
      topic = newTopic();
      await log.createTopics([{ name: topic, partitions }]);
      return topic;
    }

    async function reopen(): Promise<void> {
      await log.close();
      log = await adapter().open();
    }

    beforeEach(async () => {
      log = await adapter().open();
    });
    afterEach(async () => {
      await log.close();
    });

    describe('topics', () => {
      it('an unknown topic is an error of that name, for every call that takes one', async () => {
        const unknown = newTopic();
        expect(await codeOf(log.describe(unknown))).toBe('unknown_topic');
        expect(await codeOf(log.append([record(unknown, 'x')]))).toBe('unknown_topic');
        expect(await codeOf(log.endOffsets(unknown))).toBe('unknown_topic');
        const reader = log.reader({ group: 'g', topics: [unknown], startAt: () => 0 });
        expect(await codeOf(reader.run(async () => undefined))).toBe('unknown_topic');
      });

      it('making a topic twice changes nothing; another partition count is refused', async () => {
        await makeTopic(2);
        const before = await log.describe(topic);
        await log.createTopics([{ name: topic, partitions: 2 }]);
        expect(await log.describe(topic)).toEqual(before);
        expect(await codeOf(log.createTopics([{ name: topic, partitions: 3 }]))).toBe(
          'partitions_differ',
        );
      });

      it('an incarnation is stable over reopening and differs between topics', async () => {
        const one = await makeTopic(1);
        const two = await makeTopic(1);
        const before = [await log.describe(one), await log.describe(two)];
        expect(before[0]?.incarnation).not.toBe(before[1]?.incarnation);
        expect(before[0]?.incarnation).not.toContain('/');
        await reopen();
        expect([await log.describe(one), await log.describe(two)]).toEqual(before);
      });
    });

    describe('append', () => {
      it('the records of a key keep their order and lie where partitionOf says', async () => {
        await makeTopic(4);
        const keys = ['a', 'b', 'tenant|agent', 'ключ', ''];
        for (let i = 0; i < 20; i++) {
          await log.append(keys.map((key) => record(topic, `${key}:${i}`, { key })));
        }
        const found = await collect(log, { topics: [topic] }, 100);
        for (const key of keys) {
          const own = found.filter((r) => r.key === key);
          expect(own.map(text)).toEqual(Array.from({ length: 20 }, (_, i) => `${key}:${i}`));
          expect(new Set(own.map((r) => r.partition))).toEqual(new Set([partitionOf(key, 4)]));
        }
      });

      it('a given partition wins over the key, and needs none', async () => {
        await makeTopic(3);
        const key = 'somewhere';
        const partition = (partitionOf(key, 3) + 1) % 3;
        await log.append([record(topic, 'keyed', { key, partition })]);
        await log.append([record(topic, 'bare', { key: null, partition })]);
        const found = await log.read(topic, partition, 0, 10);
        expect(found.map((r) => [r.key, text(r)])).toEqual([
          [key, 'keyed'],
          [null, 'bare'],
        ]);
      });

      it('a record with neither key nor partition, or a partition beyond, is refused', async () => {
        await makeTopic(2);
        await expect(log.append([record(topic, 'x', { key: null })])).rejects.toThrow(TypeError);
        await expect(log.append([record(topic, 'x', { partition: 2 })])).rejects.toThrow(
          RangeError,
        );
        expect(await log.endOffsets(topic)).toEqual([0, 0]);
      });

      it('appends that are not awaited keep their order', async () => {
        await makeTopic(1);
        const appends = Array.from({ length: 300 }, (_, i) => log.append([record(topic, `${i}`)]));
        await Promise.all(appends);
        const found = await collect(log, { topics: [topic] }, 300);
        expect(found.map(text)).toEqual(Array.from({ length: 300 }, (_, i) => `${i}`));
      });

      it('what was acknowledged is there after closing and opening, with its offsets', async () => {
        await makeTopic(2);
        await log.append(numbered(topic, 0, 10, { partition: 0 }));
        await log.append(numbered(topic, 0, 5, { partition: 1 }));
        await reopen();
        expect(await log.endOffsets(topic)).toEqual([10, 5]);
        expect(await log.startOffsets(topic)).toEqual([0, 0]);
        await log.append(numbered(topic, 10, 12, { partition: 0 }));
        const found = await log.read(topic, 0, 0, 100);
        expect(found.map((r) => r.offset)).toEqual(Array.from({ length: 12 }, (_, i) => i));
        expect(found.map(text)).toEqual(Array.from({ length: 12 }, (_, i) => `${i}`));
      });

      it('headers, null values, empty values and text of any script come back as given', async () => {
        await makeTopic(1);
        const headers = { ce_id: 'é→漢字🙂', ww_src: 'a/b/0/1/2', empty: '' };
        await log.append([
          record(topic, '', { value: null, headers, key: '🔑' }),
          record(topic, '', { headers: {} }),
        ]);
        const [first, second] = await log.read(topic, 0, 0, 10);
        expect([first?.value, first?.headers, first?.key]).toEqual([null, headers, '🔑']);
        expect([second?.value?.byteLength, second?.headers]).toEqual([0, {}]);
      });

      it('an oversized record is refused by name and harms nothing', async () => {
        await makeTopic(1);
        const value = Buffer.alloc(16 * 1024 * 1024 + 1);
        expect(await codeOf(log.append([record(topic, '', { value })]))).toBe('record_too_large');
        await log.append([record(topic, 'after')]);
        expect((await log.read(topic, 0, 0, 10)).map(text)).toEqual(['after']);
      });

      it('20,000 records in one append arrive in order', async () => {
        await makeTopic(1);
        const value = Buffer.alloc(500, 'v');
        await log.append(numbered(topic, 0, 20_000, { value }));
        const found = await collect(log, { topics: [topic] }, 20_000);
        expect(found.length).toBe(20_000);
        expect(found.every((r, i) => r.offset === i && r.value?.byteLength === 500)).toBe(true);
      });
    });

    describe('readers', () => {
      it('every record from startAt on is delivered once, in order, in consecutive batches', async () => {
        await makeTopic(2);
        await log.append(numbered(topic, 0, 50, { partition: 0 }));
        await log.append(numbered(topic, 0, 50, { partition: 1 }));
        const batches: ReadBatch[] = [];
        const { incarnation } = await log.describe(topic);
        const reader = log.reader({
          group: randomUUID(),
          topics: [topic],
          startAt: async (_, partition) => (partition === 0 ? 30 : 7),
          batchRecordsMax: 9,
        });
        await reader.run(async (batch) => {
          batches.push(batch);
          if (batches.flatMap((b) => b.records).length >= 63) void reader.stop();
        });
        for (const [partition, first] of [30, 7].entries()) {
          const own = batches.filter((b) => b.partition === partition).flatMap((b) => b.records);
          expect(own.map((r) => r.offset)).toEqual(
            Array.from({ length: 50 - first }, (_, i) => first + i),
          );
        }
        expect(batches.every((b) => b.records.length <= 9 && b.endOffset === 50)).toBe(true);
        expect(batches.every((b) => b.incarnation === incarnation)).toBe(true);
      });

      it('handlers of one reader never overlap', async () => {
        await makeTopic(4);
        for (let partition = 0; partition < 4; partition++) {
          await log.append(numbered(topic, 0, 20, { partition }));
        }
        const reader = log.reader({
          group: randomUUID(),
          topics: [topic],
          startAt: () => 0,
          batchRecordsMax: 5,
        });
        let inside = 0;
        let most = 0;
        let seen = 0;
        await reader.run(async (batch) => {
          most = Math.max(most, ++inside);
          await new Promise((resolve) => setImmediate(resolve));
          inside--;
          seen += batch.records.length;
          if (seen >= 80) void reader.stop();
        });
        expect(most).toBe(1);
      });

      it('two topics are read by one reader, neither starving the other', async () => {
        const one = await makeTopic(1);
        const two = await makeTopic(1);
        await log.append([...numbered(one, 0, 40), ...numbered(two, 0, 40)]);
        const found = await collect(log, { topics: [one, two], batchRecordsMax: 5 }, 80);
        for (const name of [one, two]) {
          expect(found.filter((r) => r.topic === name).map((r) => r.offset)).toEqual(
            Array.from({ length: 40 }, (_, i) => i),
          );
        }
      });

      it('an idle reader wakes when something is appended', async () => {
        await makeTopic(1);
        let assigned: () => void = () => undefined;
        const ready = new Promise<void>((resolve) => {
          assigned = resolve;
        });
        const reading = collect(
          log,
          {
            topics: [topic],
            startAt: () => {
              assigned();
              return 0;
            },
          },
          2,
        );
        await ready;
        await log.append([record(topic, 'first')]);
        await log.append([record(topic, 'second')]);
        expect((await reading).map(text)).toEqual(['first', 'second']);
      });

      it('a handler that throws ends run with that error, and its batch comes again', async () => {
        await makeTopic(1);
        await log.append(numbered(topic, 0, 10));
        const group = randomUUID();
        const boom = new Error('the handler failed');
        let next = 0;
        const first = log.reader({
          group,
          topics: [topic],
          startAt: () => next,
          batchRecordsMax: 4,
        });
        const failing = first.run(async (batch) => {
          if (batch.records[0]?.offset !== 0) throw boom;
          next = batch.records.length;
        });
        await expect(failing).rejects.toBe(boom);
        await first.stop();
        const found = await collect(log, { group, topics: [topic], startAt: () => next }, 6);
        expect(found.map((r) => r.offset)).toEqual([4, 5, 6, 7, 8, 9]);
      });

      it('stop lets the running handler finish before it resolves', async () => {
        await makeTopic(1);
        await log.append(numbered(topic, 0, 3));
        const reader = log.reader({ group: randomUUID(), topics: [topic], startAt: () => 0 });
        const order: string[] = [];
        let entered: () => void = () => undefined;
        let release: () => void = () => undefined;
        const inside = new Promise<void>((resolve) => {
          entered = resolve;
        });
        const gate = new Promise<void>((resolve) => {
          release = resolve;
        });
        const running = reader.run(async () => {
          entered();
          await gate;
          order.push('handled');
        });
        await inside;
        const stopped = reader.stop().then(() => order.push('stopped'));
        release();
        await stopped;
        await running;
        await reader.stop();
        expect(order).toEqual(['handled', 'stopped']);
      });

      it('starting beyond the end is damage, not a silent jump', async () => {
        await makeTopic(1);
        await log.append(numbered(topic, 0, 3));
        const reader = log.reader({ group: randomUUID(), topics: [topic], startAt: () => 4 });
        expect(await codeOf(reader.run(async () => undefined))).toBe('damaged');
      });
    });

    it('read gives a bounded piece without waiting, and nothing at the end', async () => {
      await makeTopic(1);
      await log.append(numbered(topic, 0, 10));
      expect((await log.read(topic, 0, 4, 3)).map(text)).toEqual(['4', '5', '6']);
      expect(await log.read(topic, 0, 10, 3)).toEqual([]);
    });

    it('a closed log refuses by name', async () => {
      await makeTopic(1);
      await log.close();
      expect(await codeOf(log.append([record(topic, 'x')]))).toBe('closed');
      expect(await codeOf(log.endOffsets(topic))).toBe('closed');
    });
  });
}
