/** The log of the folder that a pipeline owns: opened only where it is the one that state and store know. */

import { type EventLog, EventLogError, type TopicSpec } from '@waywarden/event-log';
import { type LmdbLog, openLmdbLog } from '@waywarden/event-log/lmdb';
import { TOPICS, type TopicId } from '@waywarden/schemas';
import { DataFolderError, type DataPaths } from './data-folder.ts';
import { refuseMissingLog, refuseOtherLog } from './log-identity.ts';
import type { RetentionPlan } from './retention-plan.ts';

export interface OwnLogOptions {
  readonly paths: DataPaths;
  /** Of a new folder; absent: as the folder has it, else `PARTITIONS_DEFAULT`. */
  readonly partitions?: number;
  readonly journal: 'live' | 'replay';
  /** What is kept of the log; absent: as it was set before, and a new log is kept whole. */
  readonly retention?: RetentionPlan;
  readonly failpoint?: (name: string) => void;
  /** The folder is thrown away afterwards: nothing waits for the disk. */
  readonly scratch?: true;
}

/** A replay fills in what the journal lacks: it would decide anew whatever the journal has let go. */
async function refuseShortened(log: LmdbLog, { paths, journal }: OwnLogOptions): Promise<void> {
  if (journal === 'live') return;
  const [start = 0] = await log.startOffsets(TOPICS.responseJournal.name);
  if (start === 0) return;
  throw new DataFolderError(
    `${paths.root} was run for real, and its log is kept from a later record on only: files can't be replayed into it. Name another folder with --data.`,
  );
}

/** The folder's own log and no other, with its topics. */
export async function openOwnLog(options: OwnLogOptions): Promise<LmdbLog> {
  const { paths, failpoint } = options;
  refuseMissingLog(paths);
  const log = await openLmdbLog({
    path: paths.log,
    durable: options.scratch !== true,
    ...(failpoint === undefined ? {} : { failpoint }),
  });
  try {
    await refuseOtherLog(paths, log);
    await ensureTopics(log, options.partitions, options.retention);
    await refuseShortened(log, options);
    return log;
  } catch (error) {
    await log.close();
    throw error;
  }
}

/** Which topics an installation has and over how many partitions: the one place that says so. */

const topicIds = Object.keys(TOPICS) as readonly TopicId[];

/** Without a plan, the retention of a topic that exists stays what it is; a new one is kept whole. */
function topicPlan(partitions: number, plan?: RetentionPlan): readonly TopicSpec[] {
  return topicIds.map((id) => {
    const topic = TOPICS[id];
    const isCompacted = 'compacted' in topic;
    return {
      name: topic.name,
      partitions: 'singlePartition' in topic ? 1 : partitions,
      ...(isCompacted ? { compacted: true } : {}),
      ...(plan === undefined || isCompacted ? {} : { retention: plan[id] ?? {} }),
    };
  });
}

const PARTITIONS_DEFAULT = 4;

/** Over how many partitions events go already; undefined in a new log. */
async function partitionsOf(log: EventLog): Promise<number | undefined> {
  try {
    return (await log.describe(TOPICS.auditEvents.name)).partitions;
  } catch (error) {
    if (error instanceof EventLogError && error.code === 'unknown_topic') return undefined;
    throw error;
  }
}

/** `asked` partitions; where nothing is asked, as many as there are. */
export async function ensureTopics(
  log: EventLog,
  asked: number | undefined,
  plan?: RetentionPlan,
): Promise<void> {
  const partitions = asked ?? (await partitionsOf(log)) ?? PARTITIONS_DEFAULT;
  await log.createTopics(topicPlan(partitions, plan));
}
