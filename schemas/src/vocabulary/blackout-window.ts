/** Blackouts in UTC: weekly (`mon-fri 08:00-18:00`, `daily 22:00-02:00`) or one span. */
import { epochMs, parseLogTime } from './log-time.ts';

const DAYS: readonly string[] = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const MINUTES_A_DAY = 1440;
const MINUTE_MS = 60_000;
/** 1970 began on a Thursday. */
const FIRST_DAY = 4;
const WEEKLY =
  /^(daily|[a-z]{3}(?:[-,][a-z]{3})*) ([01]\d|2[0-4]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)$/;

export const BLACKOUT_WORDS =
  'a time in UTC: "mon-fri 08:00-18:00", "daily 22:00-02:00" or "2026-12-24T18:00:00Z/2026-12-27T06:00:00Z"';

type Blackout =
  | { readonly fromMs: number; readonly untilMs: number }
  | { readonly days: ReadonlySet<number>; readonly from: number; readonly until: number };

function daysOf(text: string): ReadonlySet<number> | undefined {
  if (text === 'daily') return new Set([0, 1, 2, 3, 4, 5, 6]);
  const found = new Set<number>();
  for (const part of text.split(',')) {
    const [first = '', last = first, ...more] = part.split('-');
    const from = DAYS.indexOf(first);
    const until = DAYS.indexOf(last);
    if (from < 0 || until < 0 || more.length > 0) return undefined;
    for (let day = from; ; day = (day + 1) % DAYS.length) {
      found.add(day);
      if (day === until) break;
    }
  }
  return found;
}

/** Undefined: none. */
export function parseBlackout(text: string): Blackout | undefined {
  const [from = '', until, ...more] = text.split('/');
  if (until !== undefined && more.length === 0) {
    const isGood = parseLogTime(from) !== undefined && parseLogTime(until) !== undefined;
    const span = { fromMs: epochMs(from), untilMs: epochMs(until) };
    return isGood && span.fromMs < span.untilMs ? span : undefined;
  }
  const match = WEEKLY.exec(text);
  const days = daysOf(match?.[1] ?? '');
  if (match === null || days === undefined) return undefined;
  const minutes = (hour: string | undefined, minute: string | undefined) =>
    Number(hour) * 60 + Number(minute);
  const span = { from: minutes(match[2], match[3]), until: minutes(match[4], match[5]) };
  const isInDay = span.from < MINUTES_A_DAY && span.until <= MINUTES_A_DAY;
  return isInDay && span.from !== span.until ? { days, ...span } : undefined;
}

function contains(window: Blackout, ms: number): boolean {
  if ('fromMs' in window) return window.fromMs <= ms && ms < window.untilMs;
  const minutes = Math.floor(ms / MINUTE_MS);
  const minute = minutes % MINUTES_A_DAY;
  const day = (Math.floor(minutes / MINUTES_A_DAY) + FIRST_DAY) % DAYS.length;
  const before = (day + DAYS.length - 1) % DAYS.length;
  const { days, from, until } = window;
  if (from < until) return days.has(day) && from <= minute && minute < until;
  // Over midnight.
  return (days.has(day) && minute >= from) || (days.has(before) && minute < until);
}

function endOf(window: Blackout, ms: number): number {
  if ('fromMs' in window) return window.untilMs;
  const day = Math.floor(ms / (MINUTES_A_DAY * MINUTE_MS));
  const minute = Math.floor(ms / MINUTE_MS) % MINUTES_A_DAY;
  const isOverMidnight = window.until <= window.from && minute >= window.from;
  return ((isOverMidnight ? day + 1 : day) * MINUTES_A_DAY + window.until) * MINUTE_MS;
}

/** One after the other. */
const FOLLOWING_MAX = 64;

/** Undefined: not in sight. */
export function blackoutEndsAt(windows: readonly string[], ms: number): number | undefined {
  let atMs = ms;
  for (let n = 0; n < FOLLOWING_MAX; n++) {
    const window = parseBlackout(blackoutAt(windows, atMs) ?? '');
    if (window === undefined) return atMs;
    atMs = endOf(window, atMs);
  }
  return undefined;
}

/** Undefined: none. */
export function blackoutAt(windows: readonly string[], ms: number): string | undefined {
  return windows.find((text) => {
    const window = parseBlackout(text);
    return window !== undefined && contains(window, ms);
  });
}
