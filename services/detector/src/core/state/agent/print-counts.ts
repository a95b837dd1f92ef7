/**
 * Counts by fingerprint; the least met, then the longest known, makes room (after space-saving, Metwally 2005; a
 * new one begins at one).
 */
import { digitsAt, findPrint, mostOf, toDigits, withoutRecord } from '../../domain/print-table.ts';

export interface CountsOf {
  readonly print: number;
  readonly digits: number;
  readonly entriesMax: number;
  /** Left out: 0. */
  readonly first?: number;
}

function placeOf(table: string, print: string, of: CountsOf): number {
  return findPrint(table, print, of.print + of.digits, of.first);
}

/** 0 where there is none. */
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

/** The same table when it can't grow. `at`: its place, where known. */
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
