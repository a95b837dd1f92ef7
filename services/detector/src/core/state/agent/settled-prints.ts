/**
 * What stood in several chains of an agent: two tables of 24-bit prints of keyed hashes, on the way and warmed up.
 */
import {
  findPrint,
  fromDigits,
  PRINT_24,
  toDigits,
  withoutRecord,
} from '../../domain/print-table.ts';

/** The last chain, so that it counts once, and how many. */
const CHAINS = 2048;
const MARK = 2;
const WAITING = PRINT_24 + MARK;

export interface WarmedUpPrints {
  readonly warmedUp: string;
  readonly waiting: string;
}

export interface WarmedUpOf {
  readonly chains: 2 | 3;
  readonly warmedUpMax: number;
  readonly waitingMax: number;
}

export const NO_PRINTS: WarmedUpPrints = { warmedUp: '', waiting: '' };

/** `print`: at least 4 characters. */
export function isWarmedUp({ warmedUp }: WarmedUpPrints, print: string): boolean {
  return findPrint(warmedUp, print.slice(0, PRINT_24), PRINT_24) >= 0;
}

const latest = (table: string, most: number, width: number) =>
  table.length > most * width ? table.slice(table.length - most * width) : table;

/** Only near the beginning: few calls write. */
function refreshed(
  prints: WarmedUpPrints,
  at: number,
  { warmedUpMax }: WarmedUpOf,
): WarmedUpPrints {
  const { warmedUp } = prints;
  if (warmedUp.length < warmedUpMax * PRINT_24 || at * 2 >= warmedUp.length) return prints;
  const own = warmedUp.slice(at, at + PRINT_24);
  return { ...prints, warmedUp: withoutRecord(warmedUp, at, PRINT_24) + own };
}

/** The same object where nothing changes. */
export function withObservation(
  prints: WarmedUpPrints,
  observation: { readonly print: string; readonly chain: string },
  of: WarmedUpOf,
): WarmedUpPrints {
  const print = observation.print.slice(0, PRINT_24);
  const chain = fromDigits(observation.chain.slice(0, MARK)) % CHAINS;
  const known = findPrint(prints.warmedUp, print, PRINT_24);
  if (known >= 0) return refreshed(prints, known, of);
  const { waiting } = prints;
  const at = findPrint(waiting, print, WAITING);
  const mark = at < 0 ? undefined : fromDigits(waiting.slice(at + PRINT_24, at + WAITING));
  if (mark !== undefined && mark % CHAINS === chain) return prints;
  const before = mark === undefined ? 0 : 1 + Math.floor(mark / CHAINS);
  const others = at < 0 ? waiting : withoutRecord(waiting, at, WAITING);
  if (before + 1 >= of.chains) {
    return { warmedUp: latest(prints.warmedUp + print, of.warmedUpMax, PRINT_24), waiting: others };
  }
  const own = print + toDigits(before * CHAINS + chain, MARK);
  return { ...prints, waiting: latest(others + own, of.waitingMax, WAITING) };
}
