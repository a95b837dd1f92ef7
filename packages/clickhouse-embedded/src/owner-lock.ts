// One owner per folder, in `owner.json`. The file appears whole (link(2)); a stale one is renamed
// away and looked at again. Limit: containers that share a folder don't see each other's pids; the
// engine's own lock refuses the second.
import { randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const ORPHAN_POLL_MS = 20;
const ORPHAN_MS_MAX = 5_000;
const ATTEMPTS_MAX = 5;

interface Owner {
  readonly pid: number;
  readonly started_at: string;
  readonly url: string;
  readonly birth?: string | undefined;
  readonly token: string;
  readonly child?: ProcessIdentity | undefined;
}

export class FolderTakenError extends Error {
  readonly code = 'CLICKHOUSE_FOLDER_TAKEN';
  readonly ownerPid: number;
  constructor(folder: string, owner: Owner) {
    super(
      `ClickHouse folder ${folder} is in use by process ${owner.pid} since ${owner.started_at} (${owner.url}).`,
    );
    this.name = 'FolderTakenError';
    this.ownerPid = owner.pid;
  }
}

export interface EngineLock {
  /** So that whoever takes over can make sure that the engine is gone. */
  setChild(pid: number): void;
  release(): void;
}

const readOwner = (file: string): Owner | undefined => {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Owner;
  } catch {
    // Gone in the meantime, or not ours to understand: the caller tries to take the name and sees.
    return undefined;
  }
};

const createWhole = (file: string, owner: Owner): boolean => {
  const aside = `${file}.${owner.token}`;
  writeFileSync(aside, `${JSON.stringify(owner, null, 2)}\n`);
  try {
    linkSync(aside, file);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(aside, { force: true });
  }
};

const moveAway = (file: string, stale: Owner | undefined): void => {
  const grave = `${file}.${randomUUID()}`;
  try {
    renameSync(file, grave);
    if (readOwner(grave)?.token !== stale?.token) linkSync(grave, file);
  } catch {
    // Somebody else moved it first, or took the name again: the next attempt sees the new owner.
  }
  rmSync(grave, { force: true });
};

// The dead owner's engine may live for a moment longer, until it notices that its parent is gone.
const outliveOrphan = async (folder: string, owner: Owner): Promise<void> => {
  const child = owner.child;
  if (child === undefined) return;
  for (let waitedMs = 0; isAlive(child); waitedMs += ORPHAN_POLL_MS) {
    if (waitedMs >= ORPHAN_MS_MAX) throw new FolderTakenError(folder, { ...owner, pid: child.pid });
    if (child.birth !== undefined && waitedMs === ORPHAN_MS_MAX / 2)
      process.kill(child.pid, 'SIGKILL');
    await sleep(ORPHAN_POLL_MS);
  }
};

export const takeFolder = async (folder: string, url: string): Promise<EngineLock> => {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'owner.json');
  const self: Owner = {
    ...identityOf(process.pid),
    started_at: new Date().toISOString(),
    url,
    token: randomUUID(),
  };
  for (let attempt = 0; !createWhole(file, self); attempt += 1) {
    const owner = readOwner(file);
    if (owner !== undefined && (isAlive(owner) || attempt >= ATTEMPTS_MAX))
      throw new FolderTakenError(folder, owner);
    if (owner !== undefined) await outliveOrphan(folder, owner);
    moveAway(file, owner);
  }
  const isOurs = (): boolean => readOwner(file)?.token === self.token;
  return {
    setChild: (pid) => {
      if (!isOurs()) return;
      const aside = `${file}.${self.token}`;
      writeFileSync(aside, `${JSON.stringify({ ...self, child: identityOf(pid) }, null, 2)}\n`);
      renameSync(aside, file);
    },
    release: () => {
      if (isOurs()) rmSync(file, { force: true });
    },
  };
};

// Whether the process that wrote a pid down is still that process. On Linux the start time in /proc
// decides; elsewhere only whether the pid is alive.
interface ProcessIdentity {
  readonly pid: number;
  /** Boot id and start time in clock ticks since boot; absent where there is no /proc. */
  readonly birth?: string | undefined;
}

const readText = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // No /proc, or no such process: both mean "unknown" to the callers.
    return undefined;
  }
};

// Field 22 of /proc/<pid>/stat, counted after the last bracket: the bracketed name may hold spaces.
const statOf = (pid: number): { readonly state: string; readonly ticks: string } | undefined => {
  const fields = readText(`/proc/${pid}/stat`)?.split(') ').at(-1)?.split(' ');
  const [state, ticks] = [fields?.[0], fields?.[19]];
  return state === undefined || ticks === undefined ? undefined : { state, ticks };
};

const identityOf = (pid: number): ProcessIdentity => {
  const boot = readText('/proc/sys/kernel/random/boot_id')?.trim();
  const stat = statOf(pid);
  return boot === undefined || stat === undefined
    ? { pid }
    : { pid, birth: `${boot}/${stat.ticks}` };
};

const exists = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it exists and is another user's.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
};

const isAlive = (identity: ProcessIdentity): boolean => {
  if (!exists(identity.pid) || statOf(identity.pid)?.state === 'Z') return false;
  const now = identityOf(identity.pid);
  return identity.birth === undefined || now.birth === undefined || identity.birth === now.birth;
};
