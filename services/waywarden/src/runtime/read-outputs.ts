/** What the pipeline concluded, read back from its topics: the last value of each key, sorted. */
import type { EventLog } from '@waywarden/event-log';
import { HEADERS } from '@waywarden/schemas';
import { scanTopic } from './scan-topic.ts';

const DECODER = new TextDecoder();

/** Repeats are the same bytes, so the last record of a key is its last revision. */
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
