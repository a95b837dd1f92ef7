/**
 * What a piece of work costs: processor time first, wall time beside it. On a machine that others
 * use, wall time says how busy they are; processor time of this process (all its threads) says what
 * the work takes, and on a quiet machine one full core makes the two equal.
 */
export interface Cost {
  readonly cpuSeconds: number;
  readonly wallSeconds: number;
}

export async function costOf(work: () => void | Promise<void>): Promise<Cost> {
  const wall = performance.now();
  const cpu = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(cpu);
  return { cpuSeconds: (user + system) / 1e6, wallSeconds: (performance.now() - wall) / 1000 };
}

export interface Spread {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  const median = sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
  return { median, low: sorted[0] ?? 0, high: sorted.at(-1) ?? 0 };
}

/** One line of the table: events (or puts) a second, by processor time and by the clock. */
export interface Rate {
  readonly name: string;
  readonly rounds: number;
  readonly per_cpu_s: Spread;
  readonly per_wall_s: Spread;
  readonly cpu_us_each: number;
}

export function rateOf(name: string, count: number, costs: readonly Cost[]): Rate {
  const perCpu = spreadOf(costs.map((cost) => count / cost.cpuSeconds));
  return {
    name,
    rounds: costs.length,
    per_cpu_s: perCpu,
    per_wall_s: spreadOf(costs.map((cost) => count / cost.wallSeconds)),
    cpu_us_each: 1e6 / perCpu.median,
  };
}
