/**
 * Which values an agent had, counted: of the agent as a whole, or of its parts (tools). All of an agent and
 * facet in one value of the state.
 */
import { PRINT_LENGTH } from '@waywarden/schemas';
import { type CountsOf, countAt, eachCount, placeOf, withOneMore } from '../kept/print-counts.ts';
import { mostOf, toDigits } from '../kept/print-table.ts';

/** Values remembered per agent and facet: the most frequent; with more than these nothing alarms. */
export const VALUES_PER_AGENT_MAX = 96;
/** Parts of an agent (tools) whose values are counted apart; the one with the fewest calls makes room. */
const PARTS_MAX = 32;
/** Counts end there, and the number of calls with them, so that shares stay shares. */
const CALLS_MAX = 250_000;
/** Stands before counts of as many digits as are needed; up to 1.73.0 all had three, and it was not there. */
const FITTED = '.';
/** Counts have as many digits as the number of calls needs, of which each is a part. */
const inDigits = (digits: number, first = FITTED.length): CountsOf => ({
  print: PRINT_LENGTH,
  digits,
  entriesMax: VALUES_PER_AGENT_MAX,
  first,
});
const [ONE_DIGIT, TWO_DIGITS, WIDEST] = [inDigits(1), inDigits(2), inDigits(3)];
const EARLIER = inDigits(3, 0);
const [ONE_MOST, TWO_MOST] = [mostOf(1), mostOf(2)];

/** Calls, different values, the day of the first, how often each value was met, and which wait. */
export type Met = readonly [
  n: number,
  distinct: number,
  since: number,
  counts: string,
  declined?: string,
];
/** By fingerprint of what is counted apart; the agent as a whole without a name. */
export type Kept = Readonly<Record<string, Met>>;

export const NOTHING_MET: Met = [0, 0, 0, ''];
/** Of the agent as a whole. */
export const WHOLE = '';

/** Of an agent whose values are not told apart: an object of one shape is made in a tenth of the time. */
export const onlyWhole = (met: Met): Kept => ({ '': met });

/** With this part; where there is no room, without the one that has the fewest calls. */
export function withPart(kept: Kept, part: string, met: Met): Kept {
  if (kept[part] !== undefined || Object.keys(kept).length < PARTS_MAX) {
    return { ...kept, [part]: met };
  }
  const [least] = Object.entries(kept).reduce((a, b) => (b[1][0] < a[1][0] ? b : a));
  const { [least]: _, ...others } = kept;
  return { ...others, [part]: met };
}

function fitting(n: number): CountsOf {
  if (n <= ONE_MOST) return ONE_DIGIT;
  return n <= TWO_MOST ? TWO_DIGITS : WIDEST;
}

/** How the counts of a history stand in its table. By number: taking a list apart asks its iterator. */
function layoutOf(met: Met): CountsOf {
  const counts = met[3];
  return counts !== '' && counts.startsWith(FITTED) ? fitting(met[0]) : EARLIER;
}

export interface Counted {
  /** How often a value was met, and where it stands; -1 where it does not. */
  readonly count: number;
  readonly place: number;
}

export function countedIn(met: Met | undefined, print: string): Counted {
  if (met === undefined) return { count: 0, place: -1 };
  const of = layoutOf(met);
  const place = placeOf(met[3], print, of);
  return { count: countAt(met[3], place, of), place };
}

/** How often a value was met; 0 for one that is not there. */
export function timesMet(met: Met | undefined, print: string): number {
  return countedIn(met, print).count;
}

/** All values and how often each was met, longest known first. */
export function eachMet(met: Met): readonly (readonly [string, number])[] {
  return eachCount(met[3], layoutOf(met));
}

/** The table of a history with room for these digits. */
function fitted(met: Met, of: CountsOf): string {
  const before = layoutOf(met);
  if (before === of) return met[3];
  const each = eachCount(met[3], before);
  return FITTED + each.map(([print, count]) => print + toDigits(count, of.digits)).join('');
}

export interface Meeting extends Counted {
  readonly print: string;
  /** Since 1970. */
  readonly day: number;
  /** Values that wait. */
  readonly declined: string;
}

/** One more of it; the same where as many as are counted have been. */
export function metOnceMore(
  met: Met | undefined,
  { print, day, count, place, declined }: Meeting,
): Met | undefined {
  const before = met ?? NOTHING_MET;
  const n = before[0];
  const distinct = before[1];
  if (n >= CALLS_MAX && count > 0) return met;
  const since = n === 0 ? day : before[2];
  const whole = Math.min(CALLS_MAX, n + 1);
  const of = fitting(whole);
  const isFitted = layoutOf(before) === of;
  const after = withOneMore(fitted(before, of), print, of, isFitted ? place : undefined);
  const values = distinct + (count === 0 ? 1 : 0);
  return declined === '' ? [whole, values, since, after] : [whole, values, since, after, declined];
}
