/**
 * Whether an agent's tokens roam: a function in a large cloud comes to ever new areas of networks, or to more of them by turns
 * than settle by name (`token-moves.ts`). After eight areas that were new and told, within a month and on three
 * days, one more says that the key roams. That is told once, in the case that is open, and further areas are counted in
 * it. It is a habit like any other when that was told a month ago: then another area is no move but a strange network,
 * which says something beside another sign. It ends with a month in which no area was new and the key came to fewer
 * than eight, so that whoever bound the key is told of the next one again. Of more it goes on, and an area that is new
 * after a month without any is a move as of a key that never roamed: what comes by turns to the same ones hides nobody at
 * another. An area that a grave alert named stays told: a thief hides in no crowd; nor does it count here, so that an alert
 * of a stolen key never becomes one of a key that roams.
 * Where tokens stay at one area is told by itself (`roaming-areas.ts`).
 *
 * Rejected: to call it roaming by areas of one day, which any key shows whose thief changes his proxy, or by those of a
 * year, which who travels shows as well; to let it settle without an alert that says so; and to end it with a month without
 * a new area, which a function shows that comes to the same thirty by turns.
 */
import { type Place, toldOf } from './known-places.ts';
import { areasLately, isKnownArea, latestOf, staysAt, withArea } from './roaming-areas.ts';

/** In place of an area's name, among the moves: its calls are areas. */
export const ANYWHERE = '@';
export const ROAMS_AREAS = 8;
const ROAMS_DAYS = 3;
const MONTH_DAYS = 30;
const AREAS_MAX = 1000;
const DAY_MS = 86_400_000;

/** A move to one more area: the first that says that the key roams, one that is told by that, or one by habit. */
export type Anywhere = 'first' | 'told' | 'habit';

const dayOf = (ms: number) => Math.floor(ms / DAY_MS);

/** The places without what says that they roam: many of them never drive it out. */
export const withoutRoaming = (moves: readonly Place[]): readonly Place[] =>
  moves.filter(([name]) => name !== ANYWHERE);

/** Until it is told it begins anew after a month, and what was told does as it ends. */
function roamingOf(moves: readonly Place[], ms: number): Place {
  const none: Place = [ANYWHERE, ms, 0, 0, -1];
  const known = moves.find(([name]) => name === ANYWHERE) ?? none;
  const [, since = ms, , , last = 0, told, areas = ''] = known;
  const isOver =
    told === undefined
      ? ms - since > MONTH_DAYS * DAY_MS
      : dayOf(ms) - last > MONTH_DAYS && areasLately(areas, dayOf(ms)) < ROAMS_AREAS;
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

/** Whether it was told that they roam. */
export const isRoaming = (moves: readonly Place[], ms: number): boolean =>
  roamingOf(moves, ms)[5] !== undefined;

/** Whether the area is new, of tokens that roam and came to no new one for a month. */
export function isNewAgain(moves: readonly Place[], name: string, ms: number): boolean {
  const [, , , , last = 0, told, areas = ''] = roamingOf(moves, ms);
  return told !== undefined && dayOf(ms) - last > MONTH_DAYS && !isKnownArea(areas, name);
}

/** Whether tokens that roam stay at this area, with this call. */
export const stays = (moves: readonly Place[], name: string, ms: number): boolean =>
  staysAt(roamingOf(moves, ms)[6] ?? '', name, dayOf(ms));

/** After a grave alert of an area: until it is told that the key roams, its areas are counted anew. */
export const withoutAreas = (moves: readonly Place[]): readonly Place[] =>
  moves.filter(([name, , , , , told]) => name !== ANYWHERE || told !== undefined);

/** After the alert that says so. */
export const roamingTold = (moves: readonly Place[], ms: number, key: string): readonly Place[] => [
  ...withoutRoaming(moves),
  ...toldOf(
    moves.filter(([name]) => name === ANYWHERE),
    ANYWHERE,
    ms,
    key,
  ),
];

interface Came {
  readonly ms: number;
  /** Its area is none of the places. */
  readonly isUnlisted: boolean;
}

/** What roams after a call from an area: until it is told new ones count, and then days, and each that came lately. */
export function roamedTo(
  moves: readonly Place[],
  name: string,
  { ms, isUnlisted }: Came,
): Place | undefined {
  const known = roamingOf(moves, ms);
  const [, since = ms, count = 0, days = 0, last = 0, told, areas = ''] = known;
  const day = dayOf(ms);
  if (told === undefined) {
    if (!isUnlisted) return moves.find(([one]) => one === ANYWHERE);
    const more = Math.min(AREAS_MAX, count + 1);
    return [ANYWHERE, since, more, days + (day > last ? 1 : 0), Math.max(day, last)];
  }
  const now = withArea(areas, name, day);
  if (now === areas) return known;
  const latest = isUnlisted && !isKnownArea(areas, name) ? Math.max(day, last) : last;
  return [ANYWHERE, since, count, days + (day > latestOf(areas) ? 1 : 0), latest, told, now];
}
