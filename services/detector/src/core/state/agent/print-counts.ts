/**
 * How often each of many things was met, by fingerprint, for as many as there is room for: whoever was
 * met least, and of those the longest known, makes room (what remains of space-saving, Metwally 2005,
 * where a new one begins at one and not at the count of the one it displaces: here being new matters).
 */
import { digitsAt, findPrint, mostOf, toDigits, withoutRecord } from '../../domain/print-table.ts';

export interface CountsOf {
  /** Characters of a print, and of its count. */
  readonly print: number;
  readonly digits: number;
  readonly entriesMax: number;
  /** Where the records begin, of a table that something stands before; left out: at 0. */
  readonly first?: number;
}

/** Where the record of a print begins; -1 where there is none. */
function placeOf(table: string, print: string, of: CountsOf): number {
  return findPrint(table, print, of.print + of.digits, of.first);
}

/** How often it was met whose record begins there; 0 where there is none. */
export function countAt(table: string, place: number, of: CountsOf): number {
  return place < 0 ? 0 : digitsAt(table, place + of.print, of.digits);
}

/** 0 for one that is not there. */
export function countOf(table: string, print: string, of: CountsOf): number {
  return countAt(table, placeOf(table, print, of), of);
}

function leastAt(table: string, of: CountsOf): number {
  const width = of.print + of.digits;
  const first = of.first ?? 0;
  let [least, lowest] = [first, Number.POSITIVE_INFINITY];
  for (let at = first; at < table.length; at += width) {
    const count = digitsAt(table, at + of.print, of.digits);
    if (count < lowest) [least, lowest] = [at, count];
  }
  return least;
}

/** With one more of it; the same table when its count can't grow. `at`: its place, where that was looked up. */
export function withOneMore(
  table: string,
  print: string,
  of: CountsOf,
  at = placeOf(table, print, of),
): string {
  const width = of.print + of.digits;
  if (at >= 0) {
    const count = digitsAt(table, at + of.print, of.digits);
    if (count >= mostOf(of.digits)) return table;
    return `${table.slice(0, at)}${print}${toDigits(count + 1, of.digits)}${table.slice(at + width)}`;
  }
  const isFull = table.length - (of.first ?? 0) >= of.entriesMax * width;
  const rest = isFull ? withoutRecord(table, leastAt(table, of), width) : table;
  return `${rest}${print}${toDigits(1, of.digits)}`;
}
