/**
 * Which combinations a chain can have completed at all: those of which every step has been done, or
 * attempted, by someone. Most chains stop here, so it must be cheap with many combinations: each
 * symbol is turned once into the steps that it satisfies, as bits.
 */

import type { ChainMeta } from '../chain/chain-meta.ts';
import { DERIVED_MARK, GRANTEE_MARK, MARK } from '../chain/chain-step.ts';
import type { CompiledCombination, CompiledPolicy } from './compile-combination.ts';
import { remembered, type StepMatcher } from './step-match.ts';

/** The steps of one combination that a symbol satisfies. */
interface Satisfied {
  readonly combination: number;
  readonly steps: number;
}

interface StepBits {
  readonly full: readonly number[];
  /** The steps that may come last. */
  readonly last: readonly number[];
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
    last: combinations.map(({ variants }) =>
      variants.reduce((all, { completing }) => all | (1 << completing), 0),
    ),
    of: remembered((key) => (key.startsWith(MARK) ? [] : satisfiedBy(combinations, key))),
  };
  known.set(policy, made);
  return made;
}

/** Whether any combination names a step that this symbol satisfies. */
export function isNamedSymbol(policy: CompiledPolicy, key: string): boolean {
  return bitsOf(policy).of(key).length > 0;
}

/** Whether a call with this symbol may be the last of any combination. */
export function mayComplete(policy: CompiledPolicy, key: string): boolean {
  const bits = bitsOf(policy);
  return bits
    .of(key)
    .some(({ combination, steps }) => (steps & (bits.last[combination] ?? 0)) !== 0);
}

/** Of each combination, the steps that the chain and what leads into it have done, as bits. */
function seenIn(meta: Symbols, bits: StepBits): readonly number[] {
  const seen = bits.full.map(() => 0);
  for (const symbols of [meta.symbols, meta.imported ?? {}]) {
    for (const key in symbols) {
      for (const { combination: n, steps } of bits.of(key)) seen[n] = (seen[n] ?? 0) | steps;
    }
  }
  return seen;
}

/** A combination that lacks nothing but a step that could complete it, by symbols alone. */
export interface Gap {
  readonly combination: CompiledCombination;
  readonly missing: number;
}

export interface Seen {
  /** Combinations of which every step was done, here or in what leads here; in the policy's order. */
  readonly possible: readonly CompiledCombination[];
  /** In the policy's order. */
  readonly gaps: readonly Gap[];
}

/**
 * Whether what its ties ask for was seen at all: nothing derives from a credential where no call used a
 * derived one, and nobody is a grantee where no call named one.
 */
function isTieable({ ties }: CompiledCombination, { symbols, isGranted }: Symbols): boolean {
  return ties.every(({ via, isOnly }) => {
    if (via === 'derived_credential') return !isOnly || Object.hasOwn(symbols, DERIVED_MARK);
    return via !== 'grantee' || !isOnly || isGranted;
  });
}

/** Whether some call may have named a grantee, here or in what leads here. */
function mayBeGranted({ grantees, imported }: ChainMeta): boolean {
  if (grantees == null || grantees.length > 0) return true;
  for (const key in imported) if (key.startsWith(GRANTEE_MARK)) return true;
  return false;
}

interface Asked {
  readonly symbols: ChainMeta['symbols'];
  readonly imported: ChainMeta['imported'];
  readonly isGranted: boolean;
  readonly policy: CompiledPolicy;
  readonly seen: Seen;
}

/** What was asked last: one step asks up to four times. A function of what is compared. */
let last: Asked | undefined;

/** What of the policy's combinations the chain's symbols come to. */
export function seenOf(meta: ChainMeta, policy: CompiledPolicy): Seen {
  const { symbols, imported } = meta;
  const isGranted = mayBeGranted(meta);
  const isSame =
    last?.symbols === symbols &&
    last.imported === imported &&
    last.isGranted === isGranted &&
    last.policy === policy;
  if (last !== undefined && isSame) return last.seen;
  const seen = lookFor({ symbols, imported, isGranted }, policy);
  last = { symbols, imported, isGranted, policy, seen };
  return seen;
}

type Symbols = Pick<Asked, 'symbols' | 'imported' | 'isGranted'>;

function lookFor(meta: Symbols, policy: CompiledPolicy): Seen {
  const bits = bitsOf(policy);
  const possible: CompiledCombination[] = [];
  const gaps: Gap[] = [];
  const seen = seenIn(meta, bits);
  for (let n = 0; n < seen.length; n += 1) {
    const steps = seen[n] ?? 0;
    const one = policy.combinations[n];
    if (steps === 0 || one === undefined) continue;
    const full = bits.full[n] ?? 0;
    const lacks = full & ~steps;
    if (lacks !== 0) {
      const variant = one.variants.find(({ completing }) => lacks === 1 << completing);
      if (variant !== undefined) gaps.push({ combination: one, missing: variant.completing });
    } else if (isTieable(one, meta)) possible.push(one);
  }
  return { possible, gaps };
}

export function possibleCombinations(
  meta: ChainMeta,
  policy: CompiledPolicy,
): readonly CompiledCombination[] {
  return seenOf(meta, policy).possible;
}

/** The symbols of a chain that satisfy a step. */
export function symbolsFor(meta: ChainMeta, step: StepMatcher): readonly string[] {
  return Object.keys(meta.symbols).filter((key) => !key.startsWith(MARK) && step.accepts(key));
}
