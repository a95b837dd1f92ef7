/** Parties in arguments: RFC 5322 lists and records. Unread ones are outside. */
import { extractValues } from '@waywarden/schemas';
import { addressParser } from 'postal-mime';
import { BoundedMap } from '../domain/bounded-map.ts';
import { ADDRESS_LENGTH_MAX, argumentNames, domainOf, type Party } from '../domain/destination.ts';
import { isObject } from '../formats/read-line.ts';

export const PARTY_NODES_MAX = 2_000;
const PARTY_DEPTH_MAX = 16;
const OTHER_NODES_MAX = 10_000;
const ADDRESS_LIST_LENGTH_MAX = 16_384;

/** Not read. */
export const UNREAD_PARTY: Party = { address: '', domain: undefined };

const NO_WORDS: ReadonlySet<string> = new Set();
const SEPARATOR = /[,;]/;
const INVISIBLE = /[\p{Cc}\p{Cf}\u2028\u2029]/u;
const URL_START = /^[a-z][a-z0-9+.-]{0,20}:\/\/\S*$/i;
/** Space around `@` is removed before. */
const MAILBOX = /[^\s,;:<>()"']{0,128}@[^\s,;:<>()"'@]{1,253}/g;
const SPACED_AT = /\s*@\s*/g;

const partyOf = (text: string): Party => ({
  address: text.slice(0, ADDRESS_LENGTH_MAX),
  domain: domainOf(text),
});

const count = (text: string) => text.split('@').length - 1;

function partiesOfText(given: string): readonly Party[] {
  const text = given.normalize('NFKC').trim();
  if (text === '') return [];
  if (text.length > ADDRESS_LIST_LENGTH_MAX && text.includes('@')) return [UNREAD_PARTY];
  const ats = count(text);
  const isList = ats > 1 || (ats === 1 && (SEPARATOR.test(text) || INVISIBLE.test(text)));
  if (!isList || URL_START.test(text)) return [partyOf(text)];
  const read = addressParser(text, { flatten: true }).map(({ address, name }) => address || name);
  const parties = read.filter((one) => one.trim() !== '').map(partyOf);
  const isWhole =
    read.every((one) => count(one) <= 1) && read.filter((one) => count(one) === 1).length === ats;
  if (isWhole && !INVISIBLE.test(text)) return parties;
  const others = (text.replace(SPACED_AT, '@').match(MAILBOX) ?? []).filter(
    (one) => !read.some((address) => address.toLowerCase() === one.toLowerCase()),
  );
  const isHidden = others.length === 0 && INVISIBLE.test(text);
  return [...parties, ...others.map(partyOf), ...(isHidden ? [UNREAD_PARTY] : [])];
}

/** Others are display names. */
const namesSomebody = (text: string) =>
  text.includes('@') || extractValues({ recipient: text }).values.length > 0;

class PartyReader {
  readonly found: Party[] = [];
  #left = PARTY_NODES_MAX;

  #add(parties: readonly Party[]): void {
    const room = PARTY_NODES_MAX - this.found.length;
    this.found.push(...parties.slice(0, room));
    if (parties.length > room) this.#cut();
  }

  #cut(): void {
    this.#left = 0;
    if (this.found.at(-1) !== UNREAD_PARTY) this.found.push(UNREAD_PARTY);
  }

  read(value: unknown, depth = 0): void {
    if (value === undefined || value === null || value === '') return;
    if (this.#left-- <= 0 || depth > PARTY_DEPTH_MAX) this.#cut();
    else if (typeof value === 'string') this.#add(partiesOfText(value));
    else if (Array.isArray(value)) for (const item of value) this.#next(item, depth);
    else if (typeof value === 'object') this.#record(value, depth);
    else this.#add([partyOf(String(value))]);
  }

  #next(value: unknown, depth: number): void {
    if (this.#left >= 0) this.read(value, depth + 1);
  }

  #record(record: object, depth: number): void {
    const before = this.found.length;
    const labels: string[] = [];
    for (const [name, value] of Object.entries(record)) {
      if (name.includes('@')) this.#next(name, depth);
      const isLabel = typeof value === 'string' && !namesSomebody(value);
      if (isLabel) labels.push(value);
      else if (typeof value !== 'boolean') this.#next(value, depth);
    }
    if (this.found.length > before) return;
    const [label] = labels.filter((text) => text.trim() !== '');
    this.#add([label === undefined ? UNREAD_PARTY : partyOf(label)]);
  }
}

const NAMES_MAX = 10_000;
const folded = new BoundedMap<string>(NAMES_MAX);
const NOT_WORD = /[^\p{L}\p{N}]+/gu;

/** `toRecipients`, `to_recipients`, `To-Recipients`. */
function foldedName(name: string): string {
  const known = folded.get(name);
  if (known !== undefined) return known;
  const made = name.normalize('NFKC').toLowerCase().replace(NOT_WORD, '');
  if (name.length <= ADDRESS_LENGTH_MAX) folded.set(name, made);
  return made;
}

const CAMEL = /(?<=[\p{Ll}\p{N}])(?=\p{Lu})/u;

export function addressWords(name: string): readonly string[] {
  return name
    .slice(0, ADDRESS_LENGTH_MAX)
    .split(/[^\p{L}\p{N}]+/u)
    .flatMap((part) => part.split(CAMEL))
    .filter((word) => word !== '')
    .map((word) => word.toLowerCase().replace(/s$/, ''));
}

export function namedValues(args: unknown, names: readonly string[]): readonly unknown[] {
  if (!isObject(args)) return [];
  const given = Object.keys(args);
  return names.flatMap((name) =>
    given.filter((one) => foldedName(one) === foldedName(name)).map((one) => args[one]),
  );
}

/** At any depth. */
function* otherRecipients(
  args: unknown,
  taken: ReadonlySet<unknown>,
  words: ReadonlySet<string>,
): Generator<Party> {
  const queue: unknown[] = [args];
  for (let at = 0; at < queue.length; at++) {
    const value = queue[at];
    if (typeof value !== 'object' || value === null) continue;
    for (const [name, inner] of Object.entries(value)) {
      if (queue.length >= OTHER_NODES_MAX) return yield UNREAD_PARTY;
      queue.push(inner);
      const addressed = Array.isArray(value) || taken.has(inner) ? [] : addressWords(name);
      if (addressed.length === 0 || !addressed.every((word) => words.has(word))) continue;
      const parties = partiesOf([inner]);
      if (parties.some(({ address }) => address.includes('@'))) yield* parties;
    }
  }
}

function partiesOf(values: readonly unknown[]): readonly Party[] {
  const reader = new PartyReader();
  for (const value of values) reader.read(value);
  return reader.found;
}

/** The last is UNREAD_PARTY where a bound ended it. */
export function partiesIn(
  args: unknown,
  pattern: string,
  words: ReadonlySet<string> = NO_WORDS,
): readonly Party[] {
  const named = namedValues(args, argumentNames(pattern));
  const parties = partiesOf(named);
  if (words.size === 0 || parties.length === 0) return parties;
  return [...parties, ...otherRecipients(args, new Set(named), words)];
}
