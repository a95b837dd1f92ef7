/**
 * The one codec of what is stored many times of an agent: records declared by shape, of fixed width, in one string, a
 * tenth of the size of objects. The first field is the key. State is a cache of the log: another shape rebuilds it.
 */

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const BASE = DIGITS.length;
const VALUES = new Int8Array(128).fill(-1);
for (let at = 0; at < BASE; at += 1) VALUES[DIGITS.charCodeAt(at)] = at;

/** Lengths of fingerprints, by their bits. */
export const PRINT_24 = 4;
export const PRINT_36 = 6;
export const PRINT_48 = 8;

export interface Field<T> {
  readonly length: number;
  readonly write: (value: T) => string;
  readonly read: (text: string) => T;
}

/** A fingerprint's first `length` characters. */
export const print = (length: number): Field<string> => ({
  ...{ length, write: (value) => value.slice(0, length), read: (text) => text },
});

function digitsOf(value: number, length: number): string {
  let [rest, text] = [value, ''];
  for (let at = 0; at < length; at += 1) {
    text = DIGITS.charAt(rest % BASE) + text;
    rest = Math.floor(rest / BASE);
  }
  return text;
}

function numberOf(text: string): number {
  let value = 0;
  for (let at = 0; at < text.length; at += 1) {
    value = value * BASE + (VALUES[text.charCodeAt(at)] ?? -1);
  }
  return value;
}

/** From 0 to 64 to the power of `count`, less one; what is larger is the largest. */
export function digits(count: number): Field<number> {
  const most = mostOf(count);
  return {
    length: count,
    write: (value) => digitsOf(Math.min(value, most), count),
    read: numberOf,
  };
}

/** Multiplied: powers are floating point. */
export function mostOf(count: number): number {
  let most = 1;
  for (let at = 0; at < count; at += 1) most *= BASE;
  return most - 1;
}

type Shape = Readonly<Record<string, Field<string> | Field<number>>>;
type RecordOf<S extends Shape> = {
  readonly [K in keyof S]: S[K] extends Field<infer T> ? T : never;
};

interface RecordTable<R> {
  /** -1 where there is none. `key`: as written, or how it begins. */
  readonly indexOf: (table: string, key: string) => number;
  readonly has: (table: string, key: string) => boolean;
  readonly find: (table: string, key: string) => R | undefined;
  readonly at: (table: string, index: number) => R | undefined;
  readonly all: (table: string) => readonly R[];
  readonly count: (table: string) => number;
  /** As the latest; beyond the most, the first are forgotten. */
  readonly add: (table: string, record: R) => string;
  readonly replace: (table: string, index: number, record: R) => string;
  readonly without: (table: string, index: number) => string;
}

export function recordTable<const S extends Shape>(
  shape: S,
  most: number,
): RecordTable<RecordOf<S>> {
  type R = RecordOf<S>;
  const fields = Object.entries(shape) as [keyof S, Field<unknown>][];
  const width = fields.reduce((sum, [, { length }]) => sum + length, 0);
  const write = (record: R) => fields.map(([name, field]) => field.write(record[name])).join('');
  const at = (table: string, index: number): R | undefined => {
    let from = index * width;
    if (index < 0 || from >= table.length) return undefined;
    const record: Partial<Record<keyof S, unknown>> = {};
    for (const [name, { length, read }] of fields) {
      record[name] = read(table.slice(from, from + length));
      from += length;
    }
    return record as R;
  };
  const indexOf = (table: string, key: string): number => {
    let from = table.indexOf(key);
    while (from >= 0 && from % width !== 0) from = table.indexOf(key, from + 1);
    return from < 0 ? -1 : from / width;
  };
  const replace = (table: string, index: number, text: string) =>
    index < 0 ? table : table.slice(0, index * width) + text + table.slice((index + 1) * width);
  const count = (table: string) => table.length / width;
  return {
    ...{ indexOf, at, count },
    has: (table, key) => indexOf(table, key) >= 0,
    find: (table, key) => at(table, indexOf(table, key)),
    all: (table) => Array.from({ length: count(table) }, (_, index) => at(table, index) as R),
    add: (table, record) => (table + write(record)).slice(-most * width),
    replace: (table, index, record) => replace(table, index, write(record)),
    without: (table, index) => replace(table, index, ''),
  };
}

interface PrintSet {
  readonly has: (set: string, print: string) => boolean;
  readonly count: (set: string) => number;
  /** The latest; one that is known stays where it is. */
  readonly add: (set: string, ...prints: readonly string[]) => string;
  readonly without: (set: string, print: string) => string;
}

/** Fingerprints alone. */
export function printSet(length: number, most: number): PrintSet {
  const table = recordTable({ print: print(length) }, most);
  const keyOf = (one: string) => one.slice(0, length);
  return {
    has: (set, one) => table.has(set, keyOf(one)),
    count: table.count,
    add: (set, ...prints) =>
      prints.reduce(
        (all, one) => (table.has(all, keyOf(one)) ? all : table.add(all, { print: one })),
        set,
      ),
    without: (set, one) => table.without(set, table.indexOf(set, keyOf(one))),
  };
}
