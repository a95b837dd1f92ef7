/**
 * How far a value lies above what is usual of an agent's days, and how rarely days do: the score that
 * `block-maxima.ts` explains. Split from what is kept, so that what is held against the first days
 * (`first-days.ts`) uses the same.
 */
import { type Excesses, excessAt, excessProbability } from './excess-tail.ts';
import { type ScoreTail, scoreAt, scoreProbability } from './score-tail.ts';

/** Fewer days than this judge nothing. */
export const BLOCKS_MIN = 7;
/** Logarithms are kept as whole numbers of this. */
export const GRAIN = 500;
/** What any agent shows, in days that it weighs. */
const PRIOR_DAYS = 4;
/** The least that days differ, and what amounts (bytes, tokens, records) of any agent differ by. */
const SCALE_MIN = 0.1;
const AMOUNT_SCALE = 0.5;

/** Counts of events vary at least as chance makes them; of amounts nobody knows before seeing them. */
export type Unit = 'count' | 'amount';

/** What a feature's days are judged by. */
export interface DayModel {
  readonly unit: Unit;
  readonly tail: ScoreTail;
  /** A day with less never alarms. */
  readonly floor: number;
  /** The first days stay. */
  readonly anchored?: true;
  /**
   * Days are held to the agent's own tail too, as lengths and amounts are: pages of a list and tokens of a prompt are
   * heavy-tailed by nature. How often something is called is not: there a burst is an attack, and a quiet
   * agent's own tail would let it pass at twenty times the usual (docs/measurements/calibration.md).
   */
  readonly ownTail?: true;
}

/** By which tail a day is rare. */
type Tailed = Pick<DayModel, 'tail' | 'ownTail'>;

export interface Usual {
  readonly median: number;
  readonly scale: number;
  readonly days: number;
  readonly excesses: Excesses;
}

export function quantile(sorted: readonly number[], share: number): number {
  const at = share * (sorted.length - 1);
  const below = sorted[Math.floor(at)] ?? 0;
  const above = sorted[Math.ceil(at)] ?? below;
  return below + (above - below) * (at - Math.floor(at));
}

export const rising = (logs: readonly number[]) => [...logs].sort((a, b) => a - b);

/** By how much the logarithm of a Poisson count of this size varies. */
function chanceScale(median: number): number {
  const count = Math.expm1(median);
  return Math.sqrt(Math.max(count, 0.5)) / (1 + count);
}

/** By how much days of any agent differ around this median. */
export function leastScale(median: number, unit: Unit): number {
  return unit === 'amount' ? AMOUNT_SCALE : Math.max(SCALE_MIN, chanceScale(median));
}

/** By the days that it was made of: they change once a day and are asked for at every call. */
const USUAL = new WeakMap<readonly number[], Usual>();

/** What is usual of a day's largest value; undefined while there are too few days. */
export function usualOf(logs: readonly number[], unit: Unit): Usual | undefined {
  if (logs.length < BLOCKS_MIN) return undefined;
  const known = USUAL.get(logs);
  if (known !== undefined) return known;
  const usual = measured(logs, unit);
  USUAL.set(logs, usual);
  return usual;
}

/** The mean of what lies above the median, of what varies like this by chance alone. */
const MEAN_EXCESS = 0.7;

function measured(logs: readonly number[], unit: Unit): Usual {
  const days = logs.length;
  const median = quantile(rising(logs), 0.5);
  let [above, sum, squares] = [0, 0, 0];
  for (const one of logs) {
    if (one <= median) continue;
    above += 1;
    sum += one - median;
    squares += (one - median) ** 2;
  }
  const log = median / GRAIN;
  const prior = leastScale(log, unit);
  const variance = ((2 * squares) / GRAIN ** 2 + PRIOR_DAYS * prior ** 2) / (days + PRIOR_DAYS);
  return {
    median: log,
    // The median itself is only known from so many days.
    scale: Math.sqrt(variance * (1 + 1.5 / days)),
    days,
    excesses: { above, days, sum: sum / GRAIN, chance: MEAN_EXCESS * prior },
  };
}

/** How many scales a value lies above what is usual. */
export function dayScore(
  { median, scale }: Pick<Usual, 'median' | 'scale'>,
  value: number,
): number {
  return (Math.log1p(value) - median) / scale;
}

/** How probable it is that a day brings a value as large: the more cautious of the ranks and of an unknown tail. */
export function dayProbability(
  usual: Usual,
  { tail, ownTail }: Tailed,
  value: number,
  /** Scales above the median that count as nothing. */
  slack = 0,
): number {
  const ranked = scoreProbability(tail, dayScore(usual, value) - slack);
  if (ownTail !== true) return ranked;
  const excess = Math.log1p(value) - usual.median - slack * usual.scale;
  return Math.max(ranked, excessProbability(usual.excesses, excess));
}

/** The value that a day exceeds with this probability. */
export function dayThreshold(usual: Usual, { tail, ownTail }: Tailed, probability: number): number {
  const ranked = usual.scale * scoreAt(tail, probability);
  const least = ownTail === true ? excessAt(usual.excesses, probability) : 0;
  return Math.expm1(usual.median + Math.max(ranked, least));
}
