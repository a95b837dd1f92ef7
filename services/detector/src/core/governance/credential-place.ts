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
import { agentKey } from '../kept/agent-key.ts';
import { isPeersPlace, type PlaceFeature, placePrint } from '../peers/peer-places.ts';
import { decisiveAssurance } from '../profile/decisive-assurance.ts';
import { isDeclared } from '../profile/declarations.ts';
import {
  type Distance,
  distanceOf,
  isStranger,
  isUnlikely,
  type Place,
  standingOf,
  toldOf,
  visited,
} from './known-places.ts';
import { type MovedWithin, movedWithin } from './moved-within.ts';
import { areaOf, clientName, familyOf, hostOf, networkOf } from './place-name.ts';
import { keepsFamily, keepsNetwork } from './token-habits.ts';
import {
  fromStoredTokens,
  TOKEN_PRINT,
  type Tokens,
  toStoredTokens,
  type Use,
  useOfToken,
  withFirstUse,
  withLaterUse,
} from './token-uses.ts';

/** Characters kept of a client's name. */
const CLIENT_LENGTH = 40;
/** Calls and time before an agent's places are a habit, and days on which it showed any. */
export const SETTLED_MIN = { calls: 50, ms: 7 * 86_400_000 } as const;
const SETTLED_DAYS_MIN = 5;
const DAY_MS = 86_400_000;

interface State {
  readonly networks: readonly Place[];
  readonly clients: readonly Place[];
  readonly tokens: Tokens | undefined;
  /** Days on which it showed a place, and the latest. */
  readonly days: number;
  readonly day: number;
}

type Stored = readonly [
  networks: State['networks'],
  clients: State['clients'],
  days: number,
  day: number,
  tokens?: Parameters<typeof fromStoredTokens>[0],
];

/** Under a name of its own: earlier versions kept places in other forms. */
const keyOf = (event: AuditEvent) => agentKey(event, 'places');

function read(draft: Draft, event: AuditEvent): State {
  const stored = draft.get<Stored>(keyOf(event)) ?? [[], [], 0, -1];
  const [networks, clients, days, day, tokens] = stored;
  return { networks, clients, days, day, tokens: tokens && fromStoredTokens(tokens) };
}

function write(draft: Draft, event: AuditEvent, before: State, now: State): void {
  const { networks, clients, tokens, days, day } = now;
  const isSame =
    networks === before.networks &&
    clients === before.clients &&
    tokens === before.tokens &&
    day === before.day;
  if (isSame) return;
  const stored: Stored =
    tokens === undefined
      ? [networks, clients, days, day]
      : [networks, clients, days, day, toStoredTokens(tokens)];
  draft.put(keyOf(event), stored);
}

