/**
 * Parts of an agent (a model, a version) that nobody declared and that were told of once: whether they became
 * what the agent is made of since. One odd call teaches little, so it must not make the change for good silent
 * that comes weeks later. It is told again when the agent has gone back and then shows it five times in a row, and
 * is known once it has done so on three days: whoever was told had the time to answer. A client that now and
 * then falls back on another model shows it in ones and twos and is told of once, as before.
 */

/** In a row: what the agent is made of now, and no single call. */
const ROW_MIN = 5;
/** Days with such a row until it is known. */
const KNOWN_DAYS = 3;
/** Parts of an agent that are watched so; the oldest is taken as known, and never for one that is only asserted. */
const TRIED_MAX = 8;

/** The change as a declaration would name it. */
export type Tried = readonly [
  change: string,
  /** In a row until now, at most as many as make one; nought once another was shown. */
  row: number,
  /** Whether this row was told. */
  isReported: 0 | 1,
  days: number,
  /** The latest day with a row, and the hour in which another was last shown. */
  day: number,
  since: number,
];

export interface Shown {
  /** Sort and name of what the event shows: `model/m-2`. */
  readonly changes: readonly string[];
  readonly hour: number;
}

const HOURS_A_DAY = 24;
const NOTHING_AGAIN: Watched['again'] = [];

/** With a part that was told at its first call. */
export function withTried(
  tried: readonly Tried[],
  change: string,
  { hour, isProven }: { readonly hour: number; readonly isProven: boolean },
): readonly Tried[] {
  if (!isProven && tried.length >= TRIED_MAX) return tried;
  return [...tried, [change, 1, 1, 0, 0, hour] as const].slice(-TRIED_MAX);
}

export interface Watched {
  /** The same list where nothing changed. */
  readonly tried: readonly Tried[];
  /** What has become what the agent is made of, and the hour in which it was last seen as before. */
  readonly again: readonly (readonly [change: string, since: number])[];
}

/** One that is shown again; undefined once it is known. */
function shownAgain(one: Tried, today: number): Tried | undefined {
  const [change, before, wasReported, days, day, since] = one;
  const row = Math.min(ROW_MIN, before + 1);
  const isRow = row === ROW_MIN;
  const isNewDay = isRow && today > day;
  if (row === before && !isNewDay) return one;
  if (isNewDay && days + 1 >= KNOWN_DAYS) return undefined;
  const reported = isRow ? 1 : wasReported;
  return [change, row, reported, isNewDay ? days + 1 : days, isNewDay ? today : day, since];
}

/** One of which another of its sort was shown; the same where that changes nothing. */
function shownOther(one: Tried, hour: number): Tried {
  const [change, , , days, day, since] = one;
  return [change, 0, 0, days, day, Math.max(since, hour)];
}

/** Whether another changes anything of it: mostly it was shown this hour already, and is at nought. */
const mayChange = (one: Tried, hour: number) => one[1] !== 0 || one[5] < hour;

/** Whether another part of its sort is shown. */
function isOtherShown([change]: Tried, changes: readonly string[]): boolean {
  const sort = change.slice(0, change.indexOf('/') + 1);
  return changes.some((other) => other.startsWith(sort));
}

/** What an event says of the parts that are watched. */
export function watchTried(tried: readonly Tried[], { changes, hour }: Shown): Watched {
  if (tried.length === 0) return { tried, again: NOTHING_AGAIN };
  const today = Math.floor(hour / HOURS_A_DAY);
  let again = NOTHING_AGAIN;
  /** As it was before, until one changes. */
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
