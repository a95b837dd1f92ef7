/**
 * The first days of an agent, which stay: what a slow drift is held against. Whoever moves a little every
 * day moves what is usual with him, and not the place where he began.
 *
 * A declared change makes it another agent, so that new first days are needed. Until there are these the old
 * ones stay, with room for twice as much; and the new ones count as twice the old ones at most. Else
 * any declaration, which owners make every week, would forget a climb that goes on.
 *
 * Limit: with a declaration every ten days a climb may double in each of these stretches.
 */
import { GRAIN, type Unit, type Usual, usualOf } from './day-score.ts';

/** First days that stay, and how many scales above them count as nothing: ten days are few. */
export const ANCHOR_DAYS = 10;
export const ANCHOR_SLACK = 1;
/** By how much a declared change may raise what an agent does: in alarm thresholds, and in first days. */
export const GUARD_FACTOR = 2;

/** What of an agent's days tells whether its first ones are from before a declared change. */
interface Days {
  readonly logs: readonly number[];
  readonly declaredMs?: number;
}

/** How many scales above the first days count as nothing. */
export function slackOf({ scale }: Usual, { logs, declaredMs }: Days): number {
  const isOfBefore = declaredMs !== undefined && logs.length < ANCHOR_DAYS;
  return ANCHOR_SLACK + (isOfBefore ? Math.log(GUARD_FACTOR) / scale : 0);
}

/** The first days once one more is finished, which is the last of `logs`. */
export function firstDaysWith(
  anchor: readonly number[],
  { logs, declaredMs }: Days,
  unit: Unit,
): readonly number[] {
  if (anchor.length < ANCHOR_DAYS) return [...anchor, logs.at(-1) ?? 0];
  if (declaredMs === undefined || logs.length !== ANCHOR_DAYS) return anchor;
  const usual = usualOf(anchor, unit);
  const most = usual && Math.round((usual.median + Math.log(GUARD_FACTOR)) * GRAIN);
  return most === undefined ? logs : logs.map((log) => Math.min(log, most));
}
