/**
 * Undeclared parts told once: shown five times in a row they are told again, and known after three such days. One
 * odd call must not silence a later change.
 */
import { DAYS_KNOWN_MIN, HOURS_A_DAY } from '../../domain/day.ts';

const ROW_MIN = 5;
/** The oldest counts as known, unless asserted. */
const TRIED_MAX = 8;

export type Tried = readonly [
  change: string,
  /** At most as many as make one. */
  row: number,
  isReported: 0 | 1,
  days: number,
  /** And the hour in which another was last shown. */
  day: number,
  since: number,
];

export interface Shown {
  readonly changes: readonly string[];
  readonly hour: number;
}

const NOTHING_AGAIN: Watched['again'] = [];

export function withTried(
  tried: readonly Tried[],
  change: string,
  { hour, isProven }: { readonly hour: number; readonly isProven: boolean },
): readonly Tried[] {
  if (!isProven && tried.length >= TRIED_MAX) return tried;
  return [...tried, [change, 1, 1, 0, 0, hour] as const].slice(-TRIED_MAX);
}

export interface Watched {
  readonly tried: readonly Tried[];
  readonly again: readonly (readonly [change: string, since: number])[];
}

/** Undefined once it is known. */
function shownAgain(one: Tried, today: number): Tried | undefined {
  const [change, before, wasReported, days, day, since] = one;
  const row = Math.min(ROW_MIN, before + 1);
  const isRow = row === ROW_MIN;
  const isNewDay = isRow && today > day;
  if (row === before && !isNewDay) return one;
  if (isNewDay && days + 1 >= DAYS_KNOWN_MIN) return undefined;
  const reported = isRow ? 1 : wasReported;
  return [change, row, reported, isNewDay ? days + 1 : days, isNewDay ? today : day, since];
}

function shownOther(one: Tried, hour: number): Tried {
  const [change, , , days, day, since] = one;
  return [change, 0, 0, days, day, Math.max(since, hour)];
}

/** Mostly it was shown this hour already. */
const mayChange = (one: Tried, hour: number) => one[1] !== 0 || one[5] < hour;

function isOtherShown([change]: Tried, changes: readonly string[]): boolean {
  const sort = change.slice(0, change.indexOf('/') + 1);
  return changes.some((other) => other.startsWith(sort));
}

export function watchTried(tried: readonly Tried[], { changes, hour }: Shown): Watched {
  if (tried.length === 0) return { tried, again: NOTHING_AGAIN };
  const today = Math.floor(hour / HOURS_A_DAY);
  let again = NOTHING_AGAIN;
  /** Copied at the first change. */
  let retained: Tried[] | undefined;
  for (let at = 0; at < tried.length; at += 1) {
    const one = tried[at];
    if (one === undefined) continue;
    const isShown = changes.includes(one[0]);
    const next = isShown
      ? shownAgain(one, today)
      : mayChange(one, hour) && isOtherShown(one, changes)
        ? shownOther(one, hour)
        : one;
    if (next !== one) retained ??= tried.slice(0, at);
    if (next !== undefined) retained?.push(next);
    if (!isShown) continue;
    const isRowNow = (next?.[1] ?? ROW_MIN) === ROW_MIN;
    if (one[2] === 0 && one[1] < ROW_MIN && isRowNow) again = [...again, [one[0], one[5]]];
  }
  return { tried: retained ?? tried, again };
}
