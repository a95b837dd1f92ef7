/**
 * The fleet's calendar: milliseconds since 1970, UTC, as RFC 3339 text, and which days are worked.
 *
 * By arithmetic alone: `Date` and locales would let a machine's settings into the bytes.
 */
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** Monday, 14 September 2026: thirty days from here hold a quarter's end and two holidays. */
export const FIRST_DAY = 20_710;

/** Days since 1970 on which the company rests: its own day (25 September) and Columbus Day. */
export const HOLIDAYS: ReadonlySet<number> = new Set([20_721, 20_738]);

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

const TWO = Array.from({ length: 100 }, (_, n) => (n < 10 ? `0${n}` : `${n}`));
const two = (n: number): string => TWO[n] ?? `${n}`;
const THREE = Array.from({ length: 1000 }, (_, n) => `${n}`.padStart(3, '0'));

const dates = new Map<number, string>();

/** `2026-10-19` for a day number. Kept: a day's events all ask for the same few. */
export function dateText(days: number): string {
  const known = dates.get(days);
  if (known !== undefined) return known;
  const { year, month, day } = civil(days);
  const text = `${year}-${two(month)}-${two(day)}`;
  dates.set(days, text);
  return text;
}

/** `2026-10-19T09:00:00.123Z` for milliseconds since 1970. */
export function timeText(ms: number): string {
  const days = Math.floor(ms / DAY);
  const rest = ms - days * DAY;
  const seconds = Math.floor(rest / 1000);
  const clock = `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return `${dateText(days)}T${clock}.${THREE[rest % 1000] ?? '000'}Z`;
}

/** How much work there is on a day: 1 on a working day, little on weekends and holidays. */
export function workload(days: number): number {
  if (HOLIDAYS.has(days)) return 0.1;
  // Mondays bring what the weekend left, Fridays are short: the week's own season.
  const weekday = (days + 3) % 7;
  return [1.15, 1.05, 1, 1, 0.85, 0.15, 0.12][weekday] ?? 1;
}

/** Whether a day is one of a month's last two. */
export function isMonthEnd(days: number): boolean {
  return civil(days + 2).month !== civil(days).month;
}

/** Whether a day is one of a quarter's last two. */
export function isQuarterEnd(days: number): boolean {
  return isMonthEnd(days) && civil(days).month % 3 === 0;
}
