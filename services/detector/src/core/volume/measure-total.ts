/**
 * What is kept of one measure of an agent's days: today's sum, how many days there were, the largest, and the most of
 * the first ten, which whoever takes less than four times as much as ever each day can't climb away from.
 *
 * A day is told that comes to eight times these, however gently the agent came there; six times tell of one benign
 * agent more in 28,000 days (docs/measurements/fleet.md). They are kept once later days lie above them, which most
 * agents' do by little: no more than a number a measure. After a declared change there is room for twice as much
 * until there are ten days again, and these count as twice the first ones at most. What was told and has ended is told
 * again at twice as much; what has gone on for the age of `stretch.ts` is the first days then.
 *
 * Limits: below eight times the first days a climb is not seen here; with a declaration every ten days it may double
 * in each of these stretches; of what an earlier version kept the largest day counts as the first ones.
 */

/** `apart`: what of today's sum was flagged; `first`: left out where it is the largest of all. */
export type Total = readonly [
  sum: number,
  apart: number,
  days: number,
  peak: number,
  /** While days are fewer than ten, after a declared change: what the first ones may count as at most. */
  first?: number,
];

export const FIRST_DAYS = 10;
const FIRST_TIMES = 8;
/** By how much a declared change, or what was told and has ended, may raise the first days. */
const FIRST_RAISED = 2;
/** Who did little in the first days counts as if a third of the floor had been, and all of it once a change was declared. */
const FLOOR_PARTS = 3;

/** What a day may come to by the first ones. */
export interface FirstTotal {
  readonly most: number;
  readonly above: number;
}

/** With the most of the first days, where it is not the largest there is. */
function totalOf([sum, apart, days, peak]: Total, first: number | undefined): Total {
  const isNeeded = first !== undefined && (days < FIRST_DAYS || first !== peak);
  return isNeeded ? [sum, apart, days, peak, first] : [sum, apart, days, peak];
}

/** The most of the first days; undefined while there are too few of them and none were before. */
function firstOf([, , days, peak, first]: Total): number | undefined {
  return days < FIRST_DAYS ? first : (first ?? peak);
}

/** With another sum of today, and what of it was flagged. */
export function summed(total: Total, sum: number, apart: number): Total {
  const [, , days, peak, first] = total;
  return first === undefined ? [sum, apart, days, peak] : [sum, apart, days, peak, first];
}

/** A finished day more, after which the largest is so much. */
export function withDay(total: Total, peak: number): Total {
  const days = total[2] + 1;
  const known = firstOf(total);
  const first = days === FIRST_DAYS ? Math.min(peak, known ?? peak) : known;
  return totalOf([0, 0, days, peak], first);
}

/** Days that alarmed and are days like any now, of people's word: the first ones stay. */
export function withDays(total: Total, more: number): Total {
  const [sum, apart, days, peak] = total;
  return totalOf([sum, apart, days + more, peak], firstOf(total));
}

/** After a declared change days begin anew; `allowed`: what a day might come to by what people found harmless. */
export function begunAnew(total: Total, allowed: number): Total {
  const [sum, apart, days, , first] = total;
  const known = firstOf(total);
  // Declarations in a row don't lift it without end.
  if (days < FIRST_DAYS || known === undefined) return totalOf([sum, apart, 0, 0], first);
  const most = Math.max(known, Math.ceil(allowed / FIRST_TIMES));
  return totalOf([sum, apart, 0, 0], most * FIRST_RAISED);
}

export function firstBound(
  total: Total,
  floor: number,
  isDeclared: boolean,
): FirstTotal | undefined {
  const most = firstOf(total);
  if (most === undefined) return undefined;
  return { most, above: FIRST_TIMES * Math.max(most, isDeclared ? floor : floor / FLOOR_PARTS) };
}

/** What was told has ended, with so much on each of its days: beyond the first ones, twice as much has room. */
export function afterTold(total: Total, least: number, bound: FirstTotal | undefined): Total {
  if (bound === undefined || least <= bound.above) return total;
  return totalOf(total, Math.ceil((bound.above / FIRST_TIMES) * FIRST_RAISED));
}
