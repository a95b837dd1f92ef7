/** How long an agent is usually not heard of, by hour of four kinds of day (Mon–Thu, Fri, Sat, Sun; UTC). */
import { HOUR_MS, HOURS_A_DAY, MINUTE_MS } from '../../domain/day.ts';
import { digits, recordTable } from '../../domain/record-table.ts';

const KIND_OF_DAY = [3, 0, 0, 0, 0, 1, 2];
const DAY_KINDS = 4;
/** Fourths of a doubling, of minutes. */
const STEPS = 4;
const USUAL_DAYS_MIN = 6;
const DAYS_STORED = 30;

/** Longest and second longest silence in steps, and on how many days. */
const SILENCE = digits(1);
const PLACE = digits(2);
const HOURS = recordTable(
  { place: PLACE, first: SILENCE, second: SILENCE, days: digits(1) },
  HOURS_A_DAY * DAY_KINDS,
);

export interface Rhythm {
  readonly hours: string;
  readonly longest: number;
}

export const NO_RHYTHM: Rhythm = { hours: '', longest: 0 };

const hourNumber = (ms: number) => Math.floor(ms / HOUR_MS);

function placeOf(ms: number): number {
  const hour = hourNumber(ms);
  // 1970 began on a Thursday.
  const kind = KIND_OF_DAY[(Math.floor(hour / HOURS_A_DAY) + 4) % 7] ?? 0;
  return kind * HOURS_A_DAY + (hour % HOURS_A_DAY);
}

const stepOf = (ms: number) => Math.ceil(STEPS * Math.log2(1 + ms / MINUTE_MS));

interface Hour {
  readonly first: number;
  readonly second: number;
  readonly days: number;
}

const NOTHING: Hour = { first: 0, second: 0, days: 0 };

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
  const at = HOURS.indexOf(hours, PLACE.write(place));
  const now = { place, ...withDay(HOURS.at(hours, at) ?? NOTHING, most) };
  return { hours: at < 0 ? HOURS.add(hours, now) : HOURS.replace(hours, at, now), longest: 0 };
}

/** 0 where that can't be said. */
export function usualWithin({ hours }: Rhythm, nowMs: number): number {
  const { first, second, days } = HOURS.find(hours, PLACE.write(placeOf(nowMs))) ?? NOTHING;
  if (days < USUAL_DAYS_MIN || first - second > 2 * STEPS) return 0;
  return Math.round(2 ** (first / STEPS) - 1) * MINUTE_MS;
}
