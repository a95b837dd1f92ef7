/**
 * A batch into its tables, each row once. ClickHouse notes a token before the rows are there, so after a crash it
 * may drop the repeat too: what then has no row is inserted under another token.
 */
import { randomUUID } from 'node:crypto';
import type { EventLog, LogRecord } from '@waywarden/event-log';
import type { Intent, Segment } from './archive-state.ts';
import { BatchBuild } from './batch-build.ts';
import type { ClickHouseStore } from './clickhouse-store.ts';
import type { ArchivedTopic } from './rows/archived-topic.ts';
import { storedOffsets } from './stored-before.ts';

const READ_RECORDS_MAX = 2_000;

export interface InsertParts {
  readonly log: EventLog;
  readonly store: ClickHouseStore;
  readonly topics: ReadonlyMap<string, ArchivedTopic>;
  readonly failpoint: (name: 'archiver.insert.before' | 'archiver.insert.done') => void;
}

export interface Inserted {
  readonly rows: number;
  /** False: an attempt failed, and what it did was not seen. */
  readonly isSeen: boolean;
}

export async function insertBatch(
  { store, failpoint }: InsertParts,
  build: BatchBuild,
  token = build.intent().token,
): Promise<Inserted> {
  let rows = 0;
  let isSeen = true;
  for (const [table, { columns, bytes, count }] of build.tables) {
    failpoint('archiver.insert.before');
    const attempts = await store.insert({ table, columns, blocks: bytes.blocks(), token });
    failpoint('archiver.insert.done');
    rows += count;
    isSeen &&= attempts === 1;
  }
  return { rows, isSeen };
}

/** After an insert of `intent` whose outcome was not seen: what of it has no row yet gets one. */
export async function insertMissing(parts: InsertParts, intent: Intent): Promise<void> {
  for (let isSeen = false; !isSeen; ) {
    const build = await rebuild(parts, intent, (topic, segment) =>
      storedOffsets(parts.store, topic, segment, segment.first, segment.last),
    );
    if (build === undefined) return;
    ({ isSeen } = await insertBatch(parts, build, randomUUID()));
  }
}

/** The batch of an intent, but for offsets of `stored`; undefined when the log does not hold all of it any more. */
export async function rebuild(
  { log, topics }: Pick<InsertParts, 'log' | 'topics'>,
  intent: Intent,
  stored: (topic: ArchivedTopic, segment: Segment) => Promise<ReadonlySet<number>> = async () =>
    new Set(),
): Promise<BatchBuild | undefined> {
  const build = new BatchBuild(intent.storedAt);
  for (const segment of intent.segments) {
    const topic = topics.get(segment.topic);
    const records = topic && (await recordsOf(log, segment));
    if (topic === undefined || records === undefined) return undefined;
    build.replay(topic, records, new Set([...segment.skipped, ...(await stored(topic, segment))]));
  }
  return build;
}

async function recordsOf(
  log: EventLog,
  segment: Segment,
): Promise<readonly LogRecord[] | undefined> {
  const info = await log.describe(segment.topic);
  if (info.incarnation !== segment.incarnation) return undefined;
  const start = (await log.startOffsets(segment.topic))[segment.partition] ?? 0;
  if (segment.first < start) return undefined;
  const records: LogRecord[] = [];
  for (let at = segment.first; at <= segment.last; ) {
    const count = Math.min(READ_RECORDS_MAX, segment.last - at + 1);
    const read = await log.read(segment.topic, segment.partition, at, count);
    const last = read.at(-1);
    if (last === undefined) return undefined;
    records.push(...read.filter((record) => record.offset <= segment.last));
    at = last.offset + 1;
  }
  return records[0]?.offset === segment.first ? records : undefined;
}
