/**
 * Who owns the folder of an embedded log: one process, named in a file by pid, start time and boot.
 * LMDB would let several write and break what lives in memory. A dead owner's file is renamed away.
 */
import { randomUUID } from 'node:crypto';
import {
  closeSync,
  linkSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { EventLogError } from '../port.ts';

const LOCK_FILE = 'owner.json';
/** Taking over may be lost to another process, which may itself die. */
const ATTEMPTS_MAX = 5;
/** Field 22 of /proc/<pid>/stat, counted after the command's closing parenthesis. */
const START_TIME_FIELD = 19;

interface Owner {
  readonly token: string;
  readonly pid: number;
  readonly host: string;
  readonly boot: string;
  readonly started: string;
  readonly since: string;
}

export interface OwnerLock {
  release(): void;
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** Empty where there is no /proc; undefined for a process that ended but was not yet reaped. */
function startTime(pid: number): string | undefined {
  const stat = readText(`/proc/${pid}/stat`);
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ') ?? [];
  if (fields[0] === 'Z') return undefined;
  return fields[START_TIME_FIELD] ?? '';
}

function bootId(): string {
  return readText('/proc/sys/kernel/random/boot_id')?.trim() ?? '';
}

function isAlive(owner: Owner): boolean {
  if (owner.host !== hostname()) return true; // A shared folder: never ours to judge.
  if (owner.boot !== bootId()) return false;
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false;
  }
  return owner.started === startTime(owner.pid);
}

function parseOwner(text: string): Owner | undefined {
  try {
    return JSON.parse(text) as Owner;
  } catch {
    // A process died between creating the file and writing it: nobody owns the folder.
    return undefined;
  }
}

function owned(folder: string, owner: Owner): EventLogError {
  return new EventLogError(
    'owned',
    `the log in ${folder} is owned by process ${owner.pid} on ${owner.host} since ${owner.since}`,
    { retryable: true },
  );
}

/** Throws `owned` when a living process has the folder; takes nothing. */
export function assertUnowned(folder: string): void {
  const text = readText(join(folder, LOCK_FILE));
  const owner = text === undefined ? undefined : parseOwner(text);
  if (owner !== undefined && isAlive(owner)) throw owned(folder, owner);
}

function tryCreate(path: string, text: string): boolean {
  // Written apart and linked, so that nobody ever reads half an owner.
  const transaction = `${path}.${randomUUID()}`;
  const file = openSync(transaction, 'wx');
  writeSync(file, text);
  closeSync(file);
  try {
    linkSync(transaction, path);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(transaction, { force: true });
  }
}

function removeStale(path: string, seen: string): void {
  const aside = `${path}.${randomUUID()}`;
  try {
    renameSync(path, aside);
  } catch {
    return; // Another process was faster; the next attempt sees its file.
  }
  // Between reading and renaming someone else may have taken over: give that lock back.
  if (readText(aside) !== seen) linkSync(aside, path);
  rmSync(aside, { force: true });
}

export function acquireOwnerLock(folder: string): OwnerLock {
  const path = join(folder, LOCK_FILE);
  const mine = JSON.stringify({
    token: randomUUID(),
    pid: process.pid,
    host: hostname(),
    boot: bootId(),
    started: startTime(process.pid) ?? '',
    since: new Date().toISOString(),
  } satisfies Owner);
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    if (tryCreate(path, mine)) {
      const release = () => {
        if (readText(path) === mine) rmSync(path, { force: true });
      };
      return { release };
    }
    assertUnowned(folder);
    const text = readText(path);
    if (text !== undefined) removeStale(path, text);
  }
  throw new EventLogError('owned', `the owner of ${folder} keeps changing`, { retryable: true });
}
