/**
 * From where an agent calls: its networks and clients (`known-places.ts`), and where each of its tokens was
 * first used. What it says of a call are signs; `stolen-credential.ts` joins them with others to one alert.
 *
 * A token that is used elsewhere than before was issued to a place, and moved. To an outside network, or to a
 * client by another name, that is told without any history. Hosts of both families of addresses and zones of
 * address translation alternate between networks from the start, so of a network beside its own, of the other
 * family, or among its own it is told only where tokens keep their network: counted by token and day, as rare
 * as one in twenty. What moves within its network is `moved-within.ts`.
 *
 * Rejected: to ask of every move whether tokens keep their network. A key that is stolen in its first days
 * would be told nowhere.
 */
import { type AuditEvent, epochMs, type RegistryAgent, shortPrint } from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';
import { showsHabit } from '../call-ending.ts';
import { isPeersPlace, type PlaceFeature, placePrint } from '../peers/peer-places.ts';
import { decisiveAssurance } from '../profile/decisive-assurance.ts';
import { isDeclared } from '../profile/declarations.ts';
import { type Places, readPlaces, writePlaces } from './kept-places.ts';
import {
  type Distance,
  isStranger,
  isUnlikely,
  type Place,
  standingOf,
  visited,
} from './known-places.ts';
import { type MovedWithin, movedWithin } from './moved-within.ts';
import { areaOf, clientName, hostOf, networkOf } from './place-name.ts';
import { type Anywhere, isRoaming, roamsByHabit } from './roaming.ts';
import { type Found, findMoves } from './token-found.ts';
import { withMoves } from './token-moves.ts';
import { TOKEN_PRINT, type Use, useOfToken, withFirstUse, withLaterUse } from './token-uses.ts';
import { movedTo, type ToldStanding, toldWhere } from './told-places.ts';
import { improbableMoves } from './workload-places.ts';

/** Characters kept of a client's name. */
const CLIENT_LENGTH = 40;
/** Calls and time before an agent's places are a habit, and days on which it showed any. */
export const SETTLED_MIN = { calls: 50, ms: 7 * 86_400_000 } as const;
const SETTLED_DAYS_MIN = 5;
const DAY_MS = 86_400_000;

export interface PlaceSigns extends ToldStanding {
  readonly use: Use;
  /** Where the same token was used first, if that was elsewhere and is told. */
  readonly before?: Use;
  readonly movedNetwork: boolean;
  readonly movedClient: boolean;
  /** To another address of the same network, or another version of its client, which its tokens never did. */
  readonly within: MovedWithin;
  /** Not the agent's own. */
  readonly strangeNetwork: boolean;
  readonly strangeClient: boolean;
  /** Strange, far, and of an agent that hardly ever has a new one. */
  readonly isUnlikely: boolean;
  /** Calls from the strange place, with this one. */
  readonly calls: number;
  /** The token moved to another network and to another client, either of which would be told alone. */
  readonly isTwofold: boolean;
  /** The token moved where nobody was ever seen with this agent's name, however short its history. */
  readonly isUnseen: boolean;
  /** Of an agent that hardly ever goes anywhere new. */
  readonly isUnheardOf: boolean;
  /** What the move to its network is of a key that roams. */
  readonly anywhere: Anywhere | undefined;
}

function useOf(event: AuditEvent): Use | undefined {
  const uid = event.credential?.uid ?? event.credential?.fp;
  const network = networkOf(event.src?.ip);
  const client = event.src?.user_agent?.slice(0, CLIENT_LENGTH);
  if (network === undefined && client === undefined) return undefined;
  const host = hostOf(event.src?.ip);
  return {
    token: uid === undefined ? undefined : shortPrint(uid, TOKEN_PRINT),
    network,
    client,
    ...(host === undefined ? {} : { host }),
    eventId: event.event_id,
    at: event.event_time,
    assurance: decisiveAssurance(event),
  };
}

interface Noticed extends Found {
  readonly use: Use;
  readonly before: Use | undefined;
  readonly isGranted: boolean;
  readonly isVoid: boolean;
}

/** A token keeps the place where it was first used; one whose move is told teaches no place, a denied call no token. */
function remembered(state: Places, noticed: Noticed): Places {
  const { use, before, movedNetwork, movedClient, isGranted, isVoid, networkDistance } = noticed;
  const { isUsual } = noticed;
  const [ms, teaches] = [epochMs(use.at), !movedNetwork && !movedClient];
  const day = Math.floor(ms / DAY_MS);
  const later = day > state.day ? { days: state.days + 1, day } : {};
  const visit = { ms, isGranted, isVoid };
  const networks =
    use.network === undefined || !teaches
      ? state.networks
      : visited(state.networks, {
          ...visit,
          name: use.network,
          distance: networkDistance,
          isGranted: isGranted || (isUsual.network && networkDistance !== 'near'),
        });
  const clients =
    use.client === undefined || !teaches
      ? state.clients
      : visited(state.clients, {
          ...visit,
          name: clientName(use.client),
          distance: 'far',
          isGranted: isGranted || isUsual.client,
        });
  const { anywhere } = noticed;
  const isRoamed = anywhere === 'habit' || (isUsual.network && isRoaming(state.moves, ms));
  const roamed = isRoamed ? { network: use.network, anywhere } : undefined;
  const moves =
    teaches && roamed === undefined
      ? state.moves
      : withMoves(state.moves, { ...movedTo(noticed), ...roamed }, { ms, isVoid });
  if (isVoid) return { ...state, networks, clients, moves };
  const tokens =
    before === undefined
      ? withFirstUse(state.tokens, use)
      : withLaterUse(state.tokens, before, use, movedClient || (movedNetwork && noticed.isOutside));
  return { ...state, networks, clients, moves, tokens, ...later };
}

