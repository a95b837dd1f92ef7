/** How many different things an agent met: distinct sampling (Gibbons, VLDB 2001), independent of order. */
import { digits, recordTable } from '../../domain/record-table.ts';

/** Errs by about one in fifteen beyond it. */
export const SAMPLED_MAX = 400;
/** 30 bits each. */
const PRINT = digits(5);
const SAMPLE = recordTable({ print: PRINT }, SAMPLED_MAX + 1);

export interface DistinctPrints {
  readonly level: number;
  readonly prints: string;
}

export const NO_DISTINCT: DistinctPrints = { level: 0, prints: '' };

const isSampled = (print: number, level: number) => print % 2 ** level === 0;

function halved({ level, prints }: DistinctPrints): DistinctPrints {
  const retained = SAMPLE.all(prints).filter(({ print }) => isSampled(print, level + 1));
  return { level: level + 1, prints: retained.reduce(SAMPLE.add, '') };
}

/** `print`: at least 5 characters. */
export function withPrint(before: DistinctPrints, print: string): DistinctPrints {
  const own = print.slice(0, PRINT.length);
  const number = PRINT.read(own);
  if (!isSampled(number, before.level) || SAMPLE.has(before.prints, own)) return before;
  let now = { level: before.level, prints: SAMPLE.add(before.prints, { print: number }) };
  while (SAMPLE.count(now.prints) > SAMPLED_MAX) now = halved(now);
  return now;
}

export const distinctOf = ({ level, prints }: DistinctPrints): number =>
  SAMPLE.count(prints) * 2 ** level;
