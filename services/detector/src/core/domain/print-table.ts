/**
 * A table of short fingerprints in one string, records of fixed width, oldest first: a tenth of the size of keys of
 * their own.
 */

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const BASE = DIGITS.length;
/** By character code. */
const VALUES = new Int8Array(128).fill(-1);
for (let at = 0; at < BASE; at += 1) VALUES[DIGITS.charCodeAt(at)] = at;

/** Lengths of prints in tables, by their bits. */
export const PRINT_24 = 4;
export const PRINT_36 = 6;
export const PRINT_48 = 8;

/** Multiplied: powers are floating point. */
export function mostOf(length: number): number {
  let most = 1;
  for (let at = 0; at < length; at += 1) most *= BASE;
  return most - 1;
}

/** What is larger is the largest. */
export function toDigits(value: number, length: number): string {
  let rest = Math.min(value, mostOf(length));
  let text = '';
  for (let at = 0; at < length; at += 1) {
    text = DIGITS.charAt(rest % BASE) + text;
    rest = Math.floor(rest / BASE);
  }
  return text;
}

export function fromDigits(text: string): number {
  let value = 0;
  for (let at = 0; at < text.length; at += 1) {
    value = value * BASE + (VALUES[text.charCodeAt(at)] ?? -1);
  }
  return value;
}

/** -1 where there is none. `first`: where records begin. */
export function findPrint(table: string, print: string, width: number, first = 0): number {
  let at = table.indexOf(print, first);
  while (at >= 0 && (at - first) % width !== 0) at = table.indexOf(print, at + 1);
  return at;
}

/** Not for each event: every record is a text of its own. */
export function eachRecord(table: string, width: number): readonly string[] {
  const all: string[] = [];
  for (let at = 0; at < table.length; at += width) all.push(table.slice(at, at + width));
  return all;
}

export function withoutRecord(table: string, at: number, width: number): string {
  return table.slice(0, at) + table.slice(at + width);
}
