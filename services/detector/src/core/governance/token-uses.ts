/**
 * Where each of an agent's latest tokens was first used, and whether its tokens keep their network and their
 * address while they are used.
 */
import {
  ASSURANCES,
  type Assurance,
  assuranceAtLeast,
  epochMs,
  formatLogTime,
  longUuid,
  shortUuid,
} from '@waywarden/schemas';
import { keepWorthiest } from '../kept/keep-worthiest.ts';
import { fromDigits, toDigits } from '../kept/print-table.ts';

/** 48 bits of a token: one of sixteen is taken for another once in 10^13. */
export const TOKEN_PRINT = 8;
const EARLIER_PRINT = 11;
/** Tokens of an agent whose place is remembered; the one that is worth least makes room, of equals the earliest. */
const TOKENS_MAX = 16;
const LASTING_DAYS = 7;
/**
 * Tokens in a row that kept their address while they were used, before one that does not is odd; with each that
 * did not, twice as many, so that where it happens by itself now and then it is soon told no more.
 */
export const HOLDING_TOKENS_MIN = 50;
const MOVES_MAX = 10;
const COUNTS_MAX = 10_000;
const DAY_MS = 86_400_000;

export interface Use {
  /** Fingerprint of the token; undefined where the call shows none. */
  readonly token: string | undefined;
  readonly network: string | undefined;
  readonly client: string | undefined;
  /** The rest of the address. */
  readonly host?: string;
  readonly eventId: string;
  readonly at: string;
  readonly assurance: Assurance;
}

/**
 * A use as it is stored, in one string: fingerprint of the token, time, where network, client and assurance
 * stand in their lists, marks, and the day of the marks, in digits; the host, a space, the event's id.
 */
type StoredUse = string;
const TIME_DIGITS = 7;
const DAY_DIGITS = 3;
const LEVEL_AT = TOKEN_PRINT + TIME_DIGITS + 2;
const MARKS_AT = LEVEL_AT + 1;
const DAY_AT = MARKS_AT + 1;
const HOST_AT = DAY_AT + DAY_DIGITS;

/** Marks: it was used from the same address again; on that day from its network again, or from another. */
const AGAIN = 1;
const KEPT = 2;
const LEFT = 4;

export interface Tokens {
  /** Of networks and clients of tokens, which are a handful. */
  readonly names: readonly string[];
  /** One behind the other, earliest first; between two of them stands what stands in each, a space. */
  readonly uses: string;
  /** How many tokens in a row kept their address, and how many did not. */
  readonly holding: number;
  readonly moves: number;
  /** On how many days a token kept its network, and on how many it did not. */
  readonly kept: number;
  readonly left: number;
  /** A token was used by another version of its client. */
  readonly isUpdated: boolean;
}

/**
 * As they are stored; up to 1.73.0 uses were a list, and before that with names of fields, longer prints, and what
 * follows from the counts.
 */
export type StoredTokens = readonly [
  holding: number,
  moves: number,
  kept: number,
  left: number,
  names: readonly string[],
  uses: string | readonly StoredUse[],
  isUpdated?: 1,
];

/** Earlier versions stored names of fields, and did not know of updates. */
type EarlierTokens = Omit<Tokens, 'isUpdated' | 'uses'> & { readonly uses: readonly StoredUse[] };

export function toStoredTokens(tokens: Tokens): StoredTokens {
  const { holding, moves, kept, left, names, uses, isUpdated } = tokens;
  return isUpdated
    ? [holding, moves, kept, left, names, uses, 1]
    : [holding, moves, kept, left, names, uses];
}

function isPresent(stored: StoredTokens | EarlierTokens): stored is StoredTokens {
  return Array.isArray(stored);
}

export function fromStoredTokens(stored: StoredTokens | EarlierTokens): Tokens {
  if (isPresent(stored)) {
    const [holding, moves, kept, left, names, uses, updated] = stored;
    const joined = typeof uses === 'string' ? uses : uses.join(' ');
    return { names, uses: joined, holding, moves, kept, left, isUpdated: updated === 1 };
  }
  const { holding, moves, kept, left, names } = stored;
  const uses = stored.uses.map((one) => one.slice(0, TOKEN_PRINT) + one.slice(EARLIER_PRINT));
  return { names, uses: uses.join(' '), holding, moves, kept, left, isUpdated: false };
}

