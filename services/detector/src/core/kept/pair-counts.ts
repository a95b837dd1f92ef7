/**
 * How often what came with what: pairs of short fingerprints, a row and a column, with a count, in one string of
 * fixed width. A few dozen pairs say what follows what in an agent's work in two hundred bytes.
 *
 * Counts of a row end at `COUNT_MAX`; then all of that row are halved, and what was met once stays met, so that the
 * rare ones of a busy row are not forgotten and shares follow what is usual now. Where there is no room, the pair
 * that was met least makes it, of these the one longest known. Limit: two names in 4,096 are taken for one, which
 * is good enough to rank by and for nothing else.
 */
import { shortPrint } from '@waywarden/schemas';
import { digitAt, findPrint, mostOf, toDigits, withoutRecord } from './print-table.ts';

/** Characters of a row, and of a column. */
export const NAME_PRINT = 2;
/** Different names that so many characters tell apart. */
export const DIFFERENT_NAMES = 64 ** NAME_PRINT;
const COUNT_AT = 2 * NAME_PRINT;
const COUNT_DIGITS = 2;
export const PAIR_WIDTH = COUNT_AT + COUNT_DIGITS;
const COUNT_MAX = mostOf(COUNT_DIGITS);
/** Pairs that are remembered of an agent. */
export const PAIRS_MAX = 64;

export const namePrint = (name: string): string => shortPrint(name, NAME_PRINT);

/** The number of a name of which the print stands here. */
export const nameAt = (text: string, at: number): number =>
  digitAt(text, at) * 64 + digitAt(text, at + 1);

/** How often the pair was met whose record begins here. */
export const pairCountAt = (table: string, at: number): number =>
  digitAt(table, at + COUNT_AT) * 64 + digitAt(table, at + COUNT_AT + 1);

const withCount = (table: string, at: number, count: number): string =>
  table.slice(0, at + COUNT_AT) + toDigits(count, COUNT_DIGITS) + table.slice(at + PAIR_WIDTH);

function halvedRow(table: string, row: string): string {
  let next = table;
  for (let at = 0; at < table.length; at += PAIR_WIDTH) {
    if (!table.startsWith(row, at)) continue;
    next = withCount(next, at, (pairCountAt(table, at) + 1) >> 1);
  }
  return next;
}

function leastAt(table: string): number {
  let [least, lowest] = [0, Number.POSITIVE_INFINITY];
  for (let at = 0; at < table.length; at += PAIR_WIDTH) {
    const count = pairCountAt(table, at);
    if (count < lowest) [least, lowest] = [at, count];
  }
  return least;
}

/** With one more of this pair; `row` and `column` are prints. */
export function withPair(table: string, row: string, column: string): string {
  const at = findPrint(table, row + column, PAIR_WIDTH);
  if (at < 0) {
    const isFull = table.length >= PAIRS_MAX * PAIR_WIDTH;
    const rest = isFull ? withoutRecord(table, leastAt(table), PAIR_WIDTH) : table;
    return rest + row + column + toDigits(1, COUNT_DIGITS);
  }
  const count = pairCountAt(table, at);
  if (count < COUNT_MAX) return withCount(table, at, count + 1);
  const halved = halvedRow(table, row);
  return withCount(halved, at, pairCountAt(halved, at) + 1);
}

/** All pairs and how often each was met, oldest first. */
export function eachPair(table: string): readonly (readonly [pair: string, count: number])[] {
  return Array.from({ length: table.length / PAIR_WIDTH }, (_, n) => {
    const at = n * PAIR_WIDTH;
    return [table.slice(at, at + COUNT_AT), pairCountAt(table, at)] as const;
  });
}
