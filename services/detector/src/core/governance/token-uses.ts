/**
 * Where each of an agent's latest tokens was first used, and whether its tokens keep their network and their
 * address while they are used.
 */
import {
  type Assurance,
  assuranceAtLeast,
  epochMs,
  formatLogTime,
  longUuid,
  SHORT_UUID_LENGTH,
  shortUuid,
} from '@waywarden/schemas';
import { keepWorthiest } from '../kept/keep-worthiest.ts';
import { digitAt, fromDigits, toDigits } from '../kept/print-table.ts';
import { type EarlierTokens, type ReadTokens, readEarlierTokens } from './earlier-tokens.ts';
import {
  NO_PLACES,
  placeAt,
  type TokenPlace,
  type TokenPlaces,
  withPlace,
} from './token-places.ts';

/** 48 bits of a token: one of sixteen is taken for another once in 10^13. */
export const TOKEN_PRINT = 8;
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

export interface Use extends TokenPlace {
  /** Fingerprint of the token; undefined where the call shows none. */
  readonly token: string | undefined;
  readonly eventId: string;
  readonly at: string;
}

/**
 * A use as it is stored, in one string: fingerprint of the token, time, which place it was, marks and the day of the
 * marks, in digits; the event's id. Network, client, host and assurance are the same of most tokens, so they stand
 * once (`token-places.ts`).
 */
type StoredUse = string;
const TIME_DIGITS = 7;
const PLACE_AT = TOKEN_PRINT + TIME_DIGITS;
const MARKS_AT = PLACE_AT + 1;
const DAY_AT = MARKS_AT + 1;
const DAY_DIGITS = 2;
const ID_AT = DAY_AT + DAY_DIGITS;
const END = ID_AT + SHORT_UUID_LENGTH;
/** Before an id that has another length, which ends with a space. */
const OTHER_ID = '=';
/** Days of marks are told from so many before the first use on: what is late may be earlier. */
const DAYS_BEFORE = 1024;

/** Marks: it was used from the same address again; on that day from its network again, or from another. */
const AGAIN = 1;
const KEPT = 2;
const LEFT = 4;

