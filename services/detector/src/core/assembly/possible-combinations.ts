/**
 * Which combinations a chain can have completed at all: those of which every step has been done, or
 * attempted, by someone. Most chains stop here, so it must be cheap with many combinations: each
 * symbol is turned once into the steps that it satisfies, as bits.
 */

import type { ChainMeta } from './chain-meta.ts';
import { DERIVED_MARK, MARK } from './chain-step.ts';
import type { CompiledCombination, CompiledPolicy } from './compile-combination.ts';
import { remembered, type StepMatcher } from './step-match.ts';

/** The steps of one combination that a symbol satisfies. */
interface Satisfied {
  readonly combination: number;
  readonly steps: number;
}

interface StepBits {
  readonly full: readonly number[];
  /** Most symbols satisfy steps of few combinations: only those are named. */
  readonly of: (key: string) => readonly Satisfied[];
}

/** A function of the policy: remembering it by identity changes no result. */
const known = new WeakMap<CompiledPolicy, StepBits>();

function satisfiedBy(combinations: readonly CompiledCombination[], key: string) {
  return combinations
    .map((one, combination): Satisfied => {
      const bits = one.steps.map((step, n) => (step.accepts(key) ? 1 << n : 0));
      return { combination, steps: bits.reduce((all, bit) => all | bit, 0) };
    })
    .filter(({ steps }) => steps !== 0);
}

function bitsOf(policy: CompiledPolicy): StepBits {
  const before = known.get(policy);
  if (before !== undefined) return before;
  const { combinations } = policy;
  const made = {
    full: combinations.map((one) => (1 << one.steps.length) - 1),
    of: remembered((key) => (key.startsWith(MARK) ? [] : satisfiedBy(combinations, key))),
  };
  known.set(policy, made);
  return made;
}

/** Of each combination, the steps that the chain and what leads into it have done, as bits. */
function seenIn(meta: ChainMeta, bits: StepBits): readonly number[] {
  const seen = bits.full.map(() => 0);
  for (const symbols of [meta.symbols, meta.imported ?? {}]) {
    for (const key in symbols) {
      for (const { combination: n, steps } of bits.of(key)) seen[n] = (seen[n] ?? 0) | steps;
    }
  }
  return seen;
}

/**
 * Whether some combination lacks only a step that could complete it: the gap. A gauge of how much work
 * stands there, told from symbols alone, so that it costs nothing; whether links hold is asked when
 * the last step is (`closing-gap.ts`).
 */
export function isAtGap(meta: ChainMeta, policy: CompiledPolicy): boolean {
  const bits = bitsOf(policy);
  const seen = seenIn(meta, bits);
  return policy.combinations.some(({ variants }, n) => {
    const lacks = (bits.full[n] ?? 0) & ~(seen[n] ?? 0);
    return seen[n] !== 0 && variants.some(({ completing }) => lacks === 1 << completing);
  });
}

/**
 * Combinations of which every step was done, in this chain or in what leads into it; in the policy's
 * order.
 */
export function possibleCombinations(
  meta: ChainMeta,
  policy: CompiledPolicy,
): readonly CompiledCombination[] {
  const bits = bitsOf(policy);
  const seen = seenIn(meta, bits);
  return policy.combinations.filter(
    (one, n) =>
      seen[n] === bits.full[n] &&
      // Nothing derives from a credential where no call used a derived one.
      (Object.hasOwn(meta.symbols, DERIVED_MARK) ||
        one.ties.every((tie) => tie.via !== 'derived_credential')),
  );
}

/** The symbols of a chain that satisfy a step. */
export function symbolsFor(meta: ChainMeta, step: StepMatcher): readonly string[] {
  return Object.keys(meta.symbols).filter((key) => !key.startsWith(MARK) && step.accepts(key));
}
