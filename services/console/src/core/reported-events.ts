/**
 * Calls that the page was told of and no answer has yet, since they are stored later: without this the next answer
 * would take them off the page again.
 */
import type { EventRow } from './view-model.ts';

/** Rows on the page. */
export const EVENTS_SHOWN = 25;
/** Whoever is not stored by then is not waited for: an older call than those shown is in no answer. */
export const WAITED_MS = 60_000;

export interface ReportedEvent {
  readonly row: EventRow;
  readonly reportedMs: number;
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
export function announce(
  reported: readonly ReportedEvent[],
  rows: readonly EventRow[],
  nowMs: number,
): readonly ReportedEvent[] {
  const fresh = new Set(rows.map((row) => row.event_id));
  const retained = reported.filter(({ row }) => !fresh.has(row.event_id));
  return [...rows.map((row) => ({ row, reportedMs: nowMs })), ...retained].slice(0, EVENTS_SHOWN);
}

/** Those that an answer does not have, and may still have. */
export function stillReported(
  reported: readonly ReportedEvent[],
  answered: readonly EventRow[],
  nowMs: number,
): readonly ReportedEvent[] {
  const stored = new Set(answered.map((row) => row.event_id));
  return reported.filter(
    ({ row, reportedMs }) => !stored.has(row.event_id) && nowMs - reportedMs < WAITED_MS,
  );
}
