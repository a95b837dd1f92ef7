/**
 * The rows of calls of one tool on a day, the longest one and the others: whether a declared change made rows longer.
 *
 * Who climbs repeats one call in one task; a change of the agent shows in all that it does. So the others say by
 * themselves, within days, whether the days before a change still hold (`record-bets.ts`), whatever the longest does:
 * a release that changes nothing is no reason to forget what was the most before it.
 *
 * Rejected: the largest of five days against those before, alone, which a climb on its way raises; the second longest
 * row of a day, which needs to know whose the longest is and says no more (docs/measurements/fleet.md).
 *
 * Limit: a change that makes the longest row alone longer is not told from a climb.
 */

/** Of a day that goes on. */
export interface DayRows {
  readonly longest: number;
  readonly calls: number;
  readonly rows: number;
}

/** Of finished days, without the longest of each: how many rows, and how many calls in them repeat the one before. */
export type OtherRows = readonly [rows: number, repeats: number];

export const NO_DAY: DayRows = { longest: 0, calls: 0, rows: 0 };
export const NO_OTHERS: OtherRows = [0, 0];

/** Fewer say nothing; of as many both are halved, which keeps numbers short and lets old habits fade. */
const ROWS_MIN = 10;
const ROWS_MAX = 10_000;
/** Rows that vary by a half between weeks are as long as before; where hardly any call is repeated, a few are none. */
const TIMES = 1.5;
const SLACK = 0.1;

/** With a call that is the `row`th of its row. */
export const withRowCall = ({ longest, calls, rows }: DayRows, row: number): DayRows => ({
  longest: Math.max(longest, row),
  calls: calls + 1,
  rows: rows + (row === 1 ? 1 : 0),
});

export function othersOf({ longest, calls, rows }: DayRows): OtherRows {
  const others = Math.max(0, rows - 1);
  return [others, others === 0 ? 0 : Math.max(0, calls - longest - others)];
}

export function together(some: OtherRows, more: OtherRows): OtherRows {
  const [rows, repeats] = [some[0] + more[0], some[1] + more[1]];
  return rows < ROWS_MAX ? [rows, repeats] : [Math.round(rows / 2), Math.round(repeats / 2)];
}

/** Whether rows are as long as they were; where there are too few of either, nobody knows. */
export function areAsBefore(now: OtherRows, before: OtherRows): boolean {
  if (now[0] < ROWS_MIN || before[0] < ROWS_MIN) return false;
  return now[1] / now[0] <= (TIMES * before[1]) / before[0] + SLACK;
}
