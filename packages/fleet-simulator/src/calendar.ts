/**
 * The fleet's calendar: milliseconds since 1970, UTC, as RFC 3339 text, and which days are worked.
 *
 * By arithmetic alone: `Date` and locales would let a machine's settings into the bytes.
 */
import { type Random, randomOf } from './random.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

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

/** Whether a day is one of a month's last two. */
export function isMonthEnd(days: number): boolean {
  return civil(days + 2).month !== civil(days).month;
}

/** Whether a day is one of a quarter's last two. */
export function isQuarterEnd(days: number): boolean {
  return isMonthEnd(days) && civil(days).month % 3 === 0;
}

/** Months from January 2025 on of whose ends a fleet's time holds one: all before these lines were written. */
const MONTHS = 20;
const JANUARY_2025 = 20_089;
/** A month ends after this share of a fleet's time, and before the other: there is a life around it. */
const CLOSING = { from: 0.35, to: 0.8 } as const;
/** One holiday in so many days, on average; at least one in a fleet's time. */
const HOLIDAY_EVERY = 14;

/** When a fleet lives: its first day, how many, and on which of them the company rests. */
export interface Calendar {
  readonly first: number;
  readonly days: number;
  readonly holidays: ReadonlySet<number>;
}

const weekdayOf = (day: number): number => (day + 3) % 7;

/** The last day of the `n`-th month from January 2025 on. */
function monthsLast(n: number): number {
  let day = JANUARY_2025 + 27;
  for (let month = 0; ; day++) {
    if (civil(day + 1).day !== 1) continue;
    if (month === n) return day;
    month++;
  }
}

/** Days of which `share` of the fleet's time is over; never on a weekend, so that short fleets work. */
function firstDayOf(random: Random, days: number): number {
  const closing = monthsLast(random.int(0, MONTHS - 1));
  const before = Math.floor(days * (CLOSING.from + random.next() * (CLOSING.to - CLOSING.from)));
  const day = closing - before;
  return day - Math.max(0, weekdayOf(day) - 4);
}

/** @returns the same for all scenarios of a seed: its time holds a month's end. */
export function calendarOf(seed: string, days: number): Calendar {
  const random = randomOf(`${seed}/calendar`);
  const first = firstDayOf(random, days);
  const working = Array.from({ length: days }, (_, n) => first + n).filter(
    // The first days are worked, and so is the month's end.
    (day) => day > first + 1 && weekdayOf(day) < 5 && !isMonthEnd(day),
  );
  const count = Math.max(1, Math.floor(days / HOLIDAY_EVERY));
  const holidays = new Set<number>();
  for (let n = 0; n < count && working.length > 1; n++)
    holidays.add(working[random.int(0, working.length - 1)] ?? first);
  return { first, days, holidays };
}

/** How much work there is on a day: 1 on a working day, little on weekends and holidays. */
export function workload({ holidays }: Calendar, day: number): number {
  if (holidays.has(day)) return 0.1;
  // Mondays bring what the weekend left, Fridays are short: the week's own season.
  return [1.15, 1.05, 1, 1, 0.85, 0.15, 0.12][weekdayOf(day)] ?? 1;
}
