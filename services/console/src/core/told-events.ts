/**
 * What the page was told of and no answer has yet: a call is told as soon as it was accepted and stored a
 * moment later, on a busy machine many seconds later. Without this the next answer would take it off the
 * page again, and nothing would put it back before another call.
 */
import type { EventRow } from './view-model.ts';

/** Rows on the page. */
export const EVENTS_SHOWN = 25;
/** Whoever is not stored by then is not waited for: an older call than those shown is in no answer. */
export const WAITED_MS = 60_000;

export interface ToldEvent {
  readonly row: EventRow;
  readonly toldMs: number;
}

const withoutDoubles = (rows: readonly EventRow[]): readonly EventRow[] =>
  [...new Map(rows.toReversed().map((row) => [row.event_id, row])).values()].toReversed();

/** Newest told first, before what was known. */
export function mergeEvents(
  rows: readonly EventRow[],
  known: readonly EventRow[],
): readonly EventRow[] {
  return withoutDoubles([...rows, ...known]).slice(0, EVENTS_SHOWN);
}

/** With rows that were told just now. */
export function tell(
  told: readonly ToldEvent[],
  rows: readonly EventRow[],
  nowMs: number,
): readonly ToldEvent[] {
  const fresh = new Set(rows.map((row) => row.event_id));
  const kept = told.filter(({ row }) => !fresh.has(row.event_id));
  return [...rows.map((row) => ({ row, toldMs: nowMs })), ...kept].slice(0, EVENTS_SHOWN);
}

/** Those that an answer does not have, and may still have. */
export function stillTold(
  told: readonly ToldEvent[],
  answered: readonly EventRow[],
  nowMs: number,
): readonly ToldEvent[] {
  const stored = new Set(answered.map((row) => row.event_id));
  return told.filter(({ row, toldMs }) => !stored.has(row.event_id) && nowMs - toldMs < WAITED_MS);
}
