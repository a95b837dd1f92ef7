/**
 * 95 % intervals. Shares of independent things: Wilson's score interval (Wilson, JASA 22, 1927),
 * which stays honest at 0 of n and n of n. Counts over an exposure: Byar's approximation of the exact
 * Poisson interval (Rothman & Boice, 1979). Whatever shares a cause (plots of one combination, alerts
 * of one agent): percentile bootstrap over whole clusters (Field & Welsh, JRSS-B 69(3), 2007).
 */
import { type Interval, wilsonInterval } from '@waywarden/statistics';
import { seededRandom } from '@waywarden/waywarden/input/seeded-random';
import { quantile } from 'simple-statistics';

export type { Interval };

const Z = 1.959_964;
const RESAMPLES = 1000;
/** Fixed: the same alerts and labels give the same bytes. */
const SEED = 20_265;

/** A share with its Wilson interval; `share` is null of nothing. */
export interface Share {
  readonly k: number;
  readonly n: number;
  readonly share: number | null;
  readonly interval: Interval;
}

export function share(k: number, n: number): Share {
  if (n === 0) return { k, n, share: null, interval: { low: 0, high: 1 } };
  return { k, n, share: k / n, interval: wilsonInterval(k, n) };
}

/** Of a Poisson count over an exposure of 1. */
export function countInterval(count: number): Interval {
  const upper = count + 1;
  const high = upper * (1 - 1 / (9 * upper) + Z / (3 * Math.sqrt(upper))) ** 3;
  if (count === 0) return { low: 0, high };
  return { low: count * (1 - 1 / (9 * count) - Z / (3 * Math.sqrt(count))) ** 3, high };
}

/**
 * Interval of a statistic of sums, each cluster giving one vector of them. Resamples in which the
 * statistic has no value (nothing drawn that it divides by) are left out.
 */
export function clusterInterval(
  clusters: readonly (readonly number[])[],
  statistic: (sums: readonly number[]) => number,
): Interval | null {
  const random = seededRandom(SEED);
  const width = clusters[0]?.length ?? 0;
  const values: number[] = [];
  for (let n = 0; n < RESAMPLES && clusters.length > 1; n++) {
    const sums = new Array<number>(width).fill(0);
    for (let i = 0; i < clusters.length; i++) {
      const drawn = clusters[Math.floor(random() * clusters.length)] ?? [];
      for (let at = 0; at < width; at++) sums[at] = (sums[at] ?? 0) + (drawn[at] ?? 0);
    }
    const value = statistic(sums);
    if (Number.isFinite(value)) values.push(value);
  }
  if (values.length === 0) return null;
  return { low: quantile(values, 0.025), high: quantile(values, 0.975) };
}

/** Events for each `per` of exposure, clustered: each cluster's [count, exposure]. */
export interface Rate {
  readonly count: number;
  readonly exposure: number;
  readonly rate: number | null;
  readonly interval: Interval | null;
}

export function clusteredRate(clusters: readonly (readonly [number, number])[], per: number): Rate {
  const count = clusters.reduce((sum, [n]) => sum + n, 0);
  const exposure = clusters.reduce((sum, [, n]) => sum + n, 0);
  if (exposure === 0) return { count, exposure, rate: null, interval: null };
  const rate = (count / exposure) * per;
  // A bootstrap of no events is the point 0, which claims a certainty that nobody has.
  if (count === 0) {
    const { low, high } = countInterval(0);
    return { count, exposure, rate, interval: { low, high: (high / exposure) * per } };
  }
  const interval = clusterInterval(clusters, ([n = 0, e = 0]) => (n / e) * per);
  return { count, exposure, rate, interval };
}

export interface Quality {
  readonly tp: number;
  readonly fp: number;
  readonly fn: number;
  readonly precision: number | null;
  readonly recall: number | null;
  readonly f1: number | null;
  readonly intervals: {
    /** The widest of Wilson's and the clustered ones at each end; F1 has clustered ones only. */
    readonly precision: Interval | null;
    readonly recall: Interval | null;
    readonly f1: Interval | null;
  };
}

const ratio = (k: number, n: number): number | null => (n === 0 ? null : k / n);

/**
 * The widest at each end: a bootstrap of what never varied is a point, Wilson ignores clusters, and
 * what shares a cause in two ways is as uncertain as the worse of them.
 */
function widest(intervals: readonly (Interval | null)[]): Interval | null {
  const all = intervals.filter((one) => one !== null);
  if (all.length === 0) return null;
  return {
    low: Math.min(...all.map((one) => one.low)),
    high: Math.max(...all.map((one) => one.high)),
  };
}

/** Of clusters [how many, of how many]: the wider of Wilson's and the clustered interval. */
export function clusteredShare(clusters: readonly (readonly [number, number])[]): Share {
  const plain = share(
    clusters.reduce((sum, [k]) => sum + k, 0),
    clusters.reduce((sum, [, n]) => sum + n, 0),
  );
  const clustered = clusterInterval(clusters, ([k = 0, n = 0]) => k / n);
  return { ...plain, interval: widest([plain.interval, clustered]) ?? plain.interval };
}

/** [right, wrong, missed], summed over a cluster. */
export type Outcomes = [number, number, number];

/** Sums of outcomes by some name of a cluster. */
export class OutcomeClusters {
  readonly #sums = new Map<string, Outcomes>();

  add(name: string, at: 0 | 1 | 2, count = 1): void {
    const sums = this.#sums.get(name) ?? [0, 0, 0];
    sums[at] += count;
    this.#sums.set(name, sums);
  }

  get sums(): readonly Outcomes[] {
    return [...this.#sums.values()];
  }
}

/** Precision, recall and F1; each clustering divides the same outcomes in another way. */
export function qualityOf(clusterings: readonly OutcomeClusters[]): Quality {
  const total = (at: 0 | 1 | 2) =>
    (clusterings[0]?.sums ?? []).reduce((sum, one) => sum + one[at], 0);
  const [tp, fp, fn] = [total(0), total(1), total(2)];
  const clustered = (of: (sums: readonly number[]) => number) =>
    clusterings.map((one) => clusterInterval(one.sums, of));
  return {
    tp,
    fp,
    fn,
    precision: ratio(tp, tp + fp),
    recall: ratio(tp, tp + fn),
    f1: ratio(2 * tp, 2 * tp + fp + fn),
    intervals: {
      precision: widest([
        share(tp, tp + fp).interval,
        ...clustered(([t = 0, f = 0]) => t / (t + f)),
      ]),
      recall: widest([
        share(tp, tp + fn).interval,
        ...clustered(([t = 0, , m = 0]) => t / (t + m)),
      ]),
      f1: widest(clustered(([t = 0, f = 0, m = 0]) => (2 * t) / (2 * t + f + m))),
    },
  };
}