export interface PlaceSigns {
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
  /** A place of the moved token was never seen of the agent, however short its history. */
  readonly isUnseen: boolean;
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

const differs = (a: string | undefined, b: string | undefined): boolean =>
  a !== undefined && b !== undefined && a !== b;

const isOther = (a: string | undefined, b: string | undefined): boolean =>
  differs(a, b) && clientName(a ?? '') !== clientName(b ?? '');

/** What is known of the places of a call before it is kept. */
interface Found {
  readonly networkDistance: Distance;
  readonly movedNetwork: boolean;
  readonly movedClient: boolean;
  /** To an outside network. */
  readonly isOutside: boolean;
  readonly isNetworkUnseen: boolean;
  readonly isClientUnseen: boolean;
}

function find({ networks, clients, tokens }: State, use: Use, before: Use | undefined): Found {
  const isNetworkUnseen = use.network !== undefined && isStranger(networks, use.network);
  const isClientUnseen = use.client !== undefined && isStranger(clients, clientName(use.client));
  const networkDistance = use.network === undefined ? 'far' : distanceOf(networks, use.network);
  const isOutside = isNetworkUnseen && networkDistance === 'far';
  const movedClient = isOther(before?.client, use.client);
  const moves = differs(before?.network, use.network);
  const isFamily = moves && familyOf(before?.network ?? '') !== familyOf(use.network ?? '');
  const keeps = tokens && (isFamily ? keepsFamily(tokens) : keepsNetwork(tokens));
  return {
    networkDistance,
    movedNetwork: moves && (isOutside || movedClient || keeps === true),
    movedClient,
    isOutside,
    isNetworkUnseen,
    isClientUnseen,
  };
}

interface Noticed extends Found {
  readonly use: Use;
  readonly before: Use | undefined;
  readonly isGranted: boolean;
  readonly isVoid: boolean;
}

/** A token keeps the place where it was first used; one whose move is told teaches no place, a denied call no token. */
function remembered(state: State, noticed: Noticed): State {
  const { use, before, movedNetwork, movedClient, isGranted, isVoid, networkDistance } = noticed;
  const [ms, teaches] = [epochMs(use.at), !movedNetwork && !movedClient];
  const day = Math.floor(ms / DAY_MS);
  const later = day > state.day ? { days: state.days + 1, day } : {};
  const visit = { ms, isGranted, isVoid };
  const networks =
    use.network === undefined || !teaches
      ? state.networks
      : visited(state.networks, { ...visit, name: use.network, distance: networkDistance });
  const clients =
    use.client === undefined || !teaches
      ? state.clients
      : visited(state.clients, { ...visit, name: clientName(use.client), distance: 'far' });
  if (isVoid) return { ...state, networks, clients };
  const tokens =
    before === undefined
      ? withFirstUse(state.tokens, use)
      : withLaterUse(state.tokens, before, use, movedClient || (movedNetwork && noticed.isOutside));
  return { ...state, networks, clients, tokens, ...later };
}

/** Whether the place that is strange says anything alone, and how often it was called from. */
function strangeness(state: State, { use, networkDistance, strange }: Strange) {
  const network = strange.network ? use.network : undefined;
  const client = strange.client ? use.client : undefined;
  const isFar = network !== undefined && networkDistance !== 'near';
  const { networks, clients, days } = state;
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

/** `hasHistory`: the agent had one before this call. Where most of its peers work, too, is not strange. */
export function placeSigns(
  draft: Draft,
  event: AuditEvent,
  hasHistory: boolean,
  registered?: RegistryAgent,
): PlaceSigns | undefined {
  const use = useOf(event);
  if (use === undefined) return undefined;
  const state = read(draft, event);
  const before = useOfToken(state.tokens, use.token);
  const found = find(state, use, before);
  const { movedNetwork, movedClient, isNetworkUnseen, isClientUnseen } = found;
  const isMoved = movedNetwork || movedClient;
  const isWithin = !isMoved && before !== undefined && before.network === use.network;
  const within =
    isWithin && state.tokens !== undefined ? movedWithin(state.tokens, before, use) : STAYS;
  const isSettled = hasHistory && state.days >= SETTLED_DAYS_MIN;
  const ms = epochMs(event.event_time);
  const isPlaceDeclared = isDeclared(draft, event, `network/${use.network ?? ''}`, ms);
  const isGranted = isPlaceDeclared || !isSettled;
  const isVoid = !showsHabit(event);
  const now = remembered(state, { ...found, use, before, isGranted, isVoid });
  write(draft, event, state, now);
  // After this call: what it granted, or what settled with it, is its own.
  const strange = {
    network:
      !isPlaceDeclared &&
      use.network !== undefined &&
      isStrange(now.networks, use.network, isSettled) &&
      !isPeersPlace(draft, event, registered, ['network', use.network]),
    client:
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
    isUnseen: (movedNetwork && isNetworkUnseen) || (movedClient && isClientUnseen),
  };
}

/** What a young agent's moved token showed is unknown and not yet strange. */
function isStrange(places: readonly Place[], name: string, isSettled: boolean): boolean {
  return isStranger(places, name) && (isSettled || places.some(([one]) => one === name));
}

/** What peers are told: the places that are its own, of an agent that has worked from any long enough. */
export function ownPlaces(draft: Draft, event: AuditEvent): readonly (readonly [string, number])[] {
  const { networks, clients, days } = read(draft, event);
  if (days < SETTLED_DAYS_MIN) return [];
  const told = (feature: PlaceFeature, places: readonly Place[]) =>
    places
      .filter(([name]) => !isStranger(places, name))
      .map(([name]) => [`${feature}/${placePrint(name)}`, days] as const);
  return [...told('network', networks), ...told('client', clients)];
}

/** An alert names these: they stay strange for as long as it may take to answer it. */
export function keepStrange(
  draft: Draft,
  event: AuditEvent,
  { network, client }: { readonly network?: string; readonly client?: string },
): void {
  const state = read(draft, event);
  const ms = epochMs(event.event_time);
  const networks = network === undefined ? state.networks : toldOf(state.networks, network, ms);
  const clients =
    client === undefined ? state.clients : toldOf(state.clients, clientName(client), ms);
  write(draft, event, state, { ...state, networks, clients });
}
