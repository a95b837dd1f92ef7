/**
 * From where an agent calls: its networks and clients, and where each of its tokens was first used. What
 * it says of a call are signs; `stolen-credential.ts` joins them with others to one alert.
 *
 * Networks are compared by their first 24 bits (IPv4) or 48 (IPv6): addresses inside one change by
 * themselves. A place becomes known three days after it was first seen, so that who comes once today is
 * no habit tomorrow; until the agent has a week of history every place is known at once.
 */
import { type Assurance, type AuditEvent, epochMs } from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';
import { decisiveAssurance } from '../profile/decisive-assurance.ts';
import { isDeclared } from '../profile/declarations.ts';

/** Tokens of an agent whose place is remembered, and networks and clients of it. */
const TOKENS_MAX = 16;
const PLACES_MAX = 16;
/** Characters kept of a client's name. */
const CLIENT_LENGTH = 40;
/** Calls and time before an agent's places are a habit. */
export const SETTLED_MIN = { calls: 50, ms: 7 * 86_400_000 } as const;
const KNOWN_AFTER_MS = 3 * 86_400_000;

export interface Use {
  readonly uid: string;
  readonly network: string | undefined;
  readonly client: string | undefined;
  readonly eventId: string;
  readonly at: string;
  readonly assurance: Assurance;
}

/** A place, and when it was first seen if that was after the agent had settled. */
type Place = readonly [name: string, strangeSinceMs?: number];

interface State {
  readonly tokens: readonly Use[];
  readonly networks: readonly Place[];
  readonly clients: readonly Place[];
}

const NOTHING: State = { tokens: [], networks: [], clients: [] };

export interface PlaceSigns {
  readonly use: Use;
  /** Where the same token was used first, if that was elsewhere. */
  readonly before?: Use;
  readonly movedNetwork: boolean;
  readonly movedClient: boolean;
  /** Never seen of this agent before it had settled, nor for three days since. */
  readonly strangeNetwork: boolean;
  readonly strangeClient: boolean;
  /** A place of the moved token was never seen of the agent, however short its history. */
  readonly isUnseen: boolean;
}

function networkOf(ip: string | undefined): string | undefined {
  if (ip === undefined) return undefined;
  return ip.includes(':')
    ? ip.split(':').slice(0, 3).join(':')
    : ip.split('.').slice(0, 3).join('.');
}

function useOf(event: AuditEvent): Use | undefined {
  const uid = event.credential?.uid ?? event.credential?.fp;
  const network = networkOf(event.src?.ip);
  const client = event.src?.user_agent?.slice(0, CLIENT_LENGTH);
  if (uid === undefined || (network === undefined && client === undefined)) return undefined;
  const { event_id: eventId, event_time: at } = event;
  return { uid, network, client, eventId, at, assurance: decisiveAssurance(event) };
}

const differs = (a: string | undefined, b: string | undefined): boolean =>
  a !== undefined && b !== undefined && a !== b;

const has = (known: readonly Place[], name: string | undefined): boolean =>
  name === undefined || known.some(([one]) => one === name);

/** Seen first after the agent had settled, and not long ago. */
function isStrange(known: readonly Place[], name: string | undefined, ms: number): boolean {
  const since = known.find(([one]) => one === name)?.[1];
  return since !== undefined && ms - since < KNOWN_AFTER_MS;
}

function withPlace(known: readonly Place[], name: string | undefined, strangeSince?: number) {
  if (name === undefined || has(known, name)) return known;
  const place: Place = strangeSince === undefined ? [name] : [name, strangeSince];
  return [...known, place].slice(-PLACES_MAX);
}

interface Noticed {
  readonly state: State;
  readonly use: Use;
  readonly isMoved: boolean;
  readonly strangeSince: number | undefined;
}

/** A token keeps the place where it was first used; a moved one teaches no place. */
function remember(
  draft: Draft,
  key: string,
  { state, use, isMoved, strangeSince }: Noticed,
): State {
  const isKnown = state.tokens.some(({ uid }) => uid === use.uid);
  const networks = isMoved ? state.networks : withPlace(state.networks, use.network, strangeSince);
  const clients = isMoved ? state.clients : withPlace(state.clients, use.client, strangeSince);
  if (isKnown && networks === state.networks && clients === state.clients) return state;
  const tokens = isKnown ? state.tokens : [...state.tokens, use].slice(-TOKENS_MAX);
  const now = { tokens, networks, clients };
  draft.put(key, now);
  return now;
}

/** `isSettled`: the agent had a history before this call. */
export function placeSigns(
  draft: Draft,
  event: AuditEvent,
  isSettled: boolean,
): PlaceSigns | undefined {
  const use = useOf(event);
  if (use === undefined) return undefined;
  // Under a name of its own: an earlier version kept places in another form.
  const key = `whereabouts|${event.tenant_id}|${event.agent.uid}`;
  const state = draft.get<State>(key) ?? NOTHING;
  const before = state.tokens.find(({ uid }) => uid === use.uid);
  const movedNetwork = before !== undefined && differs(before.network, use.network);
  const movedClient = before !== undefined && differs(before.client, use.client);
  const isMoved = movedNetwork || movedClient;
  const isUnseen =
    (movedNetwork && !has(state.networks, use.network)) ||
    (movedClient && !has(state.clients, use.client));
  const ms = epochMs(event.event_time);
  const strangeSince = isSettled ? ms : undefined;
  const { networks, clients } = remember(draft, key, { state, use, isMoved, strangeSince });
  const isNetworkDeclared = isDeclared(draft, event, `network/${use.network ?? ''}`, ms);
  const unknown = (known: readonly Place[], name: string | undefined) =>
    isStrange(known, name, ms) || (isSettled && !has(known, name));
  return {
    use,
    ...(isMoved ? { before } : {}),
    movedNetwork,
    movedClient,
    strangeNetwork: unknown(networks, use.network) && !isNetworkDeclared,
    strangeClient: unknown(clients, use.client) && !isNetworkDeclared,
    isUnseen,
  };
}
