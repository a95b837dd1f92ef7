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
 * After a declared change calls begin anew. Meanwhile twice what alarmed before it still does, as of days
 * (`block-maxima.ts`): a declaration is no licence to export everything at once.
 *
 * Limits: a hundred calls and seven days of history; an agent that does a large thing for the first time, and rightly, is
 * told; the calls of thirty days at most weigh in what is usual, and the largest is never forgotten until a declared change.
 */
import { BLOCKS_MAX, DAYS_PER_CHANCE } from './block-maxima.ts';
import { BLOCKS_MIN } from './day-score.ts';
import { GUARD_FACTOR } from './first-days.ts';

export interface LargestCall {
  /** Calls, and the mean of their logarithms. */
  readonly calls: number;
  readonly mean: number;
  readonly largest: number;
  /** After a declared change, until there are calls enough again: what is too much in any case. */
  readonly guard?: number;
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

const isSettled = ({ calls }: LargestCall, days: number) =>
  calls >= CALLS_MIN && days >= BLOCKS_MIN;

/** Of the tail beyond the usual call. */
function indexOf({ calls, mean, largest }: LargestCall): number {
  return Math.log(calls) / Math.max(SPREAD_MIN, Math.log(largest) - mean);
}

/** How probable it is that a day brings a call as large; undefined where it is none to speak of. */
export function beyondAll(known: LargestCall, amount: number, days: number): number | undefined {
  const { calls, mean, largest, guard } = known;
  if (!isSettled(known, days)) {
    return guard === undefined || amount <= guard ? undefined : 1 / DAYS_PER_CHANCE;
  }
  if (amount <= FACTOR_MIN * largest) return undefined;
  const p = CAUTION * Math.exp(indexOf(known) * (mean - Math.log(amount))) * (calls / days);
  return p <= 1 / DAYS_PER_CHANCE ? p : undefined;
}

/** What alarms so far; undefined while too little is known. */
function leastOdd(known: LargestCall, days: number): number | undefined {
  if (!isSettled(known, days)) return undefined;
  const { calls, mean, largest } = known;
  const rare = mean + Math.log(CAUTION * (calls / days) * DAYS_PER_CHANCE) / indexOf(known);
  return Math.max(FACTOR_MIN * largest, Math.exp(rare));
}

/** After a declared change: calls begin anew, and never with twice a guard. */
export function afterChange(known: LargestCall, days: number): LargestCall {
  const learnt = leastOdd(known, days);
  const guard = learnt === undefined ? known.guard : Math.ceil(learnt * GUARD_FACTOR);
  return guard === undefined ? NO_CALLS : { ...NO_CALLS, guard };
}

export function withCall(known: LargestCall, amount: number, days: number): LargestCall {
  const { calls, mean, largest, guard } = known;
  // The calls of a month weigh; later ones move the mean as one of these.
  const next = days >= BLOCKS_MAX && calls >= CALLS_MIN ? calls : calls + 1;
  const moved = mean + (Math.log(amount) - mean) / next;
  const one = {
    calls: next,
    mean: Number(moved.toPrecision(DIGITS)),
    largest: Math.max(largest, amount),
  };
  return guard === undefined || isSettled(known, days) ? one : { ...one, guard };
}
