/**
 * Whether an agent's tokens roam: a function in a large cloud comes to ever new areas of networks and hardly ever back, so
 * that none of them settles (`token-moves.ts`). After eight areas that were new and told, within a month and on three
 * days, one more says that the key roams. That is told once, in the case that is open, and further areas are counted in
 * it. It is a habit like any other when that was told a month ago: then a new area is no move but a strange network,
 * which says something beside another sign. It ends with a month without a new area, so that whoever bound the
 * key is told of the next one again. An area that a grave alert named stays told: a thief hides in no crowd; nor does it count
 * here, so that an alert of a stolen key never becomes one of a key that roams. The latest areas are known by name: where
 * tokens come to one on a fourth day it is told by itself. Who comes to eight in a month stays at none for so long.
 *
 * Rejected: to call it roaming by areas of one day, which any key shows whose thief changes his proxy, or by those of a
 * year, which who travels shows as well; and to let it settle without an alert that says so.
 */
import { added, type Place } from './known-places.ts';

/** In place of an area's name, among the moves: its calls are areas. */
export const ANYWHERE = '@';
export const ROAMS_AREAS = 8;
const ROAMS_DAYS = 3;
/** Of areas that are told as anywhere, or by habit, so many are known by name. */
const LATEST_MAX = 4;
/** Days at one of them before one more is no roaming. */
const STAYS_DAYS = 3;
const MONTH_DAYS = 30;
const AREAS_MAX = 1000;
const DAY_MS = 86_400_000;

/** A move to one more area: the first that says that the key roams, one that is told by that, or one by habit. */
export type Anywhere = 'first' | 'told' | 'habit';

const dayOf = (ms: number) => Math.floor(ms / DAY_MS);

/** Until it is told it begins anew after a month, and what was told does after a month without a new area. */
function roamingOf(moves: readonly Place[], ms: number): Place {
  const none: Place = [ANYWHERE, ms, 0, 0, -1];
  const known = moves.find(([name]) => name === ANYWHERE) ?? none;
  const [, since = ms, , , last = 0, told] = known;
  const isOver =
    told === undefined ? ms - since > MONTH_DAYS * DAY_MS : dayOf(ms) - last > MONTH_DAYS;
  return isOver ? none : known;
}

function isHabit([, since = 0, , days = 0, , told]: Place, ms: number): boolean {
  return told !== undefined && days >= ROAMS_DAYS && ms - since >= MONTH_DAYS * DAY_MS;
}

/** Whether new areas are a habit of its tokens. */
export const roamsByHabit = (moves: readonly Place[], ms: number): boolean =>
  moves.length > 0 && isHabit(roamingOf(moves, ms), ms);

/** What one more area is; undefined: an area like any. */
export function roamingNow(moves: readonly Place[], ms: number): Anywhere | undefined {
  const known = roamingOf(moves, ms);
  const [, , areas = 0, days = 0, , told] = known;
  if (told !== undefined) return isHabit(known, ms) ? 'habit' : 'told';
  return areas >= ROAMS_AREAS && days >= ROAMS_DAYS ? 'first' : undefined;
}

const isLatest = ([name, since, , , , told]: Place) =>
  name.startsWith(ANYWHERE) && name !== ANYWHERE && since !== undefined && told === undefined;

/** Whether tokens stay at an area that no alert named: on a fourth day, or after a month, when it would settle. */
export const stays = (moves: readonly Place[], name: string, ms: number): boolean =>
  moves.some(
    (one) =>
      one[0] === name &&
      isLatest(one) &&
      ((one[3] ?? 0) > STAYS_DAYS ||
        (one[3] === STAYS_DAYS && dayOf(ms) > (one[4] ?? 0)) ||
        ms - (one[1] ?? ms) >= MONTH_DAYS * DAY_MS),
  );

/** Where one more comes, without the area of fewest days, and of these the earliest, of those that no alert named. */
export function withRoom(moves: readonly Place[]): readonly Place[] {
  const latest = moves.filter(isLatest);
  if (latest.length < LATEST_MAX) return moves;
  const fewest = Math.min(...latest.map(([, , , days = 0]) => days));
  const least = latest.find(([, , , days = 0]) => days === fewest);
  return moves.filter((one) => one !== least);
}

/** After a grave alert of an area: until it is told that the key roams, its areas are counted anew. */
export const withoutAreas = (moves: readonly Place[]): readonly Place[] =>
  moves.filter(([name, , , , , told]) => name !== ANYWHERE || told !== undefined);

/** With one more area; behind the others, so that it is not what makes room. Once told, days count. */
export function withArea(moves: readonly Place[], ms: number): readonly Place[] {
  const [name, since = ms, areas = 0, days = 0, last = 0, told] = roamingOf(moves, ms);
  const day = dayOf(ms);
  if (told !== undefined && day <= last) return moves;
  const [count, worked, latest] = [
    Math.min(AREAS_MAX, areas + 1),
    days + (day > last ? 1 : 0),
    Math.max(day, last),
  ];
  const now: Place =
    told === undefined
      ? [name, since, count, worked, latest]
      : [name, since, count, worked, latest, told];
  const others = moves.filter(([one]) => one !== ANYWHERE);
  return added(others, now);
}
