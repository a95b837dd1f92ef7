/** Errors in words: what a person can mend without a stack, a defect with one. */
import { FolderTakenError } from '@waywarden/clickhouse-embedded';
import { EventLogError, type EventLogErrorCode } from '@waywarden/event-log';
import { UsageError } from '../input/command-output.ts';
import { DataFolderError } from '../runtime/data-folder.ts';

const FILE_TROUBLES: Readonly<Record<string, string>> = {
  EACCES: 'this user has no right to',
  EPERM: 'this user has no right to',
  EROFS: 'the file system is read-only',
  ENOTDIR: 'a part of the path is a file',
  EISDIR: 'it is a folder',
  ENOENT: 'it is not there and can’t be made',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EMFILE: 'too many files are open',
};

const LOG_ADVICE: Readonly<Partial<Record<EventLogErrorCode, string>>> = {
  owned: 'Stop that process, or name another folder with --data.',
  unavailable: 'Check that it runs, that the address is right, and that its disk has room.',
  damaged: 'Restore log/ and keys/ from a backup; docs/guide-operate.md says how.',
  state_damaged:
    'Move state/ away and start again: it is made anew from the log, as far back as that goes.',
  unknown_topic: 'Make the topics first: npx waywarden init.',
  not_allowed:
    'Check login and password; npx waywarden acls says what each service must be allowed.',
  partitions_differ: 'Name the number of partitions that it has, or another topic prefix.',
};

export const isDamage = (error: unknown): boolean =>
  error instanceof EventLogError && error.code === 'damaged';

function fileTrouble(error: NodeJS.ErrnoException): string | undefined {
  const { code, path } = error;
  const why = code === undefined || path === undefined ? undefined : FILE_TROUBLES[code];
  if (why === undefined) return undefined;
  return `${path} can't be used: ${why} (${code}). Name another folder with --data, or mend that and start again.`;
}

/** Without a last line feed. */
export function sayError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof UsageError || error instanceof DataFolderError) return error.message;
  if (error instanceof FolderTakenError) {
    return `${error.message} Stop it, or name another folder with --data.`;
  }
  if (error instanceof EventLogError) {
    const advice = LOG_ADVICE[error.code];
    if (advice !== undefined) return `${error.message.replace(/\.$/, '')}. ${advice}`;
  }
  return fileTrouble(error) ?? error.stack ?? error.message;
}
