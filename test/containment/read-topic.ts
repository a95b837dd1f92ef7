/** All that a topic holds, each record's value, in the order of its partitions. */
import type { EventLog } from '@waywarden/event-log';
import { HEADERS } from '@waywarden/schemas';

const READ_MAX = 1_000;

export async function readTopic<T>(log: EventLog, topic: string): Promise<readonly T[]> {
  const values: T[] = [];
  const [starts, ends] = [await log.startOffsets(topic), await log.endOffsets(topic)];
  for (const [partition, start] of starts.entries()) {
    let offset = start;
    while (offset < (ends[partition] ?? 0)) {
      const records = await log.read(topic, partition, offset, READ_MAX);
      if (records.length === 0) break;
      for (const { value, headers } of records) {
        const isOwn = (headers[HEADERS.type] ?? 'event') === 'event' && value !== null;
        if (isOwn) values.push(JSON.parse(new TextDecoder().decode(value)) as T);
      }
      offset = (records.at(-1)?.offset ?? offset) + 1;
    }
  }
  return values;
}
