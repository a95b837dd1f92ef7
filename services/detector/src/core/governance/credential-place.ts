/**
 * From where an agent calls: its networks and clients, and where each of its tokens was first used. What
 * it says of a call are signs; `stolen-credential.ts` joins them with others to one alert.
 *
 * Networks are compared by their first 24 bits (IPv4) or 48 (IPv6): addresses inside one change by
 * themselves. Where they never did, with `HOLDING_TOKENS_MIN` tokens one after the other, a token that changes
 * its address within the network is told too: somebody beside the agent may hold it. A place becomes known three days after it was first seen, so that who comes once today is
 * no habit tomorrow; until the agent has a week of history every place is known at once.
 */
import {
  ASSURANCES,
  type Assurance,
  type AuditEvent,
  epochMs,
  formatLogTime,
  longUuid,
  PRINT_LENGTH,
  shortPrint,
  shortUuid,
} from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';
import { agentKey } from '../kept/agent-key.ts';
import { fromDigits, toDigits } from '../kept/print-table.ts';
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
/**
 * Tokens in a row that kept their address while they were used, before one that does not is odd; with each that
 * did not, twice as many, so that where it happens by itself now and then it is soon told no more.
 */
export const HOLDING_TOKENS_MIN = 50;
const MOVES_MAX = 10;

export interface Use {
  /** Fingerprint of the token. */
  readonly token: string;
  readonly network: string | undefined;
  readonly client: string | undefined;
  /** The rest of the address. */
  readonly host?: string;
  /** It was used from the same address again. */
  readonly again?: true;
  readonly eventId: string;
  readonly at: string;
  readonly assurance: Assurance;
}

/** A place, and when it was first seen if that was after the agent had settled. */
type Place = readonly [name: string, strangeSinceMs?: number];

/**
 * A use as it is stored, in one string: fingerprint of the token, time, and where network, client and
 * assurance stand in their lists, and whether it was used there again, in digits; the host, a space, the
 * event's id.
 */
type StoredUse = string;
const TIME_DIGITS = 7;
const AGAIN = toDigits(1, 1);
/** Where the last digit stands, and where the host begins. */
const AGAIN_AT = PRINT_LENGTH + TIME_DIGITS + 3;
const HOST_AT = AGAIN_AT + 1;

/** As it is stored. `names`: of networks and clients of tokens, which are a handful. */
interface State {
  readonly networks: readonly Place[];
  readonly clients: readonly Place[];
  readonly names: readonly string[];
  readonly tokens: readonly StoredUse[];
  /** How many tokens in a row kept their address. */
  readonly holding: number;
  /** How many did not. */
  readonly moves: number;
}

type Stored = readonly [
  networks: State['networks'],
  clients: State['clients'],
  names: State['names'],
  tokens: State['tokens'],
  holding: number,
  moves: number,
];

function fromStored(stored: Stored | undefined): State {
  const [networks, clients, names, tokens, holding, moves] = stored ?? [[], [], [], [], 0, 0];
  return { networks, clients, names, tokens, holding, moves };
}

function toStoredUse(names: readonly string[], use: Use): StoredUse {
  // Behind the last name stands none.
  const at = (name: string | undefined) =>
    toDigits(name === undefined ? names.length : names.indexOf(name), 1);
  const ms = toDigits(epochMs(use.at), TIME_DIGITS);
  const level = toDigits(ASSURANCES.indexOf(use.assurance), 1);
  const again = toDigits(use.again === true ? 1 : 0, 1);
  const head = [use.token, ms, at(use.network), at(use.client), level, again].join('');
  return `${head}${use.host ?? ''} ${shortUuid(use.eventId)}`;
}

function useFrom(names: readonly string[], stored: StoredUse): Use {
  const numbers = stored.slice(PRINT_LENGTH, HOST_AT);
  const space = stored.indexOf(' ', HOST_AT);
  const host = stored.slice(HOST_AT, space);
  const digit = (from: number) => fromDigits(numbers.charAt(TIME_DIGITS + from));
  return {
    token: stored.slice(0, PRINT_LENGTH),
    network: names[digit(0)],
    client: names[digit(1)],
    ...(host === '' ? {} : { host }),
    ...(digit(3) === 1 ? { again: true } : {}),
    eventId: longUuid(stored.slice(space + 1)),
    at: formatLogTime({ ms: fromDigits(numbers.slice(0, TIME_DIGITS)), ns: 0 }),
    assurance: ASSURANCES[digit(2)] ?? 'asserted',
  };
}

/** The uses with a new one among them, and the names that they have. */
function withUse({ names, tokens }: State, use: Use): Pick<State, 'names' | 'tokens'> {
  const uses = [...tokens.map((one) => useFrom(names, one)), use].slice(-TOKENS_MAX);
  const all = uses.flatMap(({ network, client }) => [network, client]);
  const now = [...new Set(all)].filter((name): name is string => name !== undefined);
  return { names: now, tokens: uses.map((one) => toStoredUse(now, one)) };
}

