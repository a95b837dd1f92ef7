/**
 * The networks and clients that are an agent's own, and how far one is from them.
 *
 * Until the agent has a history every place is its own. One that comes later is strange at first. A strange
 * network beside its own (`place-name.ts`: of the same area) becomes its own when three days after it came it
 * is still used. One that is far from all, and a client by another name, take a month: to come back is no
 * proof. What an alert was told of takes that month too, from then on, and does so whatever it was: else a
 * thief had only to wait. A declared change makes it its own at once.
 *
 * Whether a new place says anything alone depends on how often there was one: after D days of work with k
 * different ones the next day has one with probability k / (D + k) (Witten, Bell 1991, by days), and what is
 * that improbable is unlikely. Who travels is not told of one more hotel.
 */
import { areaOf, familyOf } from './place-name.ts';

/** Networks, and clients, of an agent that are remembered. */
export const PLACES_MAX = 16;
/** How the key of a case begins that was a light move when it was told first. */
export const LIGHT = 'move|';
const DAY_MS = 86_400_000;
const NEAR_AFTER_MS = 3 * DAY_MS;
const FAR_AFTER_MS = 30 * DAY_MS;
/** Days of work in which it must have been used until then. */
const NEAR_DAYS = 2;
const FAR_DAYS = 3;
const UNLIKELY = 0.1;
const CALLS_MAX = 1000;

/**
 * A place; of a strange one when it came, calls from it, days on which there were any, the latest, and the case in which
 * it was told (`stolen-credential.ts`): its key, of earlier versions only that there was one. What roams has areas
 * (`roaming.ts`).
 */
export type Place = readonly [
  name: string,
  sinceMs?: number,
  calls?: number,
  days?: number,
  day?: number,
  told?: string | 1,
  areas?: string,
];

/** How far a strange place is: beside its own, of a family of addresses that it never had, or neither. */
export type Distance = 'near' | 'family' | 'far';

export interface Standing {
  /** Undefined: it is the agent's own. */
  readonly distance?: Distance;
  /** Calls from it with this one, while it is strange. */
  readonly calls: number;
}

const isOwn = (place: Place) => place[1] === undefined;
const find = (places: readonly Place[], name: string) => places.find(([one]) => one === name);

/** Of a network; a client by another name is never near. */
export function distanceOf(places: readonly Place[], network: string): Distance {
  const own = places.filter(isOwn).map(([name]) => name);
  if (own.some((one) => areaOf(one) === areaOf(network))) return 'near';
  return own.some((one) => familyOf(one) === familyOf(network)) ? 'far' : 'family';
}

export function isStranger(places: readonly Place[], name: string): boolean {
  const known = find(places, name);
  return known === undefined || !isOwn(known);
}

const isImprobable = (places: readonly Place[], days: number, of: (name: string) => string) => {
  const different = new Set(places.map(([name]) => of(name))).size;
  return different / (days + different) <= UNLIKELY;
};

/** Whether a further place is improbable of an agent that worked on so many days. */
export const isUnlikely: typeof isImprobable = (places, days, of) =>
  isImprobable(places.filter(isOwn), days, of);

const isGrave = ([, , , , , told]: Place) => typeof told === 'string' && !told.startsWith(LIGHT);

/**
 * Whether it is, though every place counts from which the agent, or who had its token, ever worked. As many as are
 * remembered say that there are more, unless what told of them was grave: which of these comes again is chance.
 */
export const isUnheardOf: typeof isImprobable = (places, days, of) => {
  const worked = places.filter((place) => isOwn(place) || (place[3] ?? 0) > 0);
  const light = worked.filter((place) => !isGrave(place)).map(([name]) => of(name));
  return new Set(light).size < PLACES_MAX - 1 && isImprobable(worked, days, of);
};

/** Its own, or seen before. */
export const isListed = (places: readonly Place[], name: string): boolean =>
  find(places, name) !== undefined;

