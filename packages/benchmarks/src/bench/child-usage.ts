/**
 * Memory and processor time of the store's child process, from /proc, sampled while the work runs
 * (a process that has ended tells nothing any more). Zeros where there is no /proc.
 */
import { readdirSync, readFileSync } from 'node:fs';

const SAMPLE_EVERY_MS = 200;
/** USER_HZ of every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;
const MIB = 1024 * 1024;
/** Fields of /proc/<pid>/stat after the command's closing parenthesis. */
const FIELD = { userTicks: 11, systemTicks: 12 } as const;

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // The process ended between two looks, or this is not Linux: nothing to count.
    return '';
  }
}

function childrenOf(pid: number | 'self'): readonly number[] {
  let threads: readonly string[] = [];
  try {
    threads = readdirSync(`/proc/${pid}/task`);
  } catch {
    // As above.
    return [];
  }
  return threads
    .flatMap((thread) => read(`/proc/${pid}/task/${thread}/children`).trim().split(' '))
    .filter((text) => text !== '')
    .map(Number);
}

export interface Usage {
  readonly processRssMib: number;
  readonly engineRssMib: number;
  readonly engineCpuSeconds: number;
}

/** Starts sampling; the function that is returned stops it and gives the peaks. */
export function sampleUsage(): () => Usage {
  let processRss = 0;
  let engineRss = 0;
  const cpu = new Map<number, number>();
  const first = new Map<number, number>();
  const sample = () => {
    processRss = Math.max(processRss, process.memoryUsage.rss());
    for (const pid of childrenOf('self')) {
      const stat = read(`/proc/${pid}/stat`);
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      const ticks = Number(fields[FIELD.userTicks] ?? 0) + Number(fields[FIELD.systemTicks] ?? 0);
      if (!first.has(pid)) first.set(pid, ticks);
      cpu.set(pid, ticks - (first.get(pid) ?? 0));
      const [, rss = '0'] = /^VmRSS:\s+(\d+)/m.exec(read(`/proc/${pid}/status`)) ?? [];
      engineRss = Math.max(engineRss, Number(rss) * 1024);
    }
  };
  sample();
  const timer = setInterval(sample, SAMPLE_EVERY_MS);
  return () => {
    clearInterval(timer);
    sample();
    return {
      processRssMib: processRss / MIB,
      engineRssMib: engineRss / MIB,
      engineCpuSeconds: [...cpu.values()].reduce((sum, ticks) => sum + ticks, 0) / TICKS_PER_SECOND,
    };
  };
}
