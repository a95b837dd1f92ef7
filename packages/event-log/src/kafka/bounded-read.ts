/**
 * Reads a known range of one partition and ends. kafkajs can consume only as a member of a group,
 * so each read is a group of its own that commits nothing and is deleted afterwards: fine for tools
 * and for the short topic registry, far too slow for anything that reads all the time.
 */
import { randomUUID } from 'node:crypto';
import type { KafkaMessage } from 'kafkajs';
import { EventLogError } from '../port.ts';
import { fetchedFrom } from './fetched-from.ts';
import { type KafkaClient, MESSAGE_BYTES_MAX } from './kafka-client.ts';

const WAIT_MS = 100;
const READ_MS_MAX = 60_000;

export interface ReadRange {
  /** The broker's name of the topic. */
  readonly topic: string;
  readonly partition: number;
  readonly from: number;
  /** Exclusive, and not beyond the end: the read waits until it gets there. */
  readonly to: number;
  readonly recordsMax: number;
}

export async function readRange(client: KafkaClient, range: ReadRange): Promise<KafkaMessage[]> {
  if (range.from >= range.to || range.recordsMax < 1) return [];
  const { topic, partition, to, recordsMax } = range;
  const groupId = `${client.options.clientId}.read.${randomUUID()}`;
  const consumer = client.kafka.consumer({
    groupId,
    maxWaitTimeInMs: WAIT_MS,
    maxBytesPerPartition: MESSAGE_BYTES_MAX,
    allowAutoTopicCreation: false,
    retry: { ...client.retry, restartOnFailure: async () => true },
  });
  const found: KafkaMessage[] = [];
  let next = range.from;
  const seek = () => consumer.seek({ topic, partition, offset: String(next) });
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    const others = (payload.memberAssignment[topic] ?? []).filter((p) => p !== partition);
    consumer.pause([{ topic, partitions: others }]);
    seek();
  });
  const done = new Promise<void>((resolve, reject) => {
    const late = new EventLogError('unavailable', `reading ${topic} took too long`, {
      retryable: true,
    });
    const timer = setTimeout(() => reject(late), READ_MS_MAX);
    consumer.on(consumer.events.CRASH, ({ payload }) => {
      if (!payload.restart) reject(payload.error);
    });
    consumer.on(consumer.events.STOP, () => clearTimeout(timer));
    consumer.on(consumer.events.END_BATCH_PROCESS, () => {
      if (next >= to || found.length >= recordsMax) resolve();
    });
  });
  // Its rejection is seen by whoever awaits below, also when connecting fails first.
  done.catch(() => undefined);
  try {
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatch: async ({ batch }) => {
        if (batch.partition !== partition) return;
        if (fetchedFrom(batch) !== next) return seek();
        for (const message of batch.messages) if (Number(message.offset) < to) found.push(message);
        next = Number(batch.lastOffset()) + 1;
      },
    });
    await done;
  } finally {
    await consumer.disconnect();
    // Left behind, it would expire by itself.
    await client.admin.deleteGroups([groupId]).catch(() => undefined);
  }
  return found.slice(0, recordsMax);
}
