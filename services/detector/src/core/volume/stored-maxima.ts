/** How an agent's days are stored: lists without names, whose days are texts (`day-logs.ts`). */
import type { DayMaxima, KeptApart } from './block-maxima.ts';
import { packed, packedBeside, unpacked, unpackedBeside } from './day-logs.ts';

const NO_DAYS: readonly number[] = [];

type StoredApart = readonly [since: number, last: number, dayMax: number, logs: string];

/** As they are stored, without names of fields: from the end on, what is not there is left out. */
export type StoredMaxima = readonly [
  logs: string,
  /** See `packedBeside`; empty where there is none. */
  anchor: string,
  day: number,
  /** Days since the first. */
  ago: number,
  dayMax: number,
  peak?: number,
  /** Up to 1.81.0 since 1970. */
  declared?: number,
  guard?: number,
  kept?: StoredApart,
];

/** Up to 1.53.0; 0 where there was none. */
type EarlierMaxima = readonly [
  since: number,
  day: number,
  dayMax: number,
  peak: number,
  guard: number,
  declaredMs: number,
  logs: string,
  anchor: string,
  kept?: StoredApart,
];

/** Times beyond are milliseconds: as seconds they would lie three thousand years ahead. */
const SECONDS_MAX = 100_000_000_000;
/** Nearer to nought are seconds from the first day on, which mostly is the one of that change; 0 is none. */
const FROM_FIRST_MAX = 100_000_000;
const DAY_SECONDS = 86_400;

function toStoredTime(ms: number, since: number): number {
  if (ms % 1000 !== 0 || ms < SECONDS_MAX) return ms;
  const seconds = ms / 1000;
  const later = seconds - since * DAY_SECONDS;
  return later === 0 || Math.abs(later) >= FROM_FIRST_MAX ? seconds : later;
}

function fromStoredTime(time: number, since: number): number {
  if (time < FROM_FIRST_MAX) return (time + since * DAY_SECONDS) * 1000;
  return time < SECONDS_MAX ? time * 1000 : time;
}

export function toStoredMaxima(maxima: DayMaxima): StoredMaxima {
  const { since, day, dayMax, peak, guard = 0, declaredMs = 0, anchor = NO_DAYS, kept } = maxima;
  const told = toStoredTime(declaredMs, since);
  const logs = packed(maxima.logs);
  const first = packedBeside(maxima.logs, anchor);
  const ago = day - since;
  if (kept !== undefined) {
    const apart = [kept.since, kept.last, kept.dayMax, packed(kept.logs)] as const;
    return [logs, first, day, ago, dayMax, peak, told, guard, apart];
  }
  if (guard !== 0) return [logs, first, day, ago, dayMax, peak, told, guard];
  if (declaredMs !== 0) return [logs, first, day, ago, dayMax, peak, told];
  return peak === 0 ? [logs, first, day, ago, dayMax] : [logs, first, day, ago, dayMax, peak];
}

function isEarlier(stored: StoredMaxima | EarlierMaxima): stored is EarlierMaxima {
  return typeof stored[0] === 'number';
}

function fromEarlier(stored: EarlierMaxima): StoredMaxima {
  const [since, day, dayMax, peak, guard, declaredMs, logs, anchor, kept] = stored;
  const head = [logs, anchor, day, day - since, dayMax, peak, declaredMs, guard] as const;
  return kept === undefined ? head : [...head, kept];
}

/** How many days are known. */
export const daysOf = (stored: StoredMaxima | EarlierMaxima): number =>
  unpacked(isEarlier(stored) ? stored[6] : stored[0]).length;

function fromStoredApart([since, last, dayMax, logs]: StoredApart): KeptApart {
  return { since, last, dayMax, logs: unpacked(logs) };
}

/** Filled field by field: a spread for each that may be missing took longer than all of the rest. */
export function fromStoredMaxima(given: StoredMaxima | EarlierMaxima): DayMaxima {
  const stored = isEarlier(given) ? fromEarlier(given) : given;
  const [declaredMs = 0, guard = 0] = [stored[6], stored[7]];
  const maxima: { -readonly [K in keyof DayMaxima]: DayMaxima[K] } = {
    since: stored[2] - stored[3],
    day: stored[2],
    dayMax: stored[4],
    peak: stored[5] ?? 0,
    logs: unpacked(stored[0]),
  };
  if (guard !== 0) maxima.guard = guard;
  if (declaredMs !== 0) maxima.declaredMs = fromStoredTime(declaredMs, maxima.since);
  if (stored[1] !== '') maxima.anchor = unpackedBeside(stored[0], stored[1]);
  if (stored[8] !== undefined) maxima.kept = fromStoredApart(stored[8]);
  return maxima;
}
