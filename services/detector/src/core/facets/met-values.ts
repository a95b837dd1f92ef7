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
/** How counts stand in a table: all in as many digits as the largest needs, which a mark in front says. */
interface Layout extends CountsOf {
  readonly mark: string;
  /** The largest count for which it has room. */
  readonly most: number;
}
const inDigits = (digits: number, mark: string): Layout => ({
  ...{ print: PRINT_LENGTH, digits, entriesMax: VALUES_PER_AGENT_MAX, first: mark.length },
  ...{ mark, most: mostOf(digits) },
});
const [ONE_DIGIT, TWO_DIGITS, WIDEST] = [inDigits(1, ','), inDigits(2, ';'), inDigits(3, '!')];
/** Up to 1.91.0 as many as the number of calls needs, of which each is a part. Up to 1.73.0 three, without a mark. */
const BY_CALLS = '.';
const EARLIER_FITTED = [1, 2, 3].map((digits) => inDigits(digits, BY_CALLS));
const EARLIER = inDigits(3, '');

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
/** What is only said of it (`said-values.ts`), as soon as it was heard proven; no print of a part is as short. */
export const SAID = '~';

/** Of an agent whose values are not told apart: an object of one shape is made in a tenth of the time. */
export const onlyWhole = (met: Met): Kept => ({ '': met });

/** Whether values wait in any part. */
export function hasDeclined(kept: Kept): boolean {
  for (const part in kept) if ((kept[part]?.[4] ?? '') !== '') return true;
  return false;
}

/** With this part; where there is no room, without the one that has the fewest calls. */
export function withPart(kept: Kept, part: string, met: Met): Kept {
  if (kept[part] !== undefined || Object.keys(kept).length < PARTS_MAX) {
    return { ...kept, [part]: met };
  }
  const parts = Object.keys(kept).filter((one) => one !== WHOLE && one !== SAID);
  const callsOf = (one: string) => kept[one]?.[0] ?? 0;
  const least = parts.reduce((a, b) => (callsOf(b) < callsOf(a) ? b : a));
  const { [least]: _, ...others } = kept;
  return { ...others, [part]: met };
}

function roomFor(count: number): Layout {
  if (count <= ONE_DIGIT.most) return ONE_DIGIT;
  return count <= TWO_DIGITS.most ? TWO_DIGITS : WIDEST;
}

/** How the counts of a history stand in its table. By number: taking a list apart asks its iterator. */
function layoutOf(met: Met): Layout {
  const mark = met[3].charAt(0);
  if (mark === ONE_DIGIT.mark) return ONE_DIGIT;
  if (mark === TWO_DIGITS.mark) return TWO_DIGITS;
  if (mark === WIDEST.mark) return WIDEST;
  if (mark !== BY_CALLS) return EARLIER;
  return EARLIER_FITTED.find(({ most }) => met[0] <= most) ?? EARLIER;
}

/** The one that has room for a further count: its own, where that is large enough. */
function layoutWith(met: Met, before: Layout, count: number): Layout {
  if (before.mark !== '' && before.mark !== BY_CALLS) {
    return count <= before.most ? before : roomFor(count);
  }
  const counts = eachCount(met[3], before).map(([, one]) => one);
  return roomFor(Math.max(count, ...counts));
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

/** The table of a history in this layout. */
function fitted(met: Met, before: Layout, of: Layout): string {
  if (before === of) return met[3];
  const each = eachCount(met[3], before);
  return of.mark + each.map(([print, count]) => print + toDigits(count, of.digits)).join('');
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
  const known = layoutOf(before);
  const of = layoutWith(before, known, count + 1);
  const table = fitted(before, known, of);
  const after = withOneMore(table, print, of, known === of ? place : undefined);
  const values = distinct + (count === 0 ? 1 : 0);
  return declined === '' ? [whole, values, since, after] : [whole, values, since, after, declined];
}
