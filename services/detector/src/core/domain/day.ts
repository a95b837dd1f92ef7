import { type AuditEvent, epochMs, shiftTime } from '@waywarden/schemas';

export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;

export const dayOfTime = (time: string): number => Math.floor(epochMs(time) / DAY_MS);

export const dayOf = (event: Pick<AuditEvent, 'event_time'>): number => dayOfTime(event.event_time);

/** `2026-03-01`. */
export const dateOfDay = (day: number): string =>
  shiftTime('1970-01-01T00:00:00Z', day * DAY_MS).slice(0, 10);

export const laterTime = (a: string, b: string): string => (a < b ? b : a);
