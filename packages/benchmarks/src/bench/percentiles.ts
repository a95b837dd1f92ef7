/** Median, 99th percentile and the worst of some measurements, by nearest rank. */
export interface Percentiles {
  readonly n: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

const rounded = (ms: number) => Math.round(ms * 10) / 10;

/** All 0 when nothing was measured, which `n` says. */
export function percentilesOf(values: readonly number[]): Percentiles {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) =>
    rounded(sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0);
  return { n: sorted.length, p50: at(0.5), p99: at(0.99), max: rounded(sorted.at(-1) ?? 0) };
}
