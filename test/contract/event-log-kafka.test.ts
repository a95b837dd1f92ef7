import { randomUUID } from 'node:crypto';
import type { EventLog, LogRecord, Reader } from '@waywarden/event-log';
import { openKafkaLog } from '@waywarden/event-log/kafka';
import { ConfigResourceTypes, Kafka, logLevel } from 'kafkajs';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { makeClient } from '../../packages/event-log/src/kafka/kafka-client.ts';
import { startKafka } from '../support/kafka-broker.ts';
import {
  collect,
  describeEventLogContract,
  newTopic,
  numbered,
  text,
} from './event-log.contract.ts';
import { describeRetentionContract } from './event-log-retention.contract.ts';

const broker = await startKafka();
const brokers = 'skip' in broker ? [] : broker.brokers;
// Brokers are shared between test files (KAFKA_BROKERS), so each run has names of its own.
const topicPrefix = `test-${randomUUID()}.`;

const open = () => openKafkaLog({ brokers, clientId: 'contract', topicPrefix });

/** As the broker does it by itself, hours later. */
async function removeBefore(topic: string, offset: number): Promise<void> {
  const admin = new Kafka({ brokers, logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  const name = `${topicPrefix}${topic}`;
  // It knows the leaders of topics that it was asked about before.
  await admin.fetchTopicOffsets(name);
  const partitions = [{ partition: 0, offset: String(offset) }];
  await admin.deleteTopicRecords({ topic: name, partitions });
  await admin.disconnect();
}

afterAll(async () => {
  if (!('skip' in broker)) await broker.stop();
});

describe.skipIf('skip' in broker)('with a broker', () => {
  describeEventLogContract('kafka', () => ({ open }));

  describeRetentionContract('kafka', () => ({
    open,
    apart: () => undefined,
    cut: (_, topic, offset) => removeBefore(topic, offset),
  }));

  describe('kafka', () => {
    const logs: EventLog[] = [];
    async function openLog(): Promise<EventLog> {
      const log = await open();
      logs.push(log);
      return log;
    }
    afterEach(async () => {
      await Promise.all(logs.splice(0).map((log) => log.close()));
    });

    it('creators that start together agree on one incarnation', async () => {
      const both = [await openLog(), await openLog()];
      const topic = newTopic();
      await Promise.all(both.map((log) => log.createTopics([{ name: topic, partitions: 2 }])));
      const [one, two] = await Promise.all(both.map((log) => log.describe(topic)));
      expect(one).toEqual(two);
      expect(await (await openLog()).describe(topic)).toEqual(one);
    });

    it('topics that were made a moment ago are asked about all at once', async () => {
      for (let round = 0; round < 4; round++) {
        const names = Array.from({ length: 12 }, () => newTopic());
        const maker = new Kafka({ brokers, logLevel: logLevel.NOTHING }).admin();
        await maker.connect();
        const topics = names.map((name) => ({ topic: `${topicPrefix}${name}`, numPartitions: 2 }));
        await maker.createTopics({ topics, waitForLeaders: false });
        await maker.disconnect();
        const { offsets, admin } = makeClient({ brokers, clientId: 'contract' });
        await admin.connect();
        const ends = await Promise.all(topics.map(({ topic }) => offsets(topic)));
        await admin.disconnect();
        expect(ends.map((each) => each.map(({ high }) => high))).toEqual(names.map(() => [0, 0]));
      }
    });

    it('a topic that was deleted and made again has another incarnation', async () => {
      const topic = newTopic();
      const first = await openLog();
      await first.createTopics([{ name: topic, partitions: 1 }]);
      const before = await first.describe(topic);
      const kafka = new Kafka({ brokers, logLevel: logLevel.NOTHING });
      const admin = kafka.admin();
      await admin.connect();
      await admin.deleteTopics({ topics: [`${topicPrefix}${topic}`] });
      await vi.waitFor(async () => {
        expect(await admin.listTopics()).not.toContain(`${topicPrefix}${topic}`);
      });
      await admin.disconnect();
      const second = await openLog();
      // A busy broker answers for the deleted one a moment longer.
      await vi.waitFor(async () => {
        await second.createTopics([{ name: topic, partitions: 1 }]);
        expect((await second.describe(topic)).incarnation).not.toBe(before.incarnation);
      });
    });

    it('a record says when the broker took it, and nothing where its writer could have set that', async () => {
      const [own, foreign] = [newTopic(), newTopic()];
      const admin = new Kafka({ brokers, logLevel: logLevel.NOTHING }).admin();
      await admin.connect();
      await admin.createTopics({ topics: [{ topic: `${topicPrefix}${foreign}` }] });
      await admin.disconnect();
      const log = await openLog();
      await log.createTopics([own, foreign].map((name) => ({ name, partitions: 1 })));
      const timeOf = async (topic: string) => {
        const bare = {
          topic,
          key: 'k',
          value: Buffer.from('v'),
          headers: { ww_produced_at: '2099' },
        };
        await log.append([bare]);
        const [record] = await log.read(topic, 0, 0, 1);
        return record?.appendedMs;
      };
      const before = Date.now();
      const taken = await timeOf(own);
      expect(taken).toBeGreaterThanOrEqual(before - 1000);
      expect(taken).toBeLessThanOrEqual(Date.now() + 1000);
      expect(await timeOf(foreign)).toBeUndefined();
    });

    it('retention is set when a topic is made and when it exists, beside what others set', async () => {
      const topic = newTopic();
      const log = await openLog();
      const retention = { ageMs: 3_600_000, bytes: 512 * 1024 * 1024 };
      const admin = new Kafka({ brokers, logLevel: logLevel.NOTHING }).admin();
      await admin.connect();
      const name = `${topicPrefix}${topic}`;
      const settings = async () => {
        const { resources } = await admin.describeConfigs({
          includeSynonyms: false,
          resources: [{ type: ConfigResourceTypes.TOPIC, name }],
        });
        const entries = resources[0]?.configEntries ?? [];
        return Object.fromEntries(entries.map((one) => [one.configName, one.configValue]));
      };
      await log.createTopics([{ name: topic, partitions: 1, retention }]);
      expect(await settings()).toMatchObject({
        'retention.ms': '3600000',
        'retention.bytes': '536870912',
        'segment.ms': '360000',
        'segment.bytes': '53687091',
        'message.timestamp.type': 'LogAppendTime',
      });
      const own = [{ name: 'min.compaction.lag.ms', value: '1234' }];
      const resources = [{ type: ConfigResourceTypes.TOPIC, name, configEntries: own }];
      await admin.alterConfigs({ validateOnly: false, resources });
      await vi.waitFor(async () => {
        expect(await settings()).toMatchObject({ 'min.compaction.lag.ms': '1234' });
      });
      await log.createTopics([{ name: topic, partitions: 1, retention: { ageMs: 7_200_000 } }]);
      await vi.waitFor(async () => {
        expect(await settings()).toMatchObject({
          'retention.ms': '7200000',
          'retention.bytes': '-1',
          'min.compaction.lag.ms': '1234',
        });
      });
      await admin.disconnect();
    });

    it('a running reader whose records the broker removes is "expired"', async () => {
      const topic = newTopic();
      const log = await openLog();
      await log.createTopics([{ name: topic, partitions: 1 }]);
      await log.append(numbered(topic, 0, 5));
      const handled: number[] = [];
      const reader = log.reader({ group: randomUUID(), topics: [topic], startAt: () => 0 });
      await expect(
        reader.run(async ({ records }) => {
          handled.push(...records.map(({ offset }) => offset));
          if (handled.length > 5) return;
          await log.append(numbered(topic, 5, 30));
          await removeBefore(topic, 20);
        }),
      ).rejects.toMatchObject({ code: 'expired', asked: 5, start: 20 });
      expect(handled).toEqual([0, 1, 2, 3, 4]);
    });

    it('a topic that was made by other tools can be appended to and read', async () => {
      const topic = newTopic();
      const admin = new Kafka({ brokers, logLevel: logLevel.NOTHING }).admin();
      await admin.connect();
      await admin.createTopics({
        topics: [{ topic: `${topicPrefix}${topic}`, numPartitions: 2 }],
        waitForLeaders: true,
      });
      await admin.disconnect();
      const log = await openLog();
      await log.append(numbered(topic, 0, 3));
      expect((await collect(log, { topics: [topic] }, 3)).map(text)).toEqual(['0', '1', '2']);
    });

    it('when a second reader joins, each record is handled, in order for each owner', async () => {
      const topic = newTopic();
      const partitions = 4;
      const total = 400;
      const log = await openLog();
      await log.createTopics([{ name: topic, partitions }]);
      const group = randomUUID();
      /** What the service would store with its state. */
      const stored = new Array<number>(partitions).fill(0);
      const handled: { reader: number; epoch: number; record: LogRecord }[] = [];
      const owners: Set<number>[] = [new Set(), new Set()];
      const revoked: number[] = [];
      let epoch = 0;

      function member(reader: number, own: EventLog): Reader {
        const current = new Map<number, number>();
        return own.reader({
          group,
          topics: [topic],
          batchRecordsMax: 10,
          startAt: (_, partition) => {
            current.set(partition, ++epoch);
            owners[reader]?.add(partition);
            return stored[partition] ?? 0;
          },
          onRevoked: (_, partition) => {
            owners[reader]?.delete(partition);
            revoked.push(partition);
          },
        });
      }

      function handler(reader: number) {
        return async (batch: { partition: number; records: readonly LogRecord[] }) => {
          expect(owners[reader]).toContain(batch.partition);
          for (const record of batch.records) handled.push({ reader, epoch, record });
          stored[batch.partition] = (batch.records.at(-1)?.offset ?? 0) + 1;
        };
      }

      const readers = [member(0, log), member(1, await openLog())];
      const running = [readers[0]?.run(handler(0))];
      const append = async (from: number) => {
        for (let partition = 0; partition < partitions; partition++) {
          await log.append(numbered(topic, from, from + total / 4, { partition }));
        }
      };
      await append(0);
      await vi.waitFor(() => expect(handled.length).toBeGreaterThanOrEqual(50), 20_000);
      running.push(readers[1]?.run(handler(1)));
      await append(total / 4);
      await vi.waitFor(() => expect(owners.map((own) => own.size)).toEqual([2, 2]), 30_000);
      await append(total / 2);
      await vi.waitFor(() => expect(stored).toEqual(Array(4).fill((total * 3) / 4)), 30_000);
      await Promise.all(readers.map((reader) => reader.stop()));
      await Promise.all(running);

      expect(revoked.length).toBeGreaterThanOrEqual(2);
      for (let partition = 0; partition < partitions; partition++) {
        const own = handled.filter(({ record }) => record.partition === partition);
        const offsets = new Set(own.map(({ record }) => record.offset));
        expect(offsets.size).toBe((total * 3) / 4);
        for (const reader of [0, 1]) {
          const seen = own
            .filter((one) => one.reader === reader)
            .map(({ record }) => record.offset);
          expect(seen).toEqual(seen.toSorted((a, b) => a - b));
        }
      }
    });

    it('an unreachable broker is an error that may be tried again', async () => {
      const nowhere = ['127.0.0.1:1'];
      const unreachable = openKafkaLog({ brokers: nowhere, clientId: 'contract', retriesMax: 2 });
      await expect(unreachable).rejects.toMatchObject({ code: 'unavailable', retryable: true });
    });
  });
});
