/** How long an agent is usually not heard of, by hour of four kinds of day (Mon–Thu, Fri, Sat, Sun; UTC). */
import { HOUR_MS, HOURS_A_DAY, MINUTE_MS } from '../../domain/day.ts';
import { fromDigits, toDigits } from '../../domain/print-table.ts';

const DAY_KINDS = 4;
/** Longest, second longest, days. */
const WIDTH = 3;
/** Fourths of a doubling, of minutes. */
const STEPS = 4;
const LONGEST = 63;
export const USUAL_DAYS_MIN = 6;
const DAYS_STORED = 30;

export interface Rhythm {
  /** Which hours are known, six to a digit, then what is known of each. */
  readonly hours: string;
  readonly longest: number;
}

const HOURS_A_DIGIT = 6;
const MARKS = (HOURS_A_DAY * DAY_KINDS) / HOURS_A_DIGIT;
const EARLIER_LENGTH = HOURS_A_DAY * DAY_KINDS * WIDTH;
const NOTHING = 'A'.repeat(WIDTH);

export const NO_RHYTHM: Rhythm = { hours: 'A'.repeat(MARKS), longest: 0 };

const KIND_OF_DAY = [3, 0, 0, 0, 0, 1, 2];

const hourNumber = (ms: number) => Math.floor(ms / HOUR_MS);

function placeOf(ms: number): number {
  const hour = hourNumber(ms);
  // 1970 began on a Thursday.
  const kind = KIND_OF_DAY[(Math.floor(hour / HOURS_A_DAY) + 4) % 7] ?? 0;
  return kind * HOURS_A_DAY + (hour % HOURS_A_DAY);
}

function stepOf(ms: number): number {
  return Math.min(LONGEST, Math.ceil(STEPS * Math.log2(1 + ms / MINUTE_MS)));
}

interface Hour {
  readonly first: number;
  readonly second: number;
  readonly days: number;
}

function bitsOf(marks: number): number {
  let [rest, bits] = [marks, 0];
  for (; rest > 0; rest &= rest - 1) bits += 1;
  return bits;
}

interface Stored {
  readonly at: number;
  readonly isKnown: boolean;
}

function storedAt(hours: string, place: number): Stored {
  const digit = Math.floor(place / HOURS_A_DIGIT);
  const bit = 1 << (place % HOURS_A_DIGIT);
  const marks = fromDigits(hours.charAt(digit));
  let before = bitsOf(marks & (bit - 1));
  for (let at = 0; at < digit; at += 1) before += bitsOf(fromDigits(hours.charAt(at)));
  return { at: MARKS + before * WIDTH, isKnown: (marks & bit) !== 0 };
}

function hourAt(hours: string, place: number): Hour {
  const { at, isKnown } = storedAt(hours, place);
  const of = (n: number) => (isKnown ? fromDigits(hours.charAt(at + n)) : 0);
  return { first: of(0), second: of(1), days: of(2) };
}

function withHour(hours: string, place: number, reported: string): string {
  const { at, isKnown } = storedAt(hours, place);
  if (isKnown) return hours.slice(0, at) + reported + hours.slice(at + WIDTH);
  const digit = Math.floor(place / HOURS_A_DIGIT);
  const marks = fromDigits(hours.charAt(digit)) | (1 << (place % HOURS_A_DIGIT));
  const known = hours.slice(0, digit) + toDigits(marks, 1) + hours.slice(digit + 1, at);
  return known + reported + hours.slice(at);
}

export function presentHours(stored: string): string {
  if (stored.length !== EARLIER_LENGTH) return stored;
  let { hours } = NO_RHYTHM;
  for (let place = 0; place < HOURS_A_DAY * DAY_KINDS; place += 1) {
    const reported = stored.slice(place * WIDTH, (place + 1) * WIDTH);
    if (reported !== NOTHING) hours = withHour(hours, place, reported);
  }
  return hours;
}

function withDay({ first, second, days }: Hour, longest: number): Hour {
  const isForgotten = days >= DAYS_STORED;
  const retained = isForgotten ? { first: second, second: 0 } : { first, second };
  return {
    first: Math.max(retained.first, longest),
    second: Math.max(retained.second, Math.min(retained.first, longest)),
    days: isForgotten ? Math.ceil(DAYS_STORED / 2) : days + 1,
  };
}

export function withSilence({ hours, longest }: Rhythm, sinceMs: number, untilMs: number): Rhythm {
  const most = Math.max(longest, stepOf(untilMs - sinceMs));
  if (hourNumber(sinceMs) === hourNumber(untilMs)) return { hours, longest: most };
  const place = placeOf(sinceMs);
  const { first, second, days } = withDay(hourAt(hours, place), most);
  const reported = toDigits(first, 1) + toDigits(second, 1) + toDigits(days, 1);
  return { hours: withHour(hours, place, reported), longest: 0 };
}

/** 0 where that can't be said. */
export function usualWithin({ hours }: Rhythm, nowMs: number): number {
  const { first, second, days } = hourAt(hours, placeOf(nowMs));
  if (days < USUAL_DAYS_MIN || first - second > 2 * STEPS) return 0;
  return Math.round(2 ** (first / STEPS) - 1) * MINUTE_MS;
}
