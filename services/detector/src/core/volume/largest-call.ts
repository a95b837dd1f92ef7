/**
 * Whether one call alone is far beyond all calls of its agent before it: a sum of ten minutes is made of
 * however many calls fell into them, and varies as that does; what one call asks for hardly does.
 *
 * The tail of the logarithm is taken as exponential (amounts as Pareto), with the index that the calls
 * themselves show: of n calls the largest lies about log(n)/index above the usual one. Heavy tails show in a
 * large ratio of the two and so are believed, light ones are taken heavier than they are. How probable a call is
 * counts as often as the agent calls in a day, and ten times more since the index rests on one call; and it has to be
 * three times the largest ever. Rejected: days' maxima of single calls (`block-maxima.ts`), which take 200 bytes of
 * an agent and a feature, for what these three numbers do in 20.
 *
 * Limits: a hundred calls and seven days of history; an agent that does a large thing for the first time, and rightly, is
 * told; the calls of thirty days at most weigh in what is usual, and the largest is never forgotten until a declared change.
 */
import { BLOCKS_MAX, BLOCKS_MIN, DAYS_PER_CHANCE } from './block-maxima.ts';

export interface LargestCall {
  /** Calls, and the mean of their logarithms. */
  readonly calls: number;
  readonly mean: number;
  readonly largest: number;
}

export const NO_CALLS: LargestCall = { calls: 0, mean: 0, largest: 0 };

const CALLS_MIN = 100;
/** How many times the largest ever. */
const FACTOR_MIN = 3;
/** The index is known from one call alone: Pareto's tails come ten times as often as it says. */
const CAUTION = 10;
/** The least that the logarithm of the largest lies above the mean: an agent whose calls are all alike. */
const SPREAD_MIN = 0.2;
const DIGITS = 5;

/** How probable it is that a day brings a call as large; undefined where it is none to speak of. */
export function beyondAll(
  { calls, mean, largest }: LargestCall,
  amount: number,
  days: number,
): number | undefined {
  if (calls < CALLS_MIN || days < BLOCKS_MIN || amount <= FACTOR_MIN * largest) return undefined;
  const spread = Math.max(SPREAD_MIN, Math.log(largest) - mean);
  const index = Math.log(calls) / spread;
  const p = CAUTION * Math.exp(index * (mean - Math.log(amount))) * (calls / days);
  return p <= 1 / DAYS_PER_CHANCE ? p : undefined;
}

export function withCall(
  { calls, mean, largest }: LargestCall,
  amount: number,
  days: number,
): LargestCall {
  // The calls of a month weigh; later ones move the mean as one of these.
  const next = days >= BLOCKS_MAX && calls >= CALLS_MIN ? calls : calls + 1;
  const moved = mean + (Math.log(amount) - mean) / next;
  return {
    calls: next,
    mean: Number(moved.toPrecision(DIGITS)),
    largest: Math.max(largest, amount),
  };
}