/** Whether the place that is strange says anything alone, and how often it was called from. */
function strangeness(state: Places, { use, networkDistance, strange }: Strange) {
  const network = strange.network ? use.network : undefined;
  const client = strange.client ? use.client : undefined;
  const { networks, clients, moves, days } = state;
  // Of who roams by habit a further network is not improbable, by whichever token.
  const isFar =
    network !== undefined && networkDistance !== 'near' && !roamsByHabit(moves, epochMs(use.at));
  const calls = [
    ...(network === undefined ? [] : [standingOf(networks, network, networkDistance).calls]),
    ...(client === undefined ? [] : [standingOf(clients, clientName(client), 'far').calls]),
  ];
  return {
    isUnlikely:
      (isFar && isUnlikely(networks, days, areaOf)) ||
      (client !== undefined && isUnlikely(clients, days, (name) => name)),
    calls: Math.max(0, ...calls),
  };
}

interface Strange {
  readonly use: Use;
  readonly networkDistance: Distance;
  readonly strange: { readonly network: boolean; readonly client: boolean };
}

const STAYS: MovedWithin = { host: false, version: false, isYoung: false };

/** Whose places are looked at. */
export interface PlaceOwner {
  readonly registered?: RegistryAgent | undefined;
  /** A workload's, whose agents have no history of their own (`workload-places.ts`). */
  readonly isWorkload?: boolean;
}

/** `hasHistory`: the agent had one before this call. Where most of its peers work, too, is not strange. */
export function placeSigns(
  draft: Draft,
  event: AuditEvent,
  hasHistory: boolean,
  { registered, isWorkload = false }: PlaceOwner = {},
): PlaceSigns | undefined {
  const use = useOf(event);
  if (use === undefined) return undefined;
  const state = readPlaces(draft, event);
  const isSettled = hasHistory && state.days >= SETTLED_DAYS_MIN;
  const before = useOfToken(state.tokens, use.token);
  const moves = findMoves(state, use, before);
  const found = isWorkload ? improbableMoves(state, use, { moves, isSettled }) : moves;
  const { movedNetwork, movedClient } = found;
  const isMoved = movedNetwork || movedClient;
  const isWithin =
    !isWorkload && !isMoved && before !== undefined && before.network === use.network;
  const within =
    isWithin && state.tokens !== undefined ? movedWithin(state.tokens, before, use) : STAYS;
  const ms = epochMs(event.event_time);
  const isPlaceDeclared = isDeclared(draft, event, `network/${use.network ?? ''}`, ms);
  const isGranted = isPlaceDeclared || !isSettled;
  const isVoid = !showsHabit(event);
  const now = remembered(state, { ...found, use, before, isGranted, isVoid });
  writePlaces(draft, event, state, now);
  // After this call: what it granted, or what settled with it, is its own.
  const strange = {
    network:
      !isWorkload &&
      !isPlaceDeclared &&
      use.network !== undefined &&
      isStrange(now.networks, use.network, isSettled) &&
      !isPeersPlace(draft, event, registered, ['network', use.network]),
    client:
      !isWorkload &&
      !isPlaceDeclared &&
      use.client !== undefined &&
      isStrange(now.clients, clientName(use.client), isSettled) &&
      !isPeersPlace(draft, event, registered, ['client', clientName(use.client)]),
  };
  return {
    use,
    ...((isMoved || within.host || within.version) && before !== undefined ? { before } : {}),
    movedNetwork,
    movedClient,
    within,
    strangeNetwork: strange.network,
    strangeClient: strange.client,
    ...strangeness(now, { use, networkDistance: found.networkDistance, strange }),
    isTwofold: found.isTwofold,
    ...{ isUnseen: found.isUnseen, isUnheardOf: found.isUnheardOf },
    anywhere: found.anywhere,
    ...toldWhere(state, { use, movedNetwork, movedClient, strange, anywhere: found.anywhere }),
  };
}

/** What a young agent's moved token showed is unknown and not yet strange. */
function isStrange(places: readonly Place[], name: string, isSettled: boolean): boolean {
  return isStranger(places, name) && (isSettled || places.some(([one]) => one === name));
}

/** What peers are told: the places that are its own, of an agent that has worked from any long enough. */
export function ownPlaces(draft: Draft, event: AuditEvent): readonly (readonly [string, number])[] {
  const { networks, clients, days } = readPlaces(draft, event);
  if (days < SETTLED_DAYS_MIN) return [];
  const told = (feature: PlaceFeature, places: readonly Place[]) =>
    places
      .filter(([name]) => !isStranger(places, name))
      .map(([name]) => [`${feature}/${placePrint(name)}`, days] as const);
  return [...told('network', networks), ...told('client', clients)];
}
