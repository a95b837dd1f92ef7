/**
 * How long rows live in the store: stated here and not read from the tables, or whoever can alter a
 * table's TTL could have rows removed and `verify` would call them expired.
 */

import type { Cells } from './archived-topic.ts';
import { AUDIT_EVENTS } from './audit-event-row.ts';
import { clickhouseMs } from './clickhouse-time.ts';
import { DEAD_LETTERS } from './dead-letter-row.ts';

const DAY_MS = 86_400_000;
/** As 001_audit_events_v1.sql says. */
const EVENT_DAYS = 400;
/** Unless the log keeps them for another time; see `deadLetterTtl`. */
export const DEAD_LETTER_MS = 30 * DAY_MS;
/** A letter that says no time, or nonsense, lives from when it was stored. */
const RECEIVED_AFTER = '2000-01-01 00:00:00';

export interface RowLives {
  readonly eventsMs: number;
  readonly deadLettersMs: number;
}

export function rowLives(deadLettersMs: number | undefined): RowLives {
  return { eventsMs: EVENT_DAYS * DAY_MS, deadLettersMs: deadLettersMs ?? DEAD_LETTER_MS };
}

/** By when a letter came and not by when it was stored: filling a store anew must not prolong it. */
export function deadLetterTtl(ms: number): string {
  const stated = `received_at > toDateTime64('${RECEIVED_AFTER}', 9, 'UTC')`;
  const from = `if(${stated}, least(received_at, stored_at), stored_at)`;
  return `toDateTime(${from}) + toIntervalSecond(${Math.ceil(ms / 1000)})`;
}

/** From when on the row of a record may be gone (Unix ms); undefined when it lives for ever. */
export function expiresMs(
  lives: RowLives,
  table: { readonly table: string; readonly columns: readonly string[] },
  cells: Cells,
  appendedMs: number | undefined,
): number | undefined {
  const from = appendedMs ?? Number.POSITIVE_INFINITY;
  if (table.table === AUDIT_EVENTS.table) return from + lives.eventsMs;
  if (table.table !== DEAD_LETTERS.table) return undefined;
  const received = clickhouseMs(String(cells[table.columns.indexOf('received_at')]));
  const stated = received > clickhouseMs(RECEIVED_AFTER) ? Math.min(received, from) : from;
  return stated + lives.deadLettersMs;
}
