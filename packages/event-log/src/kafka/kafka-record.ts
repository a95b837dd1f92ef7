/** Between the port's records and Kafka's messages. */
import type { IHeaders, KafkaMessage, Message } from 'kafkajs';
import type { AppendRecord, LogRecord, TopicInfo } from '../port.ts';

export function toMessage(record: AppendRecord, partition: number): Message {
  const { key, value } = record;
  return {
    partition,
    // As bytes: kafkajs takes an empty string for no key.
    key: key === null ? null : Buffer.from(key),
    value: value === null ? null : Buffer.from(value.buffer, value.byteOffset, value.byteLength),
    headers: { ...record.headers },
  };
}

/** Kafka allows a header several times; then the last one counts. */
function headersOf(headers: IHeaders | undefined): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers ?? {})) {
    const last = Array.isArray(value) ? value.at(-1) : value;
    if (last !== undefined) found[name] = last.toString();
  }
  return found;
}

const LOG_APPEND_TIME = 1;
type FetchedMessage = KafkaMessage & {
  readonly batchContext?: { readonly timestampType?: number };
};

/** The broker's time; of a topic with the times of its writers nothing is said. */
function appendedMs({ timestamp, batchContext }: FetchedMessage): { appendedMs?: number } {
  const ms = Number(timestamp);
  const isBrokers = batchContext?.timestampType === LOG_APPEND_TIME && ms > 0;
  return isBrokers ? { appendedMs: ms } : {};
}

export function toRecord(message: KafkaMessage, topic: TopicInfo, partition: number): LogRecord {
  return {
    topic: topic.name,
    incarnation: topic.incarnation,
    partition,
    offset: Number(message.offset),
    key: message.key === null ? null : message.key.toString(),
    value: message.value,
    headers: headersOf(message.headers),
    ...appendedMs(message),
  };
}
