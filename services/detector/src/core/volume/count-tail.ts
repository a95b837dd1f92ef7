/**
 * How improbable a count in a window is, from the counts of earlier windows: the tail of a negative
 * binomial distribution, which is a Poisson's where the counts vary no more than chance makes them.
 *
 * Counts are counts: a z-score gives an agent that is perfectly regular a variance of 0, and then
 * either anything or nothing alarms. Here a regular agent has the variance of a Poisson process at
 * least, and one that comes in bursts has what it showed. The predictive variance counts in that the
 * mean is itself only known from n windows (method of moments; Greenwood, Yule 1920). What comes out
 * is an upper bound of the tail: the first term times a geometric series.
 */

export interface CountHistory {
  /** Windows with anything in them. */
  readonly n: number;
  readonly mean: number;
  /** Sum of squared deviations (Welford 1962). */
  readonly m2: number;
}

export const NO_COUNTS: CountHistory = { n: 0, mean: 0, m2: 0 };

export function withCount({ n, mean, m2 }: CountHistory, count: number): CountHistory {
  const now = n + 1;
  const delta = count - mean;
  const moved = mean + delta / now;
  return { n: now, mean: moved, m2: m2 + delta * (count - moved) };
}

const LANCZOS = [
  76.18009172947146, -86.50532032941678, 24.01409824083091, -1.231739572450155,
  0.001208650973866179, -0.000005395239384953,
] as const;

/** Lanczos's approximation (g = 5), good to ten digits for positive arguments. */
function logGamma(x: number): number {
  const base = x + 5.5 - (x + 0.5) * Math.log(x + 5.5);
  const series = LANCZOS.reduce<number>(
    (sum, term, at) => sum + term / (x + at + 1),
    1.000000000190015,
  );
  return -base + Math.log((2.5066282746310007 * series) / x);
}

/** At least the probability of a count as large or larger. */
export function countTail(count: number, { n, mean: seen, m2 }: CountHistory): number {
  if (n < 2) return 1;
  // Half a count more than was seen (Jeffreys): what never happened is rare and not impossible.
  const mean = seen + 0.5 / n;
  const known = 1 + 1 / n;
  const variance = Math.max(mean, m2 / (n - 1)) * known;
  const size = (mean * mean) / Math.max(variance - mean, mean * 1e-6);
  const share = mean / (mean + size);
  const ratio = ((count + size) / (count + 1)) * share;
  if (count <= mean || ratio >= 1) return 1;
  const first =
    logGamma(count + size) -
    logGamma(size) -
    logGamma(count + 1) +
    size * Math.log1p(-share) +
    count * Math.log(share);
  return Math.min(1, Math.exp(first) / (1 - ratio));
}
