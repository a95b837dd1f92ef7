/**
 * What stood in several different chains of an agent, and what is on the way there: two tables of
 * prints. What is on the way is forgotten when enough others came after it; what has settled stays
 * while it is met again before as many others have settled.
 *
 * Prints have 24 bits: they are of keyed hashes, which nobody can try out, and one that is new is taken
 * for settled once in a hundred thousand.
 */
import { findPrint, fromDigits, toDigits, withoutRecord } from '../../domain/print-table.ts';

const PRINT = 4;
/** Behind a print: of the chain in which it stood last, so that one chain counts once; how many those were. */
const CHAINS = 2048;
const MARK = 2;
const WAITING = PRINT + MARK;

export interface WarmedUpPrints {
  readonly warmedUp: string;
  readonly waiting: string;
}

export interface WarmedUpOf {
  /** Different chains in which it must have stood: at most three. */
  readonly chains: 2 | 3;
  readonly warmedUpMax: number;
  readonly waitingMax: number;
}

export const NO_PRINTS: WarmedUpPrints = { warmedUp: '', waiting: '' };

/** `print`: of any length from 4 on. */
export function isWarmedUp({ warmedUp }: WarmedUpPrints, print: string): boolean {
  return findPrint(warmedUp, print.slice(0, PRINT), PRINT) >= 0;
}

/** The latest so many records. */
const latest = (table: string, most: number, width: number) =>
  table.length > most * width ? table.slice(table.length - most * width) : table;

/** One that is met again moves to the end, where it is near the beginning: few calls write. */
function refreshed(
  prints: WarmedUpPrints,
  at: number,
  { warmedUpMax }: WarmedUpOf,
): WarmedUpPrints {
  const { warmedUp } = prints;
  if (warmedUp.length < warmedUpMax * PRINT || at * 2 >= warmedUp.length) return prints;
  const own = warmedUp.slice(at, at + PRINT);
  return { ...prints, warmedUp: withoutRecord(warmedUp, at, PRINT) + own };
}

/** With this print having stood in this chain; the same object where nothing changes. */
export function withObservation(
  prints: WarmedUpPrints,
  observation: { readonly print: string; readonly chain: string },
  of: WarmedUpOf,
): WarmedUpPrints {
  const print = observation.print.slice(0, PRINT);
  const chain = fromDigits(observation.chain.slice(0, MARK)) % CHAINS;
  const known = findPrint(prints.warmedUp, print, PRINT);
  if (known >= 0) return refreshed(prints, known, of);
  const { waiting } = prints;
  const at = findPrint(waiting, print, WAITING);
  const mark = at < 0 ? undefined : fromDigits(waiting.slice(at + PRINT, at + WAITING));
  if (mark !== undefined && mark % CHAINS === chain) return prints;
  const before = mark === undefined ? 0 : 1 + Math.floor(mark / CHAINS);
  const others = at < 0 ? waiting : withoutRecord(waiting, at, WAITING);
  if (before + 1 >= of.chains) {
    return { warmedUp: latest(prints.warmedUp + print, of.warmedUpMax, PRINT), waiting: others };
  }
  const own = print + toDigits(before * CHAINS + chain, MARK);
  return { ...prints, waiting: latest(others + own, of.waitingMax, WAITING) };
}