export interface PlaceSigns {
  readonly use: Use;
  /** Where the same token was used first, if that was elsewhere. */
  readonly before?: Use;
  readonly movedNetwork: boolean;
  readonly movedClient: boolean;
  /** To another address of the same network, which its tokens never did. */
  readonly movedHost: boolean;
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

function hostOf(ip: string | undefined, network: string | undefined): string | undefined {
  return ip === undefined || network === undefined ? undefined : ip.slice(network.length + 1);
}

function useOf(event: AuditEvent): Use | undefined {
  const uid = event.credential?.uid ?? event.credential?.fp;
  const network = networkOf(event.src?.ip);
  const client = event.src?.user_agent?.slice(0, CLIENT_LENGTH);
  if (uid === undefined || (network === undefined && client === undefined)) return undefined;
  const { event_id: eventId, event_time: at } = event;
  const host = hostOf(event.src?.ip, network);
  const assurance = decisiveAssurance(event);
  const token = shortPrint(uid);
  return {
    token,
    network,
    client,
    ...(host === undefined ? {} : { host }),
    eventId,
    at,
    assurance,
  };
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
  readonly before: Use | undefined;
  readonly use: Use;
  readonly isMoved: boolean;
  readonly strangeSince: number | undefined;
}

/** A token keeps the place where it was first used; a moved one teaches no place. */
function remember(
  draft: Draft,
  key: string,
  { state, before, use, isMoved, strangeSince }: Noticed,
): State {
  const networks = isMoved ? state.networks : withPlace(state.networks, use.network, strangeSince);
  const clients = isMoved ? state.clients : withPlace(state.clients, use.client, strangeSince);
  const held = isMoved || before === undefined ? undefined : heldBy(state, before, use);
  const isSame = networks === state.networks && clients === state.clients && held === undefined;
  if (before !== undefined && isSame) return state;
  const fresh = before === undefined ? withUse(state, use) : {};
  const now: State = { ...state, networks, clients, ...fresh, ...held };
  const { names, tokens, holding, moves } = now;
  draft.put(key, [networks, clients, names, tokens, holding, moves] satisfies Stored);
  return now;
}

const needed = ({ moves }: State): number => HOLDING_TOKENS_MIN * 2 ** moves;

/** What a token's further use says of whether tokens keep their address; undefined when nothing new. */
function heldBy(
  state: State,
  known: Use,
  use: Use,
): Pick<State, 'tokens' | 'holding' | 'moves'> | undefined {
  const { tokens, moves, holding } = state;
  if (differs(known.host, use.host)) {
    if (holding === 0 && moves > 0) return undefined;
    return { tokens, holding: 0, moves: Math.min(MOVES_MAX, moves + 1) };
  }
  if (known.again === true || known.host === undefined || use.host === undefined) return undefined;
  const marked = tokens.map((one): StoredUse => {
    if (!one.startsWith(use.token)) return one;
    return one.slice(0, AGAIN_AT) + AGAIN + one.slice(HOST_AT);
  });
  return { tokens: marked, moves, holding: Math.min(needed(state), holding + 1) };
}

/** `isSettled`: the agent had a history before this call. */
export function placeSigns(
  draft: Draft,
  event: AuditEvent,
  isSettled: boolean,
): PlaceSigns | undefined {
  const use = useOf(event);
  if (use === undefined) return undefined;
  // Under a name of its own: earlier versions kept places in other forms.
  const key = agentKey(event, 'shown');
  const state = fromStored(draft.get<Stored>(key));
  const first = state.tokens.find((one) => one.startsWith(use.token));
  const before = first === undefined ? undefined : useFrom(state.names, first);
  const movedNetwork = before !== undefined && differs(before.network, use.network);
  const movedClient = before !== undefined && differs(before.client, use.client);
  const isMoved = movedNetwork || movedClient;
  const isHolding = state.holding >= needed(state);
  const movedHost = !isMoved && isHolding && differs(before?.host, use.host);
  const isUnseen =
    (movedNetwork && !has(state.networks, use.network)) ||
    (movedClient && !has(state.clients, use.client));
  const ms = epochMs(event.event_time);
  const strangeSince = isSettled ? ms : undefined;
  const { networks, clients } = remember(draft, key, {
    state,
    before,
    use,
    isMoved,
    strangeSince,
  });
  const isNetworkDeclared = isDeclared(draft, event, `network/${use.network ?? ''}`, ms);
  const unknown = (known: readonly Place[], name: string | undefined) =>
    isStrange(known, name, ms) || (isSettled && !has(known, name));
  return {
    use,
    ...((isMoved || movedHost) && before !== undefined ? { before } : {}),
    movedNetwork,
    movedClient,
    movedHost,
    strangeNetwork: unknown(networks, use.network) && !isNetworkDeclared,
    strangeClient: unknown(clients, use.client) && !isNetworkDeclared,
    isUnseen,
  };
}