const NO_TOKENS: Tokens = {
  ...{ names: [], uses: '', isUpdated: false },
  ...{ holding: 0, moves: 0, kept: 0, left: 0 },
};

function toStored(names: readonly string[], use: Use): StoredUse {
  // Behind the last name stands none.
  const at = (name: string | undefined) =>
    toDigits(name === undefined ? names.length : names.indexOf(name), 1);
  const ms = toDigits(epochMs(use.at), TIME_DIGITS);
  const level = toDigits(ASSURANCES.indexOf(use.assurance), 1);
  const head = [use.token, ms, at(use.network), at(use.client), level, marksText(0, 0)].join('');
  return `${head}${use.host ?? ''} ${shortUuid(use.eventId)}`;
}

const marksText = (marks: number, day: number) => toDigits(marks, 1) + toDigits(day, DAY_DIGITS);
function fromStored(names: readonly string[], stored: StoredUse): Use {
  const numbers = stored.slice(TOKEN_PRINT, MARKS_AT);
  const space = stored.indexOf(' ', HOST_AT);
  const host = stored.slice(HOST_AT, space);
  const digit = (from: number) => fromDigits(numbers.charAt(TIME_DIGITS + from));
  return {
    token: stored.slice(0, TOKEN_PRINT),
    network: names[digit(0)],
    client: names[digit(1)],
    ...(host === '' ? {} : { host }),
    eventId: longUuid(stored.slice(space + 1)),
    at: formatLogTime({ ms: fromDigits(numbers.slice(0, TIME_DIGITS)), ns: 0 }),
    assurance: ASSURANCES[digit(2)] ?? 'asserted',
  };
}

/** Where this token was first used; undefined of one that is new, or of none. */
export function useOfToken(tokens: Tokens | undefined, token: string | undefined): Use | undefined {
  if (tokens === undefined || token === undefined) return undefined;
  const { names, uses } = tokens;
  const at = placeOf(uses, token);
  return at < 0 ? undefined : fromStored(names, uses.slice(at, endOf(uses, at)));
}

/** Where the use of this token begins; -1: it is not among them. */
function placeOf(uses: string, token: string): number {
  for (let at = 0; at < uses.length; at = endOf(uses, at) + 1) {
    if (uses.startsWith(token, at)) return at;
  }
  return -1;
}

/** Where the use ends that begins here: at the second space. */
function endOf(uses: string, at: number): number {
  const end = uses.indexOf(' ', uses.indexOf(' ', at) + 1);
  return end < 0 ? uses.length : end;
}

function listOf(uses: string): readonly StoredUse[] {
  const list: StoredUse[] = [];
  for (let at = 0; at < uses.length; at = endOf(uses, at) + 1) {
    list.push(uses.slice(at, endOf(uses, at)));
  }
  return list;
}

const isProven = (level: Assurance | undefined) =>
  level !== undefined && assuranceAtLeast(level, 'authenticated');
const isProvenUse = (stored: StoredUse) =>
  isProven(ASSURANCES[fromDigits(stored.charAt(LEVEL_AT))]);

/** One that was used on a later day too, within a week, is worth more; what is only asserted, less than either. */
const worthAt = (today: number) => (stored: StoredUse) => {
  const firstMs = fromDigits(stored.slice(TOKEN_PRINT, TOKEN_PRINT + TIME_DIGITS));
  const last = fromDigits(stored.slice(DAY_AT, HOST_AT));
  const isLasting = last > Math.floor(firstMs / DAY_MS) && last + LASTING_DAYS >= today;
  return (isProvenUse(stored) ? 2 : 0) + (isLasting ? 1 : 0);
};

/** With a new token among them, and the names that the others have. */
export function withFirstUse(tokens: Tokens | undefined, use: Use): Tokens | undefined {
  if (use.token === undefined) return tokens;
  const { names, uses: joined } = tokens ?? NO_TOKENS;
  const uses = listOf(joined);
  const isFull = uses.length >= TOKENS_MAX;
  if (isFull && !isProven(use.assurance) && uses.every(isProvenUse)) return tokens;
  const kept = keepWorthiest(uses, TOKENS_MAX - 1, worthAt(Math.floor(epochMs(use.at) / DAY_MS)));
  const all = [...kept.map((one) => fromStored(names, one)), use];
  const now = [...new Set(all.flatMap(({ network, client }) => [network, client]))].filter(
    (name): name is string => name !== undefined,
  );
  return {
    ...(tokens ?? NO_TOKENS),
    names: now,
    uses: [...kept.map((one) => renamed(one, names, now)), toStored(now, use)].join(' '),
  };
}

