/**
 * How large the largest of a day may be, from the largest of earlier days.
 *
 * Ranks can't decide an alarm: over n days none is below 1/(n+1), and one alarm in 10,000 days is
 * asked for. So the tail is modelled, and the model is stated: the logarithm of a day's largest value
 * is Gumbel distributed (Fisher, Tippett 1928: what maxima of many values tend to), with days
 * exchangeable. Location and scale come from the median and the ninetieth percentile, not from the
 * moments, because quiet days (weekends) lie far below and say nothing of the upper tail. The scale
 * has a floor and is widened while days are few. Days on which the agent did nothing are no days.
 *
 * Measured, the model alone promises too much far out (docs/measurements/calibration.md): few days of one
 * agent do not tell its tail. So an alarm also needs one and a half times the largest ever and a floor.
 *
 * A day is learnt at most a little above what was usual (winsorised): whoever raises a value day by
 * day teaches slower than he climbs. Rejected: z-scores (a constant agent has variance 0) and peaks
 * over a threshold (too few days to choose one).
 */

/** Days kept; older ones are forgotten. */
export const BLOCKS_MAX = 30;
/** Fewer days than this judge nothing. */
export const BLOCKS_MIN = 7;
/** A day's largest value is to exceed the alarm threshold by chance once in so many days. */
export const DAYS_PER_FALSE_ALARM = 10_000;
const SCALE_MIN = 0.08;
/** How far above what one day in ten exceeds a day is learnt, as a logarithm: a twentieth. */
const RISE_MAX = 0.05;
/** Median and ninetieth percentile of the standard Gumbel distribution. */
const MEDIAN = -Math.log(Math.log(2));
const UPPER = -Math.log(-Math.log(0.9));

export interface DayMaxima {
  readonly since: string;
  readonly day: number;
  /** The largest of the day so far, of what may be learnt. */
  readonly dayMax: number;
  /** `log(1 + largest)` of each finished day, oldest first. */
  readonly logs: readonly number[];
  /** The largest value of the finished days: today's own climb must not move what it is held against. */
  readonly peak: number;
  /** Since a declared change, until there are days enough again: beyond what is too much in any case. */
  readonly guard?: number;
  /** The latest declared change that it knows. */
  readonly declaredMs?: number;
}

export interface Tail {
  readonly median: number;
  readonly scale: number;
  readonly days: number;
}

function quantile(sorted: readonly number[], share: number): number {
  const at = share * (sorted.length - 1);
  const below = sorted[Math.floor(at)] ?? 0;
  const above = sorted[Math.ceil(at)] ?? below;
  return below + (above - below) * (at - Math.floor(at));
}

/** The tail of a day's largest value; undefined while there are too few days. */
export function tailOf(logs: readonly number[]): Tail | undefined {
  const days = logs.length;
  if (days < BLOCKS_MIN) return undefined;
  const sorted = [...logs].sort((a, b) => a - b);
  const median = quantile(sorted, 0.5);
  const scale = (quantile(sorted, 0.9) - median) / (UPPER - MEDIAN);
  return { median, scale: (Math.max(SCALE_MIN, scale) * (days + 3)) / (days - 1), days };
}

/** How probable it is that a day brings a value as large. */
export function dayProbability({ median, scale }: Tail, value: number): number {
  const z = (Math.log1p(value) - median) / scale + MEDIAN;
  return -Math.expm1(-Math.exp(-z));
}

/** The value that a day exceeds with this probability. */
export function dayThreshold({ median, scale }: Tail, probability: number): number {
  const z = -Math.log(-Math.log1p(-probability));
  return Math.expm1(median + scale * (z - MEDIAN));
}

const rounded = (log: number): number => Math.round(log * 1000) / 1000;

/** A finished day as it is learnt: hardly more than what one day in ten exceeds. */
function winsorised(logs: readonly number[], dayMax: number): number {
  const log = Math.log1p(dayMax);
  if (logs.length < BLOCKS_MIN) return log;
  const upper = quantile(
    [...logs].sort((a, b) => a - b),
    0.9,
  );
  return Math.min(log, upper + RISE_MAX);
}

export function newMaxima(day: number, since: string): DayMaxima {
  return { since, day, dayMax: 0, logs: [], peak: 0 };
}

/** The maxima at a day: a day before it is finished. One that is told late belongs to the present. */
export function atDay(maxima: DayMaxima, day: number): DayMaxima {
  if (day <= maxima.day) return maxima;
  const { logs, dayMax } = maxima;
  const learnt = [...logs, rounded(winsorised(logs, dayMax))].slice(-BLOCKS_MAX);
  return { ...maxima, day, dayMax: 0, logs: learnt, peak: Math.max(maxima.peak, dayMax) };
}

/** How far beyond the largest value ever an alarm begins at least. */
const PEAK_FACTOR = 1.5;
/** What is too much even while an agent settles after a declared change, in alarm thresholds before. */
const GUARD_FACTOR = 2;

/** Where the alarm begins; undefined while too little is known. */
export function alarmThreshold(maxima: DayMaxima, floor: number): number | undefined {
  const { logs, peak, guard } = maxima;
  const tail = tailOf(logs);
  if (tail === undefined) return guard;
  return Math.max(floor, dayThreshold(tail, 1 / DAYS_PER_FALSE_ALARM), peak * PEAK_FACTOR);
}

/**
 * After a declared change the days before say nothing of those to come: they begin anew. Meanwhile twice
 * what would have alarmed before still does, so that a declaration is no licence.
 */
export function rebased(
  maxima: DayMaxima,
  declaredMs: number | undefined,
  floor: number,
): DayMaxima {
  if (declaredMs === undefined || declaredMs <= (maxima.declaredMs ?? 0)) return maxima;
  const before = alarmThreshold(maxima, floor);
  const { since, day, dayMax } = maxima;
  const guard = before === undefined ? {} : { guard: before * GUARD_FACTOR };
  return { since, day, dayMax, logs: [], peak: 0, declaredMs, ...guard };
}

export function learnMaximum(maxima: DayMaxima, value: number): DayMaxima {
  if (value <= maxima.dayMax) return maxima;
  return { ...maxima, dayMax: value };
}
