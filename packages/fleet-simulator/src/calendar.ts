/**
 * The fleet's calendar: milliseconds since 1970, UTC, as RFC 3339 text, and which days are worked.
 *
 * By arithmetic alone: `Date` and locales would let a machine's settings into the bytes.
 */
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** Monday, 19 October 2026: thirty days from here hold a month's end and a holiday. */
export const FIRST_DAY = 20_745;

/** Days since 1970 on which the company rests: All Saints' (observed) and Armistice Day. */
const HOLIDAYS: ReadonlySet<number> = new Set([20_759, 20_768]);

interface CivilDate {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

/** The date of a day number (days since 1970-01-01; Howard Hinnant's civil_from_days). */
function civil(days: number): CivilDate {
  const z = days + 719_468;
  const era = Math.floor(z / 146_097);
  const doe = z - era * 146_097;
  const yoe = Math.floor(
    (doe - Math.floor(doe / 1460) + Math.floor(doe / 36_524) - Math.floor(doe / 146_096)) / 365,
  );
  const doy = doe - (365 * yoe + Math.floor(yoe / 4) - Math.floor(yoe / 100));
  const mp = Math.floor((5 * doy + 2) / 153);
  const month = mp < 10 ? mp + 3 : mp - 9;
  return {
    year: yoe + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: doy - Math.floor((153 * mp + 2) / 5) + 1,
  };
}

const two = (n: number): string => (n < 10 ? `0${n}` : `${n}`);

/** `2026-10-19` for a day number. */
export function dateText(days: number): string {
  const { year, month, day } = civil(days);
  return `${year}-${two(month)}-${two(day)}`;
}

/** `2026-10-19T09:00:00.123Z` for milliseconds since 1970. */
export function timeText(ms: number): string {
  const days = Math.floor(ms / DAY);
  const rest = ms - days * DAY;
  const seconds = Math.floor(rest / 1000);
  const clock = `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return `${dateText(days)}T${clock}.${String(rest % 1000).padStart(3, '0')}Z`;
}

/** How much work there is on a day: 1 on a working day, little on weekends and holidays. */
export function workload(days: number): number {
  const weekday = (days + 3) % 7;
  if (HOLIDAYS.has(days)) return 0.1;
  return weekday >= 5 ? 0.15 : 1;
}

/** Whether a day is one of a month's last two. */
export function isMonthEnd(days: number): boolean {
  return civil(days + 2).month !== civil(days).month;
}