/** The same use where names stand elsewhere. */
function renamed(stored: StoredUse, before: readonly string[], now: readonly string[]): StoredUse {
  const at = TOKEN_PRINT + TIME_DIGITS;
  const moved = (digit: string) => {
    const name = before[fromDigits(digit)];
    return toDigits(name === undefined ? now.length : now.indexOf(name), 1);
  };
  return (
    stored.slice(0, at) +
    moved(stored.charAt(at)) +
    moved(stored.charAt(at + 1)) +
    stored.slice(at + 2)
  );
}

interface Counts {
  readonly holding: number;
  readonly moves: number;
  readonly kept: number;
  readonly left: number;
  readonly marks: number;
}

const needed = (moves: number): number => HOLDING_TOKENS_MIN * 2 ** moves;

/** What a further use from another address of the network, or from the same, says of addresses. */
function withHost(counts: Counts, known: Use, use: Use): Counts {
  const { holding, moves, marks } = counts;
  if (known.network !== use.network || known.host === undefined || use.host === undefined) {
    return counts;
  }
  if (known.host !== use.host) {
    if (holding === 0 && moves > 0) return counts;
    return { ...counts, holding: 0, moves: Math.min(MOVES_MAX, moves + 1) };
  }
  if ((marks & AGAIN) !== 0) return counts;
  return { ...counts, marks: marks | AGAIN, holding: Math.min(needed(moves), holding + 1) };
}

/** And of networks: a token's day counts once, and as one that left where it did at all. */
function withNetwork(counts: Counts, known: Use, use: Use): Counts {
  const { kept, left, marks } = counts;
  if (known.network === undefined || use.network === undefined) return counts;
  if (known.network === use.network) {
    if ((marks & (KEPT | LEFT)) !== 0) return counts;
    return { ...counts, marks: marks | KEPT, kept: Math.min(COUNTS_MAX, kept + 1) };
  }
  if ((marks & LEFT) !== 0) return counts;
  const back = (marks & KEPT) === 0 ? 0 : 1;
  return {
    ...counts,
    marks: marks | LEFT,
    kept: kept - back,
    left: Math.min(COUNTS_MAX, left + 1),
  };
}

/** What a token's further use says of whether tokens keep their place; `isTold`: it went where none of its tokens may. */
export function withLaterUse(
  tokens: Tokens | undefined,
  known: Use,
  use: Use,
  isTold: boolean,
): Tokens | undefined {
  if (tokens === undefined || isTold) return tokens;
  if (isProven(known.assurance) && !isProven(use.assurance)) return tokens;
  const at = placeOf(tokens.uses, known.token ?? '');
  if (at < 0) return tokens;
  const stored = tokens.uses.slice(at, endOf(tokens.uses, at));
  const day = Math.floor(epochMs(use.at) / DAY_MS);
  const markedDay = fromDigits(stored.slice(DAY_AT, HOST_AT));
  const before = fromDigits(stored.charAt(MARKS_AT));
  const marks = day > markedDay ? before & AGAIN : before;
  const { holding, moves, kept, left } = tokens;
  const counts = { holding, moves, kept, left, marks };
  const now = withNetwork(withHost(counts, known, use), known, use);
  const isOther = known.client !== undefined && use.client !== undefined;
  const isUpdated = tokens.isUpdated || (isOther && known.client !== use.client);
  if (now === counts) return isUpdated === tokens.isUpdated ? tokens : { ...tokens, isUpdated };
  const marked =
    tokens.uses.slice(0, at + MARKS_AT) +
    marksText(now.marks, Math.max(day, markedDay)) +
    tokens.uses.slice(at + HOST_AT);
  return {
    ...{ holding: now.holding, moves: now.moves, kept: now.kept, left: now.left },
    isUpdated,
    names: tokens.names,
    uses: marked,
  };
}

export const keepsHost = ({ holding, moves }: Tokens): boolean => holding >= needed(moves);
