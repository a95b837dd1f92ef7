/**
 * A table of short fingerprints in one string: records of a fixed width, each a print and some digits, oldest first.
 * Detection asks of most of what an agent met only whether it was met, and how often; a few hundred prints in a string
 * take a tenth of the same as keys of their own, and are looked up by the engine's own search.
 */

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const BASE = 64;
/** By character code, what a digit is worth: a search in all of them for each took longer. */
const VALUES = new Int8Array(128).fill(-1);
for (let at = 0; at < BASE; at += 1) VALUES[DIGITS.charCodeAt(at)] = at;

/** The largest number in so many digits; multiplied, since a power is worked out in floating point. */
export function mostOf(length: number): number {
  let most = 1;
  for (let at = 0; at < length; at += 1) most *= BASE;
  return most - 1;
}

/** A whole number in a fixed number of digits; what is larger is the largest. */
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

/** What one digit of a text is worth; -1 where there is none. */
export function digitAt(text: string, at: number): number {
  return VALUES[text.charCodeAt(at)] ?? -1;
}

/** What so many digits of a text are worth that begin there. */
export function digitsAt(text: string, from: number, length: number): number {
  let value = 0;
  for (let at = from; at < from + length; at += 1) value = value * BASE + digitAt(text, at);
  return value;
}

/** Where the record of a print begins; -1 where there is none. `first`: where the first of all records does. */
export function findPrint(table: string, print: string, width: number, first = 0): number {
  let at = table.indexOf(print, first);
  while (at >= 0 && (at - first) % width !== 0) at = table.indexOf(print, at + 1);
  return at;
}

/** All records of a table, in order; not for what each event asks, since each is a text of its own. */
export function eachRecord(table: string, width: number): readonly string[] {
  const all: string[] = [];
  for (let at = 0; at < table.length; at += width) all.push(table.slice(at, at + width));
  return all;
}

/** Without the record that begins here. */
export function withoutRecord(table: string, at: number, width: number): string {
  return table.slice(0, at) + table.slice(at + width);
}
