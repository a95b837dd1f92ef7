/** Which combinations a chain can have completed, by symbols alone; most chains stop here. */
import type { ChainMeta } from '../model/chain-meta.ts';
import { DERIVED_MARK, GRANTEE_MARK, MARK } from '../model/chain-step.ts';
import type { CompiledCombination, CompiledPolicy } from './compile-combination.ts';
import type { StepMatcher } from './step-match.ts';

export function isNamedSymbol({ combinations }: CompiledPolicy, key: string): boolean {
  if (key.startsWith(MARK)) return false;
  return combinations.some(({ steps }) => steps.some((step) => step.accepts(key)));
}

export interface Gap {
  readonly combination: CompiledCombination;
  readonly missing: number;
}

interface Seen {
  readonly possible: readonly CompiledCombination[];
  readonly gaps: readonly Gap[];
}

function isTieable({ ties }: CompiledCombination, { symbols, grantees, imported }: ChainMeta) {
  return ties.every(({ via, isOnly }) => {
    if (!isOnly) return true;
    if (via === 'derived_credential') return Object.hasOwn(symbols, DERIVED_MARK);
    if (via !== 'grantee' || grantees === null || grantees.length > 0) return true;
    return Object.keys(imported ?? {}).some((key) => key.startsWith(GRANTEE_MARK));
  });
}

export function seenOf(meta: ChainMeta, { combinations }: CompiledPolicy): Seen {
  const possible: CompiledCombination[] = [];
  const gaps: Gap[] = [];
  const all = { ...meta.symbols, ...meta.imported };
  const keys = Object.keys(all).filter((key) => !key.startsWith(MARK));
  for (const one of combinations) {
    const isDone = one.steps.map((step) => keys.some(step.accepts));
    const missing = isDone.indexOf(false);
    if (missing < 0) {
      if (isTieable(one, meta)) possible.push(one);
    } else if (
      isDone.includes(true) &&
      isDone.lastIndexOf(false) === missing &&
      one.variants.some(({ completing }) => completing === missing)
    ) {
      gaps.push({ combination: one, missing });
    }
  }
  return { possible, gaps };
}

export function possibleCombinations(
  meta: ChainMeta,
  policy: CompiledPolicy,
): readonly CompiledCombination[] {
  return seenOf(meta, policy).possible;
}

export function symbolsFor(meta: ChainMeta, step: StepMatcher): readonly string[] {
  return Object.keys(meta.symbols).filter((key) => !key.startsWith(MARK) && step.accepts(key));
}
