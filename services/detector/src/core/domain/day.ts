import { type AuditEvent, epochMs, formatLogTime } from '@waywarden/schemas';

export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;
export const HOURS_A_DAY = 24;
/** With fewer days nothing is called usual. */
export const DAYS_KNOWN_MIN = 3;
/** Clocks differ and batches wait. */
export const CLOCK_SKEW_MAX_MS = 120_000;
/** How long an agent or a fact is known before something new to it counts. */
export const WARMED_UP_MS = 14 * DAY_MS;

export const dayOfTime = (time: string): number => Math.floor(epochMs(time) / DAY_MS);

export const dayOf = (event: Pick<AuditEvent, 'event_time'>): number => dayOfTime(event.event_time);

/** `2026-03-01`. */
export const dateOfTime = (time: string): string => time.slice(0, 10);

export const dateOfMs = (ms: number): string => dateOfTime(formatLogTime({ ms, ns: 0 }));

export const dateOfDay = (day: number): string => dateOfMs(day * DAY_MS);

export const laterTime = (a: string, b: string): string => (a < b ? b : a);

/** Dates of the registry as log time: a bare date is its first moment in UTC, also as an end. */
export function registryMs(date: string): number {
  return epochMs(date === dateOfTime(date) ? `${date}T00:00:00Z` : date);
}
