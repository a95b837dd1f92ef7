/** How many different things an agent met: distinct sampling (Gibbons, VLDB 2001), independent of order. */
import { findPrint, fromDigits } from '../../domain/print-table.ts';

/** 30 bits each. */
const PRINT = 5;
/** Errs by about one in fifteen beyond it. */
export const SAMPLED_MAX = 400;

export interface DistinctPrints {
  readonly level: number;
  readonly prints: string;
}

export const NO_DISTINCT: DistinctPrints = { level: 0, prints: '' };

const isSampled = (print: string, level: number) => fromDigits(print) % 2 ** level === 0;

function halved({ level, prints }: DistinctPrints): DistinctPrints {
  let retained = '';
  for (let at = 0; at < prints.length; at += PRINT) {
    const print = prints.slice(at, at + PRINT);
    if (isSampled(print, level + 1)) retained += print;
  }
  return { level: level + 1, prints: retained };
}

/** `print`: at least 5 characters. */
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
