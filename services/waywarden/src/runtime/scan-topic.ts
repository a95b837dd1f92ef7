/** Every record of a topic, partition by partition, up to where it ended when the scan began. */
import type { EventLog, LogRecord } from '@waywarden/event-log';

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
