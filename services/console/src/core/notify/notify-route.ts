/** Which receivers an alert goes to: by severity, kind, owner and hours; and when a failed one is tried again. */
import { type Alert, SEVERITIES, severityAtLeast } from '@waywarden/schemas';
import { z } from 'zod';

const FIRST_WAIT_MS = 2_000;
const WAIT_MS_MAX = 600_000;
export const TRIES_MAX = 12;
const HOURS = /^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-4]):[0-5]\d$/;

export const noticeMatch = z.strictObject({
  severity_min: z.enum(SEVERITIES).default('high'),
  kinds: z.array(z.string().min(1).max(256)).max(64).optional(),
  owners: z.array(z.string().min(1).max(512)).max(256).optional(),
  /** Of the day, UTC: `07:00-19:00`; over midnight `19:00-07:00`. */
  hours: z.string().regex(HOURS, 'hours of the day in UTC, such as 07:00-19:00').optional(),
});
export type NoticeMatch = z.infer<typeof noticeMatch>;

const minuteOf = (text: string): number => Number(text.slice(0, 2)) * 60 + Number(text.slice(3, 5));

function isInHours(hours: string, nowMs: number): boolean {
  const [from = '', to = ''] = hours.split('-');
  const minute = Math.floor((nowMs / 60_000) % 1_440);
  const [begin, end] = [minuteOf(from), minuteOf(to)];
  return begin <= end ? minute >= begin && minute < end : minute >= begin || minute < end;
}

export function isFor(
  match: NoticeMatch,
  alert: Pick<Alert, 'severity' | 'kind' | 'hygiene'>,
  owner: string | null,
  nowMs: number,
): boolean {
  if (alert.hygiene === true || !severityAtLeast(alert.severity, match.severity_min)) return false;
  if (match.kinds !== undefined && !match.kinds.includes(alert.kind)) return false;
  if (match.owners !== undefined && (owner === null || !match.owners.includes(owner))) return false;
  return match.hours === undefined || isInHours(match.hours, nowMs);
}

/** Before the next try, after so many that failed. */
export const waitMs = (tries: number): number =>
  Math.min(WAIT_MS_MAX, FIRST_WAIT_MS * 2 ** Math.max(0, tries - 1));
