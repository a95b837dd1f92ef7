/**
 * Finishes what a crash left open: the intent's records are read again, made into the same rows,
 * and inserted under the same token.
 */
import type { EventLog, LogRecord } from '@waywarden/event-log';
import { type Failpoint, insertBatch } from './archive-loop.ts';
import type { ArchiveState, Intent, Segment } from './archive-state.ts';
import { BatchBuild } from './batch-build.ts';
import { ArchiverError } from './clickhouse-errors.ts';
import type { ClickHouseStore } from './clickhouse-store.ts';
import type { ArchivedTopic } from './rows/archived-topic.ts';
import type { ArchiverEvents } from './telemetry.ts';

const READ_RECORDS_MAX = 2_000;

export interface ReplayParts {
  readonly log: EventLog;
  readonly state: ArchiveState;
  readonly store: ClickHouseStore;
  readonly topics: ReadonlyMap<string, ArchivedTopic>;
  readonly failpoint: (name: Failpoint) => void;
  readonly events: ArchiverEvents;
}

/** Undefined when the log does not hold all of it any more. */
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

async function rebuild(parts: ReplayParts, intent: Intent): Promise<BatchBuild | undefined> {
  const build = new BatchBuild(intent.storedAt);
  for (const segment of intent.segments) {
    const topic = parts.topics.get(segment.topic);
    const records = topic && (await recordsOf(parts.log, segment));
    if (topic === undefined || records === undefined) return undefined;
    build.replay(topic, records, new Set(segment.skipped));
  }
  return build;
}

export async function replayIntent(parts: ReplayParts): Promise<void> {
  const { state, events } = parts;
  const intent = state.openIntent();
  if (intent === undefined) return;
  const build = await rebuild(parts, intent);
  if (build === undefined) {
    // Its offsets are not committed, so what the log still has of it is read in the usual way.
    await state.dropIntent();
    events.intentLost?.({ token: intent.token });
    return;
  }
  if (build.intent().token !== intent.token) {
    throw new ArchiverError('batch_lost', 'The open intent could not be made again as it was.');
  }
  const rows = await insertBatch(parts, build);
  await state.commit(build.commit((key) => state.marks(key)));
  events.intentReplayed?.({ token: intent.token, rows });
}
