import type { LogRecord } from '../port.ts';
import type { Extents } from './extents.ts';
import type { LostRecords, StoredStart } from './layout.ts';
import { decodeRecord } from './record-codec.ts';
import type { LogTopic } from './store.ts';

export interface StoredPartition {
  readonly start: number;
  readonly end: number;
  readonly bytes: number;
  /** What is kept was appended at this time at the earliest (Unix ms); undefined: not known. */
  readonly sinceMs: number | undefined;
  readonly removed: {
    readonly records: number;
    readonly bytes: number;
    /** Unix ms, of the last time. */
    readonly at: number;
    readonly why: StoredStart['why'];
  } | null;
  readonly lost: readonly LostRecords[];
  /** The last record that was removed, where the topic's retention keeps it. */
  readonly lastRemoved: LogRecord | undefined;
}

function lastRemovedOf(topic: LogTopic, partition: number): LogRecord | undefined {
  const stored = topic.extents[partition]?.stored;
  if (stored?.last === undefined) return undefined;
  const offset = stored.offset - 1;
  const bytes = Buffer.from(stored.last, 'base64');
  const body = decodeRecord(bytes, { topicId: topic.id, partition, offset });
  const { name, incarnation } = topic;
  return body && { topic: name, incarnation, partition, offset, ...body };
}

export function storedOf(topic: LogTopic, extents: Extents): readonly StoredPartition[] {
  return topic.extents.map(({ start, bytes, stored }, partition) => ({
    start,
    end: topic.ends[partition] ?? 0,
    bytes: Math.max(0, bytes - (stored?.bytes ?? 0)),
    sinceMs: extents.markOf({ topicId: topic.id, partition, offset: start })?.after,
    removed:
      stored === undefined
        ? null
        : { records: stored.records, bytes: stored.bytes, at: stored.at, why: stored.why },
    lost: stored?.lost ?? [],
    lastRemoved: lastRemovedOf(topic, partition),
  }));
}
