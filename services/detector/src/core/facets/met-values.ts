/**
 * Which values an agent had, counted: of the agent as a whole, or of its parts (tools). All of an agent and
 * facet in one value of the state.
 */
import { PRINT_LENGTH } from '@waywarden/schemas';
import { type CountsOf, countOf, eachCount, withOneMore } from '../kept/print-counts.ts';
import { mostOf, toDigits } from '../kept/print-table.ts';

/** Values remembered per agent and facet: the most frequent; with more than these nothing alarms. */
export const VALUES_PER_AGENT_MAX = 96;
/** Parts of an agent (tools) whose values are counted apart; the one with the fewest calls makes room. */
const PARTS_MAX = 32;
/** Counts end there, and the number of calls with them, so that shares stay shares. */
const CALLS_MAX = 250_000;
/** Counts have as many digits as the number of calls needs, of which each is a part. */
const inDigits = (digits: number): CountsOf => ({
  print: PRINT_LENGTH,
  digits,
  entriesMax: VALUES_PER_AGENT_MAX,
});
const [ONE_DIGIT, TWO_DIGITS, WIDEST] = [inDigits(1), inDigits(2), inDigits(3)];
const [ONE_MOST, TWO_MOST] = [mostOf(1), mostOf(2)];
/** Stands before counts of such digits; up to 1.73.0 all had three, and it was not there. */
const FITTED = '.';

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

interface Counted {
  readonly table: string;
  readonly of: CountsOf;
}

function fitting(n: number): CountsOf {
  if (n <= ONE_MOST) return ONE_DIGIT;
  return n <= TWO_MOST ? TWO_DIGITS : WIDEST;
}

function countedIn([n, , , counts]: Met): Counted {
  if (!counts.startsWith(FITTED)) return { table: counts, of: WIDEST };
  return { table: counts.slice(FITTED.length), of: fitting(n) };
}

/** How often a value was met; 0 for one that is not there. */
export function timesMet(met: Met | undefined, print: string): number {
  if (met === undefined) return 0;
  const { table, of } = countedIn(met);
  return countOf(table, print, of);
}

/** All values and how often each was met, longest known first. */
export function eachMet(met: Met): readonly (readonly [string, number])[] {
  const { table, of } = countedIn(met);
  return eachCount(table, of);
}

/** The table of a history that has come to so many calls. */
function fitted(met: Met, n: number): Counted {
  const before = countedIn(met);
  const of = fitting(n);
  if (before.of.digits === of.digits) return before;
  const each = eachCount(before.table, before.of);
  return { table: each.map(([print, count]) => print + toDigits(count, of.digits)).join(''), of };
}

export interface Meeting {
  readonly print: string;
  /** Since 1970. */
  readonly day: number;
  /** How often it was met before. */
  readonly count: number;
  /** Values that wait. */
  readonly declined: string;
}

/** One more of it; the same where as many as are counted have been. */
export function metOnceMore(
  met: Met | undefined,
  { print, day, count, declined }: Meeting,
): Met | undefined {
  const [n, distinct, from] = met ?? NOTHING_MET;
  if (n >= CALLS_MAX && count > 0) return met;
  const since = n === 0 ? day : from;
  const whole = Math.min(CALLS_MAX, n + 1);
  const { table, of } = fitted(met ?? NOTHING_MET, whole);
  const after = FITTED + withOneMore(table, print, of);
  const values = distinct + (count === 0 ? 1 : 0);
  return declined === '' ? [whole, values, since, after] : [whole, values, since, after, declined];
}
