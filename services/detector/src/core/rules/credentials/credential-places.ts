/** From where an agent works: networks and clients by days, and how often its credentials move. */
import { type AuditEvent, epochMs, shortPrint } from '@waywarden/schemas';
import type { Transaction } from '@waywarden/stage';
import { placePrint } from '../../baselines/peers/peer-values.ts';
import { dayOf } from '../../domain/day.ts';
import { clientName, networkOf } from '../../domain/network-name.ts';
import { PRINT_48 } from '../../domain/record-table.ts';
import { knownOf, storeKnown } from '../../state/agent/agent-key.ts';

const PLACES_MAX = 24;
const CREDENTIALS_MAX = 16;
/** A place that was not used for so long is new when it comes again. */
const FORGOTTEN_DAYS = 60;
/** Days on which an agent worked from a place before its peers are told of it. */
const SHARED_DAYS = 5;

export type Dimension = 'network' | 'client';

/** Undefined: not reported. */
export type CallPlace = Readonly<Record<Dimension, string | undefined>>;

export function callPlaceOf({ src }: AuditEvent): CallPlace {
  const client = src?.user_agent;
  return {
    network: networkOf(src?.ip),
    client: client === undefined ? undefined : clientName(client),
  };
}

type Used = readonly [name: string, days: number, last: number];

export interface PlaceUse extends CallPlace {
  readonly ms: number;
  readonly eventId: string;
  readonly assurance: AuditEvent['agent']['assurance'];
}

/** The latest use of a credential from where it belongs, and from where it was seen besides. */
export interface CredentialUse {
  readonly id: string;
  readonly home: PlaceUse;
  readonly away?: PlaceUse;
  readonly awaySinceMs?: number;
  readonly counted?: readonly [day: number, ...of: Counted[]];
}

export type Counted = Dimension | 'returned' | 'days';

/** Days of credentials that kept their place, and those that did not. */
export interface Moves {
  readonly days: number;
  readonly moved: Readonly<Record<Dimension, number>>;
  readonly returned: number;
}

export interface Places {
  readonly since: number;
  readonly day: number;
  readonly network: readonly Used[];
  readonly client: readonly Used[];
  readonly credentials: readonly CredentialUse[];
  readonly moves: Moves;
}

const NO_MOVES: Moves = { days: 0, moved: { network: 0, client: 0 }, returned: 0 };
const noPlaces = (day: number): Places => ({
  ...{ since: day, day, network: [], client: [], credentials: [], moves: NO_MOVES },
});

export function placesAt(transaction: Transaction, event: AuditEvent): Places {
  const day = dayOf(event);
  const known = knownOf<Places>(transaction, event, 'places') ?? noPlaces(day);
  return day > known.day ? { ...known, day } : known;
}

export const keepPlaces = (transaction: Transaction, event: AuditEvent, places: Places): void =>
  storeKnown(transaction, event, 'places', places);

export function isKnownPlace(used: readonly Used[], name: string, day: number): boolean {
  const one = used.find(([of]) => of === name);
  if (one === undefined) return false;
  const [, days, last] = one;
  return day - last <= FORGOTTEN_DAYS && (days > 1 || last < day);
}

function usedWith(used: readonly Used[], name: string | undefined, day: number): readonly Used[] {
  if (name === undefined) return used;
  const before = used.find(([of]) => of === name);
  if (before !== undefined && before[2] >= day) return used;
  const own: Used = [name, (before?.[1] ?? 0) + 1, day];
  return [...used.filter(([of]) => of !== name), own].slice(-PLACES_MAX);
}

export function withPlace(places: Places, { network, client }: CallPlace): Places {
  const { day } = places;
  const [networks, clients] = [
    usedWith(places.network, network, day),
    usedWith(places.client, client, day),
  ];
  if (networks === places.network && clients === places.client) return places;
  return { ...places, network: networks, client: clients };
}

export const credentialId = ({ credential }: AuditEvent): string | undefined =>
  credential?.uid === undefined && credential?.fp === undefined
    ? undefined
    : shortPrint(credential.uid ?? credential.fp ?? '', PRINT_48);

export function withCredential(places: Places, use: CredentialUse): Places {
  const others = places.credentials.filter(({ id }) => id !== use.id);
  return { ...places, credentials: [...others, use].slice(-CREDENTIALS_MAX) };
}

export const useOf = (event: AuditEvent, place: CallPlace): PlaceUse => ({
  ...place,
  ...{ ms: epochMs(event.event_time), eventId: event.event_id, assurance: event.agent.assurance },
});

export function withMoves(
  places: Places,
  use: CredentialUse,
  of: readonly Counted[],
): readonly [Places, CredentialUse] {
  const [day, ...before] = use.counted ?? [places.day];
  const known: readonly Counted[] = day === places.day ? before : [];
  const fresh = of.filter((one) => !known.includes(one));
  if (fresh.length === 0) return [places, use];
  const { days, moved, returned } = places.moves;
  const plus = (one: Counted) => (fresh.includes(one) ? 1 : 0);
  const moves: Moves = {
    days: days + plus('days'),
    moved: { network: moved.network + plus('network'), client: moved.client + plus('client') },
    returned: returned + plus('returned'),
  };
  return [
    { ...places, moves },
    { ...use, counted: [places.day, ...known, ...fresh] },
  ];
}

export function ownPlaces(
  transaction: Transaction,
  event: AuditEvent,
): readonly (readonly [string, number])[] {
  const places = knownOf<Places>(transaction, event, 'places');
  if (places === undefined) return [];
  return (['network', 'client'] as const).flatMap((dimension) =>
    places[dimension]
      .filter(([, days]) => days >= SHARED_DAYS)
      .map(([name, days]) => [`${dimension}/${placePrint(name)}`, days] as const),
  );
}