/** The key of the case in which it was told; of one that an earlier version told, the name. */
export function toldIn(places: readonly Place[], name: string): string | undefined {
  const told = find(places, name)?.[5];
  return told === 1 ? name : told;
}

export interface Visit {
  readonly name: string;
  readonly ms: number;
  readonly distance: Distance;
  /** Declared, or seen while the agent has no history. */
  readonly isGranted: boolean;
  /** The call was denied or failed: it is counted, and the place comes no nearer to being the agent's own. */
  readonly isVoid: boolean;
}

/** What is far has come often enough for a month, and what is near for three days. */
function hasSettled([, since = 0, , days = 0, , told]: Place, { ms, distance }: Visit): boolean {
  const isLong = told !== undefined || distance !== 'near';
  return (
    ms - since >= (isLong ? FAR_AFTER_MS : NEAR_AFTER_MS) && days >= (isLong ? FAR_DAYS : NEAR_DAYS)
  );
}

/** One more: of too many the first strange one makes room, so that strangers drive no own place out. */
export function added(places: readonly Place[], place: Place): readonly Place[] {
  if (places.length < PLACES_MAX) return [...places, place];
  const at = Math.max(0, isOwn(place) ? 0 : places.findIndex((one) => !isOwn(one)));
  return [...places.slice(0, at), ...places.slice(at + 1), place];
}

const replaced = (places: readonly Place[], place: Place): readonly Place[] =>
  places.map((one) => (one[0] === place[0] ? place : one));

/** A denied call from a strange place is one more from there, and no day of work. */
function tried(places: readonly Place[], { name, ms, isGranted }: Visit): readonly Place[] {
  const known = find(places, name);
  if (known === undefined) return isGranted ? places : added(places, [name, ms, 1, 0, 0]);
  const [, since, calls = 0, days = 0, last = 0, told] = known;
  if (since === undefined || calls >= CALLS_MAX) return places;
  const more = [name, since, calls + 1, days, last] as const;
  return replaced(places, told === undefined ? more : [...more, told]);
}

/** The places after a call from one; the same object where nothing changes. */
export function visited(places: readonly Place[], visit: Visit): readonly Place[] {
  const { name, ms, isGranted } = visit;
  if (visit.isVoid) return tried(places, visit);
  const known = find(places, name);
  if (known === undefined) {
    const day = Math.floor(ms / DAY_MS);
    return added(places, isGranted ? [name] : [name, ms, 1, 1, day]);
  }
  const [, since, calls = 0, days = 0, last = 0, told] = known;
  if (since === undefined) return places;
  const day = Math.floor(ms / DAY_MS);
  const isLater = day > last;
  if (!isLater && calls >= CALLS_MAX && !isGranted) return places;
  const latest = Math.max(day, last);
  const number = Math.min(CALLS_MAX, calls + 1);
  const worked = days + (isLater ? 1 : 0);
  // It came when it was first of use.
  const came = days === 0 ? ms : since;
  const more: Place =
    told === undefined
      ? [name, came, number, worked, latest]
      : [name, came, number, worked, latest, told];
  return replaced(places, isGranted || hasSettled(more, visit) ? [name] : more);
}

/** After an alert of that case that names it. */
export function toldOf(
  places: readonly Place[],
  name: string,
  ms: number,
  key: string,
): readonly Place[] {
  const known = find(places, name);
  if (known !== undefined && (isOwn(known) || known[5] !== undefined)) return places;
  const [, , calls = 1] = known ?? [name];
  const place: Place = [name, ms, calls, 1, Math.floor(ms / DAY_MS), key];
  return known === undefined ? added(places, place) : replaced(places, place);
}

export function standingOf(places: readonly Place[], name: string, distance: Distance): Standing {
  const known = find(places, name);
  if (known !== undefined && isOwn(known)) return { calls: 0 };
  return { distance, calls: known?.[2] ?? 1 };
}
