// Whether the process that wrote a pid down is still that process. On Linux the start time in /proc
// decides; elsewhere only whether the pid is alive.
import { readFileSync } from 'node:fs';

export interface ProcessIdentity {
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

export const identityOf = (pid: number): ProcessIdentity => {
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

export const isAlive = (identity: ProcessIdentity): boolean => {
  if (!exists(identity.pid) || statOf(identity.pid)?.state === 'Z') return false;
  const now = identityOf(identity.pid);
  return identity.birth === undefined || now.birth === undefined || identity.birth === now.birth;
};
