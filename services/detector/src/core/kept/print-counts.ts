/**
 * How often each of many things was met, by fingerprint, for as many as there is room for: whoever was
 * met least, and of those the longest known, makes room (what remains of space-saving, Metwally 2005,
 * where a new one begins at one and not at the count of the one it displaces: here being new matters).
 */
import { findPrint, fromDigits, mostOf, toDigits, withoutRecord } from './print-table.ts';

export interface CountsOf {
  /** Characters of a print, and of its count. */
  readonly print: number;
  readonly digits: number;
  readonly entriesMax: number;
}

/** 0 for one that is not there. */
export function countOf(table: string, print: string, of: CountsOf): number {
  const at = findPrint(table, print, of.print + of.digits);
  return at < 0 ? 0 : fromDigits(table.slice(at + of.print, at + of.print + of.digits));
}

/** All prints of a table and how often each was met, oldest first. */
export function eachCount(table: string, of: CountsOf): readonly (readonly [string, number])[] {
  const width = of.print + of.digits;
  return Array.from({ length: table.length / width }, (_, n) => {
    const at = n * width;
    const print = table.slice(at, at + of.print);
    return [print, fromDigits(table.slice(at + of.print, at + width))] as const;
  });
}

function leastAt(table: string, of: CountsOf): number {
  const width = of.print + of.digits;
  let [least, lowest] = [0, Number.POSITIVE_INFINITY];
  for (let at = 0; at < table.length; at += width) {
    const count = fromDigits(table.slice(at + of.print, at + width));
    if (count < lowest) [least, lowest] = [at, count];
  }
  return least;
}

/** With one more of it; the same table when its count can't grow. */
export function withOneMore(table: string, print: string, of: CountsOf): string {
  const width = of.print + of.digits;
  const at = findPrint(table, print, width);
  if (at >= 0) {
    const count = fromDigits(table.slice(at + of.print, at + width));
    if (count >= mostOf(of.digits)) return table;
    return `${table.slice(0, at)}${print}${toDigits(count + 1, of.digits)}${table.slice(at + width)}`;
  }
  const isFull = table.length >= of.entriesMax * width;
  const rest = isFull ? withoutRecord(table, leastAt(table, of), width) : table;
  return `${rest}${print}${toDigits(1, of.digits)}`;
}
