/**
 * What both adapters guarantee of a log whose front was removed. How it comes to be removed is each
 * adapter's own (a broker does it by itself), so the adapter's test says how to make it happen.
 */
import { randomUUID } from 'node:crypto';
import type { EventLog } from '@waywarden/event-log';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { collect, newTopic, numbered, text } from './event-log.contract.ts';

export interface RetentionAdapter {
  readonly open: () => Promise<EventLog>;
  /** Between two appends whose records retention is to tell apart. */
  readonly apart: () => void;
  /** Makes partition 0 of the topic begin at `offset`, where an append after `apart` began. */
  readonly cut: (log: EventLog, topic: string, offset: number) => Promise<void>;
}

export function describeRetentionContract(name: string, adapter: () => RetentionAdapter): void {
  describe(`event log contract, retention: ${name}`, () => {
    let log: EventLog;
    let topic: string;

    beforeEach(async () => {
      log = await adapter().open();
      topic = newTopic();
      await log.createTopics([{ name: topic, partitions: 1 }]);
    });
    afterEach(() => log.close());

    /** Ten records that are gone, and ten that are kept. */
    async function shortened(): Promise<void> {
      await log.append(numbered(topic, 0, 10));
      adapter().apart();
      await log.append(numbered(topic, 10, 20));
      await adapter().cut(log, topic, 10);
    }

    it('the first offset that is kept is told, and stays so over reopening', async () => {
      await shortened();
      expect(await log.startOffsets(topic)).toEqual([10]);
      expect(await log.endOffsets(topic)).toEqual([20]);
      await log.close();
      log = await adapter().open();
      expect(await log.startOffsets(topic)).toEqual([10]);
      expect((await log.read(topic, 0, 10, 3)).map(text)).toEqual(['10', '11', '12']);
    });

    it('offsets go on where they were, also when nothing is left', async () => {
      await shortened();
      await log.append(numbered(topic, 20, 22));
      expect((await log.read(topic, 0, 19, 10)).map((r) => r.offset)).toEqual([19, 20, 21]);
    });

    it('reading before the start is "expired" and says where the log begins', async () => {
      await shortened();
      await expect(log.read(topic, 0, 9, 5)).rejects.toMatchObject({
        code: 'expired',
        asked: 9,
        start: 10,
        topic,
        partition: 0,
      });
    });

    it('a reader that is to go on before the start is "expired", never moved silently', async () => {
      await shortened();
      const reader = log.reader({ group: randomUUID(), topics: [topic], startAt: () => 4 });
      const handled: number[] = [];
      const run = reader.run(async (batch) => {
        handled.push(batch.records.length);
      });
      await expect(run).rejects.toMatchObject({ code: 'expired', asked: 4, start: 10 });
      expect(handled).toEqual([]);
    });

    it('a reader from the beginning begins at what is kept', async () => {
      await shortened();
      const found = await collect(log, { topics: [topic] }, 10);
      expect(found.map((r) => r.offset)).toEqual(Array.from({ length: 10 }, (_, i) => 10 + i));
    });

    it('what is set for a topic that exists changes nothing of what it holds', async () => {
      await log.append(numbered(topic, 0, 3));
      const before = await log.describe(topic);
      const retention = { ageMs: 86_400_000, bytes: 64 * 1024 * 1024 };
      await log.createTopics([{ name: topic, partitions: 1, retention }]);
      expect(await log.describe(topic)).toEqual(before);
      expect((await log.read(topic, 0, 0, 10)).map(text)).toEqual(['0', '1', '2']);
    });
  });
}
