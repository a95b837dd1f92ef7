/**
 * Which log a folder's state and store were made from, and how far: `log.json` beside each of them. A log
 * that is missing, of another folder or an older copy is refused, because everything would start from it
 * as if nothing had happened, and a rule would act on a forgotten registry.
 */
import { existsSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type EventLog, EventLogError } from '@waywarden/event-log';
import { type LmdbLog, openLmdbLog } from '@waywarden/event-log/lmdb';
import { TOPICS } from '@waywarden/schemas';
import { z } from 'zod';
import { DataFolderError, type DataPaths, FILE_MODE } from './data-folder.ts';

const markSchema = z.object({
  topics: z.record(z.string(), z.object({ incarnation: z.string(), ends: z.array(z.number()) })),
});
type LogMark = z.infer<typeof markSchema>;

const ANEW =
  'Put back log/ and keys/ as this folder had them; or move state/ and clickhouse/ away: they are made anew from the log that is there.';

const markFiles = ({ state, clickhouse }: DataPaths) =>
  [state, clickhouse].map((folder) => ({ folder, file: join(folder, 'log.json') }));

function readMark(file: string): LogMark | undefined {
  try {
    return markSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    // Absent, or not ours: then nothing is known of the log.
    return undefined;
  }
}

const hasLog = ({ log }: DataPaths): boolean => {
  const file = join(log, 'data.mdb');
  return existsSync(file) && statSync(file).size > 0;
};

/** DataFolderError when state or store were made from a log that is not there any more. */
export function refuseMissingLog(paths: DataPaths): void {
  if (hasLog(paths)) return;
  for (const { folder, file } of markFiles(paths)) {
    if (readMark(file) === undefined) continue;
    throw new DataFolderError(
      `${paths.log} holds no log, but ${folder} was made from one. Restore log/ and keys/ from a backup, or name another folder with --data to begin anew.`,
    );
  }
}

async function infoOf(log: EventLog, topic: string) {
  try {
    return { ...(await log.describe(topic)), ends: await log.endOffsets(topic) };
  } catch (error) {
    if (error instanceof EventLogError && error.code === 'unknown_topic') return undefined;
    throw error;
  }
}

/** DataFolderError when the log is not the one that state or store were made from, or ends before it. */
export async function refuseOtherLog(paths: DataPaths, log: EventLog): Promise<void> {
  for (const { folder, file } of markFiles(paths)) {
    for (const [topic, mark] of Object.entries(readMark(file)?.topics ?? {})) {
      const found = await infoOf(log, topic);
      if (found?.incarnation !== mark.incarnation) {
        throw new DataFolderError(
          `The log in ${paths.log} is not the one that ${folder} was made from. ${ANEW}`,
        );
      }
      const short = mark.ends.findIndex((end, partition) => end > (found.ends[partition] ?? 0));
      if (short < 0) continue;
      throw new DataFolderError(
        `The log in ${paths.log} ends at record ${found.ends[short] ?? 0} of ${topic}, partition ${short}, but ${folder} was made from ${mark.ends[short]}. ${ANEW}`,
      );
    }
  }
}

async function markOf(log: EventLog): Promise<LogMark> {
  const topics: LogMark['topics'] = {};
  for (const { name } of Object.values(TOPICS)) {
    const found = await infoOf(log, name);
    if (found === undefined) continue;
    topics[name] = { incarnation: found.incarnation, ends: [...found.ends] };
  }
  return { topics };
}

function writeMark(paths: DataPaths, mark: LogMark): void {
  for (const { folder, file } of markFiles(paths)) {
    if (!existsSync(folder)) continue;
    const aside = `${file}.${process.pid}`;
    writeFileSync(aside, JSON.stringify(mark), { mode: FILE_MODE });
    renameSync(aside, file);
  }
}

/**
 * Notes down which log this is and how far it goes, for the next start. What is noted is what was seen the
 * time before: by then it is on disk, and a power cut can't leave a mark that the log lies behind.
 */
export class LogMarks {
  readonly #paths: DataPaths;
  readonly #log: EventLog;
  #seen: LogMark | undefined;

  constructor(paths: DataPaths, log: EventLog) {
    this.#paths = paths;
    this.#log = log;
  }

  async note(): Promise<void> {
    const now = await markOf(this.#log);
    writeMark(this.#paths, this.#seen ?? now);
    this.#seen = now;
  }

  /** Closes the log, which brings all of it to disk. */
  async close(): Promise<void> {
    const last = await markOf(this.#log).catch(() => undefined);
    await this.#log.close();
    if (last !== undefined) writeMark(this.#paths, last);
  }
}

/** The log of a folder that nobody owns; DataFolderError or EventLogError when it can't be believed. */
export async function openLogToRead(paths: DataPaths): Promise<LmdbLog> {
  refuseMissingLog(paths);
  if (!hasLog(paths)) throw new DataFolderError(`${paths.log} holds no log: nothing was recorded.`);
  const log = await openLmdbLog({ path: paths.log, readOnly: true });
  try {
    await refuseOtherLog(paths, log);
    return log;
  } catch (error) {
    await log.close();
    throw error;
  }
}
