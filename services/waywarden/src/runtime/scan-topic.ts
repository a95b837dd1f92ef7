/** Every record of a topic, partition by partition, up to where it ended when the scan began. */
import type { EventLog, LogRecord } from '@waywarden/event-log';
import { HEADERS } from '@waywarden/schemas';

const CHUNK_RECORDS = 2000;

export async function* scanTopic(log: EventLog, topic: string): AsyncGenerator<LogRecord> {
  const starts = await log.startOffsets(topic);
  const ends = await log.endOffsets(topic);
  for (const [partition, end] of ends.entries()) {
    let offset = starts[partition] ?? 0;
    while (offset < end) {
      const records = await log.read(
        topic,
        partition,
        offset,
        Math.min(CHUNK_RECORDS, end - offset),
      );
      if (records.length === 0) break;
      yield* records;
      offset = (records.at(-1)?.offset ?? offset) + 1;
    }
  }
}

const DECODER = new TextDecoder();

/** The last value of each key, sorted. Repeats are the same bytes, so the last record of a key is its last revision. */
export async function lastByKey<T>(
  log: EventLog,
  topic: string,
  keyOf: (value: T) => string,
): Promise<readonly T[]> {
  const last = new Map<string, T>();
  for await (const record of scanTopic(log, topic)) {
    if (record.value === null || record.headers[HEADERS.type] !== 'event') continue;
    const value = JSON.parse(DECODER.decode(record.value)) as T;
    last.set(keyOf(value), value);
  }
  return [...last].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value);
}
