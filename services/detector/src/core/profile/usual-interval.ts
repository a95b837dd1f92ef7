/**
 * How long an agent is usually not heard of, for those that declare no heartbeat: of each hour of four kinds of day
 * (Monday to Thursday, Friday, Saturday, Sunday; UTC) the longest time until it was heard of again, so that a night
 * and a weekend are part of what is usual, and a silence at ten in the morning is not.
 *
 * It says something only of an hour in which the agent was heard of on six days, and of which the two longest
 * silences are alike: within four times of each other. Whoever comes and goes says nothing by staying away.
 * The longest is forgotten after a month of such days. Rejected: a mean with its deviation (a night is no
 * deviation of a day), and one number for the whole week (a weekend hides a day).
 */
import { fromDigits, toDigits } from '../kept/print-table.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const HOURS = 24;
const DAY_KINDS = 4;
/** Of an hour: the longest silence, the second longest, days. */
const WIDTH = 3;
/** Silences in steps of a fourth of a doubling, of minutes. */
const STEPS = 4;
const LONGEST = 63;
export const USUAL_DAYS_MIN = 6;
const ALIKE_STEPS = 2 * STEPS;
const DAYS_KEPT = 30;

export interface Rhythm {
  readonly hours: string;
  /** The longest silence that began in the hour at hand. */
  readonly longest: number;
}

export const NO_RHYTHM: Rhythm = { hours: 'A'.repeat(HOURS * DAY_KINDS * WIDTH), longest: 0 };

const KIND_OF_DAY = [3, 0, 0, 0, 0, 1, 2];

const hourNumber = (ms: number) => Math.floor(ms / HOUR_MS);

function placeOf(ms: number): number {
  const hour = hourNumber(ms);
  // 1970 began on a Thursday.
  const kind = KIND_OF_DAY[(Math.floor(hour / HOURS) + 4) % 7] ?? 0;
  return (kind * HOURS + (hour % HOURS)) * WIDTH;
}

function stepOf(ms: number): number {
  return Math.min(LONGEST, Math.ceil(STEPS * Math.log2(1 + ms / MINUTE_MS)));
}

interface Hour {
  readonly first: number;
  readonly second: number;
  readonly days: number;
}

function hourAt(hours: string, place: number): Hour {
  const of = (at: number) => fromDigits(hours.charAt(place + at));
  return { first: of(0), second: of(1), days: of(2) };
}

function withDay({ first, second, days }: Hour, longest: number): Hour {
  const isForgotten = days >= DAYS_KEPT;
  const kept = isForgotten ? { first: second, second: 0 } : { first, second };
  return {
    first: Math.max(kept.first, longest),
    second: Math.max(kept.second, Math.min(kept.first, longest)),
    days: isForgotten ? Math.ceil(DAYS_KEPT / 2) : days + 1,
  };
}

/** With the silence between two times at which the agent was heard of. */
export function withSilence({ hours, longest }: Rhythm, sinceMs: number, untilMs: number): Rhythm {
  const most = Math.max(longest, stepOf(untilMs - sinceMs));
  if (hourNumber(sinceMs) === hourNumber(untilMs)) return { hours, longest: most };
  const place = placeOf(sinceMs);
  const { first, second, days } = withDay(hourAt(hours, place), most);
  const told = toDigits(first, 1) + toDigits(second, 1) + toDigits(days, 1);
  return { hours: hours.slice(0, place) + told + hours.slice(place + WIDTH), longest: 0 };
}

/** Within what time an agent that is heard of now is usually heard of again; 0 where that can't be said. */
export function usualWithin({ hours }: Rhythm, nowMs: number): number {
  const { first, second, days } = hourAt(hours, placeOf(nowMs));
  if (days < USUAL_DAYS_MIN || first - second > ALIKE_STEPS) return 0;
  return Math.round(2 ** (first / STEPS) - 1) * MINUTE_MS;
}