export interface Tokens {
  readonly places: TokenPlaces;
  /** One behind the other, earliest first. */
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

export type StoredTokens = readonly [
  holding: number,
  moves: number,
  kept: number,
  left: number,
  ...places: TokenPlaces,
  uses: string,
  isUpdated?: 1,
];

export function toStoredTokens(tokens: Tokens): StoredTokens {
  const { holding, moves, kept, left, places, uses, isUpdated } = tokens;
  const [names, rows] = places;
  return isUpdated
    ? [holding, moves, kept, left, names, rows, uses, 1]
    : [holding, moves, kept, left, names, rows, uses];
}

function isPresent(stored: StoredTokens | EarlierTokens): stored is StoredTokens {
  return Array.isArray(stored) && typeof stored[6] === 'string';
}

export function fromStoredTokens(stored: StoredTokens | EarlierTokens): Tokens {
  if (!isPresent(stored)) return adopted(readEarlierTokens(stored));
  const [holding, moves, kept, left, names, rows, uses] = stored;
  const isUpdated = stored[7] === 1;
  return { places: [names, rows], uses, holding, moves, kept, left, isUpdated };
}

function adopted({ uses, ...counts }: ReadTokens): Tokens {
  let [places, joined]: [TokenPlaces, string] = [NO_PLACES, ''];
  for (const { marks, day, ...use } of uses) {
    const [now, place] = withPlace(places, use);
    places = now;
    joined += toStored(place, use, marksText(marks, marks === 0 ? undefined : day, dayOf(use)));
  }
  return { ...counts, places, uses: joined };
}

const NO_TOKENS: Tokens = {
  ...{ places: NO_PLACES, uses: '', isUpdated: false },
  ...{ holding: 0, moves: 0, kept: 0, left: 0 },
};

const dayOf = (use: Pick<Use, 'at'>) => Math.floor(epochMs(use.at) / DAY_MS);

function toStored(place: number, use: Use, marks: string): StoredUse {
  const id = shortUuid(use.eventId);
  const isShort = id.length === SHORT_UUID_LENGTH;
  const ms = toDigits(epochMs(use.at), TIME_DIGITS);
  const head = `${use.token ?? ''}${ms}${toDigits(place, 1)}${marks}`;
  return head + (isShort ? id : `${OTHER_ID}${id} `);
}

/** `day`: left out where nothing is marked; `first`: of the first use. */
function marksText(marks: number, day: number | undefined, first: number): string {
  const from = day === undefined ? 0 : Math.max(0, day - first + DAYS_BEFORE);
  return toDigits(marks, 1) + toDigits(from, DAY_DIGITS);
}

const msOf = (stored: StoredUse) => fromDigits(stored.slice(TOKEN_PRINT, PLACE_AT));

function fromStored(places: TokenPlaces, stored: StoredUse): Use {
  const id = stored.slice(ID_AT);
  return {
    token: stored.slice(0, TOKEN_PRINT),
    ...placeAt(places, digitAt(stored, PLACE_AT)),
    eventId: longUuid(id.startsWith(OTHER_ID) ? id.slice(1, -1) : id),
    at: formatLogTime({ ms: msOf(stored), ns: 0 }),
  };
}

/** Where this token was first used; undefined of one that is new, or of none. */
export function useOfToken(tokens: Tokens | undefined, token: string | undefined): Use | undefined {
  if (tokens === undefined || token === undefined) return undefined;
  const { places, uses } = tokens;
  const at = whereOf(uses, token);
  return at < 0 ? undefined : fromStored(places, uses.slice(at, endOf(uses, at)));
}

/** Where the use of this token begins; -1: it is not among them. */
function whereOf(uses: string, token: string): number {
  for (let at = 0; at < uses.length; at = endOf(uses, at)) {
    if (uses.startsWith(token, at)) return at;
  }
  return -1;
}

/** Where the use ends that begins here. */
function endOf(uses: string, at: number): number {
  return uses.charAt(at + ID_AT) === OTHER_ID ? uses.indexOf(' ', at + ID_AT) + 1 : at + END;
}

function listOf(uses: string): readonly StoredUse[] {
  const list: StoredUse[] = [];
  for (let at = 0; at < uses.length; at = endOf(uses, at)) {
    list.push(uses.slice(at, endOf(uses, at)));
  }
  return list;
}

const isProven = (level: Assurance) => assuranceAtLeast(level, 'authenticated');
const isProvenUse = (places: TokenPlaces) => (stored: StoredUse) =>
  isProven(placeAt(places, digitAt(stored, PLACE_AT)).assurance);

const firstDayOf = (stored: StoredUse) => Math.floor(msOf(stored) / DAY_MS);
/** The day of its marks; one before the first use where none are. */
const markedDayOf = (stored: StoredUse) =>
  firstDayOf(stored) + fromDigits(stored.slice(DAY_AT, ID_AT)) - DAYS_BEFORE;

/** One that was used on a later day too, within a week, is worth more; what is only asserted, less than either. */
const worthAt = (places: TokenPlaces, today: number) => (stored: StoredUse) => {
  const last = markedDayOf(stored);
  const isLasting = last > firstDayOf(stored) && last + LASTING_DAYS >= today;
  return (isProvenUse(places)(stored) ? 2 : 0) + (isLasting ? 1 : 0);
};

/** With a new token among them, and the places that the others have. */
export function withFirstUse(tokens: Tokens | undefined, use: Use): Tokens | undefined {
  if (use.token === undefined) return tokens;
  const { places: before, uses: joined } = tokens ?? NO_TOKENS;
  const all = listOf(joined);
  const isFull = all.length >= TOKENS_MAX;
  if (isFull && !isProven(use.assurance) && all.every(isProvenUse(before))) return tokens;
  let [places, uses]: [TokenPlaces, string] = [NO_PLACES, ''];
  for (const one of keepWorthiest(all, TOKENS_MAX - 1, worthAt(before, dayOf(use)))) {
    const [now, place] = withPlace(places, placeAt(before, digitAt(one, PLACE_AT)));
    places = now;
    uses += one.slice(0, PLACE_AT) + toDigits(place, 1) + one.slice(PLACE_AT + 1);
  }
  const [now, place] = withPlace(places, use);
  uses += toStored(place, use, marksText(0, undefined, 0));
  return { ...(tokens ?? NO_TOKENS), places: now, uses };
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
  const at = whereOf(tokens.uses, known.token ?? '');
  if (at < 0) return tokens;
  const stored = tokens.uses.slice(at, endOf(tokens.uses, at));
  const day = Math.floor(epochMs(use.at) / DAY_MS);
  const first = firstDayOf(stored);
  const markedDay = markedDayOf(stored);
  const before = digitAt(stored, MARKS_AT);
  const marks = day > markedDay ? before & AGAIN : before;
  const { holding, moves, kept, left } = tokens;
  const counts = { holding, moves, kept, left, marks };
  const now = withNetwork(withHost(counts, known, use), known, use);
  const isOther = known.client !== undefined && use.client !== undefined;
  const isUpdated = tokens.isUpdated || (isOther && known.client !== use.client);
  if (now === counts) return isUpdated === tokens.isUpdated ? tokens : { ...tokens, isUpdated };
  const marked =
    tokens.uses.slice(0, at + MARKS_AT) +
    marksText(now.marks, Math.max(day, markedDay), first) +
    tokens.uses.slice(at + ID_AT);
  return {
    ...{ holding: now.holding, moves: now.moves, kept: now.kept, left: now.left },
    isUpdated,
    places: tokens.places,
    uses: marked,
  };
}

export const keepsHost = ({ holding, moves }: Tokens): boolean => holding >= needed(moves);
