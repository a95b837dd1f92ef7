/**
 * How many different things an agent met, in bounded space: all of their prints while they are few, and from
 * then on those of every second, fourth, … (distinct sampling; Gibbons, VLDB 2001). Which are sampled is
 * decided by the print, so that the order in which they come and how often makes no difference.
 *
 * Rejected: HyperLogLog. It is smaller, and errs as much of ten as of a million.
 */
import { findPrint, fromDigits } from '../../domain/print-table.ts';

/** 30 bits each. */
const PRINT = 5;
/** Two thousand characters; from the first halving on it errs by about one in fifteen, rarely more than two. */
export const SAMPLED_MAX = 400;

export interface DistinctPrints {
  /** Of so many halvings. */
  readonly level: number;
  readonly prints: string;
}

export const NO_DISTINCT: DistinctPrints = { level: 0, prints: '' };

/** The last digits decide: whole numbers that 2^level divides. */
const isSampled = (print: string, level: number) => fromDigits(print) % 2 ** level === 0;

function halved({ level, prints }: DistinctPrints): DistinctPrints {
  let retained = '';
  for (let at = 0; at < prints.length; at += PRINT) {
    const print = prints.slice(at, at + PRINT);
    if (isSampled(print, level + 1)) retained += print;
  }
  return { level: level + 1, prints: retained };
}

/** With one more; the same object where it is known or not sampled. `print`: of any length from 5 on. */
export function withPrint(before: DistinctPrints, print: string): DistinctPrints {
  const own = print.slice(0, PRINT);
  if (!isSampled(own, before.level) || findPrint(before.prints, own, PRINT) >= 0) return before;
  let now: DistinctPrints = { level: before.level, prints: before.prints + own };
  while (now.prints.length > SAMPLED_MAX * PRINT) now = halved(now);
  return now;
}

export function distinctOf({ level, prints }: DistinctPrints): number {
  return (prints.length / PRINT) * 2 ** level;
}
