/** The log of the folder that a pipeline owns: opened only where it is the one that state and store know. */
import { type LmdbLog, openLmdbLog } from '@waywarden/event-log/lmdb';
import { TOPICS } from '@waywarden/schemas';
import { DataFolderError, type DataPaths } from './data-folder.ts';
import { refuseMissingLog, refuseOtherLog } from './log-identity.ts';
import type { RetentionPlan } from './retention-plan.ts';
import { ensureTopics } from './topic-plan.ts';

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
