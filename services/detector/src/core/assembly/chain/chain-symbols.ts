/**
 * The set of what a chain's calls can do. Most chains come by the same few sets in the same order, so
 * each is made once and shared: what follows from a set is then found once (`possible-combinations.ts`).
 *
 * Sharing changes no result: sets are read-only, and an equal one of another chain would do as well. It
 * is bounded, since whoever sends events chooses the symbols.
 */
import { SYMBOLS_REMEMBERED_MAX } from '../assembly-limits.ts';

export type ChainSymbols = Readonly<Record<string, true>>;

export const NO_SYMBOLS: ChainSymbols = {};

/** By a set and what is added to it. A set that was read back from disk begins anew. */
let known = new WeakMap<ChainSymbols, Map<string, ChainSymbols>>();
let shared = new WeakSet<ChainSymbols>([NO_SYMBOLS]);
let count = 0;

/** Whether other chains have this very set, so that it is worth remembering something of it. */
export function isShared(symbols: ChainSymbols): boolean {
  return shared.has(symbols);
}

function withOne(symbols: ChainSymbols, key: string): ChainSymbols {
  const before = known.get(symbols)?.get(key);
  if (before !== undefined) return before;
  const made: ChainSymbols = { ...symbols, [key]: true };
  if (!shared.has(symbols)) return made;
  if (count >= SYMBOLS_REMEMBERED_MAX) {
    known = new WeakMap();
    shared = new WeakSet([NO_SYMBOLS]);
    count = 0;
    return made;
  }
  const next = known.get(symbols) ?? new Map<string, ChainSymbols>();
  known.set(symbols, next.set(key, made));
  shared.add(made);
  count += 1;
  return made;
}

/** With these; the same set where it has them all. */
export function withSymbols(symbols: ChainSymbols, keys: readonly string[]): ChainSymbols {
  let all = symbols;
  for (const key of keys) if (!Object.hasOwn(all, key)) all = withOne(all, key);
  return all;
}
