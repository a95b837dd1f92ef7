/**
 * Values that a facet met and declined to count: what stood in a call that was doubted or alarmed on. It
 * is released by time and repetition, never by number: one call a day counts, and only of another chain
 * than the one before, so that neither a loop nor a single hijacked piece of work makes itself usual.
 * What is only doubted settles sooner than what was flagged, which an owner had the time to answer.
 *
 * Not kept at all (as it was), such a value was "never seen" for ever, of agents whose daily work is
 * doubted: each payment of a clerk that pays what invoices say.
 */
import { findPrint, fromDigits, toDigits, withoutRecord } from './print-table.ts';

const PRINT = 4;
const DAY = 3;
const CHAIN = 2;
/** Print; days of the first and the latest that counted; that one's chain; how many, and whether flagged. */
const WIDTH = PRINT + DAY + DAY + CHAIN + 1;
const FLAGGED = 32;
const TIMES_MAX = FLAGGED - 1;
/** Values of an agent and facet that wait; the longest waiting makes room. */
export const DECLINED_MAX = 24;
/** Days, and as many chains, in which a declined value must have stood. */
export const SETTLED_DAYS_MIN = 3;

export interface Declined {
  readonly first: number;
  readonly last: number;
  readonly times: number;
  readonly isFlagged: boolean;
}

export interface Sighting {
  /** Of any length from 4 on. */
  readonly print: string;
  readonly chain: string;
  /** Since 1970. */
  readonly day: number;
  readonly isFlagged: boolean;
}

/** Days from the first sighting until a value is released; left out: never. */
export interface Ages {
  readonly doubted: number;
  readonly flagged?: number;
}

interface Kept extends Declined {
  readonly at: number;
  readonly chain: string;
}

function find(table: string, print: string): Kept | undefined {
  const at = findPrint(table, print.slice(0, PRINT), WIDTH);
  if (at < 0) return undefined;
  const from = at + PRINT;
  const marks = fromDigits(table.slice(at + WIDTH - 1, at + WIDTH));
  return {
    at,
    first: fromDigits(table.slice(from, from + DAY)),
    last: fromDigits(table.slice(from + DAY, from + 2 * DAY)),
    chain: table.slice(from + 2 * DAY, from + 2 * DAY + CHAIN),
    times: marks % FLAGGED,
    isFlagged: marks >= FLAGGED,
  };
}

export function declinedOf(table: string, print: string): Declined | undefined {
  return table === '' ? undefined : find(table, print);
}

/** With this value having stood there once more; the same table where that day or chain counted before. */
export function withDeclined(table: string, sighting: Sighting): string {
  const { day, isFlagged } = sighting;
  const print = sighting.print.slice(0, PRINT);
  const chain = sighting.chain.slice(0, CHAIN);
  const before = find(table, print);
  const counts = before === undefined || (day > before.last && chain !== before.chain);
  if (!counts && (before.isFlagged || !isFlagged)) return table;
  const times = Math.min(TIMES_MAX, (before?.times ?? 0) + (counts ? 1 : 0));
  const own =
    print +
    toDigits(before?.first ?? day, DAY) +
    toDigits(counts ? day : before.last, DAY) +
    (counts ? chain : before.chain) +
    toDigits(times + (isFlagged || before?.isFlagged === true ? FLAGGED : 0), 1);
  const others = before === undefined ? table : withoutRecord(table, before.at, WIDTH);
  return (others + own).slice(-DECLINED_MAX * WIDTH);
}

/** Whether it has stood there on enough days, of which the first is long enough ago. */
export function isReleased({ first, last, times, isFlagged }: Declined, ages: Ages): boolean {
  const age = isFlagged ? ages.flagged : ages.doubted;
  return age !== undefined && times >= SETTLED_DAYS_MIN && last - first >= age;
}
