/**
 * What is completed in a stream: for each chain and combination at most one finding, with all
 * acceptable proofs. "There is one alert for a chain and combination, however often it is completed."
 * "Of several completing calls the first is named: proven before asserted or uncertain ones, then the
 * earliest."
 */
import type { AssemblyKind, Combination, Policy, Registry } from '@waywarden/schemas';
import { approvalOf } from './approval.ts';
import { lastSteps, type Pace } from './assignment.ts';
import type { Call } from './call.ts';
import { contributorsOf, kindOf } from './grant.ts';
import type { LinkTable } from './path.ts';
import { type Proof, smallestProofs } from './smallest-proof.ts';
import { canBeStep } from './step-condition.ts';
import type { Stream } from './stream.ts';

export interface Completion {
  readonly combination: string;
  readonly chain: string;
  readonly completer: Call;
  readonly proofs: readonly Proof[];
  /** Beyond `within`, by lineage. */
  readonly slow: boolean;
  /** One for each proof and assignment: usually one. */
  readonly kinds: readonly AssemblyKind[];
  readonly contributors: readonly (readonly string[])[];
  readonly approved: boolean;
  /** Why approvals that exist for this combination do not cover it. */
  readonly outside: readonly string[];
  /** Every call that completes it, the named one included. */
  readonly completers: readonly Call[];
}

export interface NotChecked {
  readonly combination: string;
  readonly completer: string;
  readonly why: string;
}

export interface Completions {
  readonly found: readonly Completion[];
  readonly notChecked: readonly NotChecked[];
}

/** "(order not certain, effect or capability not certain, claims only asserted)" */
function isCertain(proof: Proof): boolean {
  const sure = (call: Call) =>
    call.happened !== 'possibly' &&
    call.agentProven &&
    (call.task === undefined || call.taskProven) &&
    call.inferred.length === 0;
  return proof.orderCertain && proof.calls.every(sure);
}

interface Completed {
  readonly completer: Call;
  readonly proofs: readonly Proof[];
  readonly pace: Pace;
}

/** A slow proof is looked for where there is none within `within`. */
const PACES: readonly Pace[] = ['quick', 'slow'];

function firstOf(completed: readonly Completed[]): Completed | undefined {
  const certain = completed.filter(({ proofs }) => proofs.some(isCertain));
  const pool = certain.length > 0 ? certain : completed;
  return [...pool].sort(
    (a, b) => a.completer.timeMs - b.completer.timeMs || (a.completer.id < b.completer.id ? -1 : 1),
  )[0];
}

function unique<T>(items: readonly T[]): readonly T[] {
  const byText = new Map(items.map((item) => [JSON.stringify(item), item]));
  return [...byText.values()];
}

/** All calls by which one combination is completed, with their smallest proofs. */
function completedOf(
  combination: Combination,
  completers: readonly Call[],
  { table, notChecked }: { readonly table: LinkTable; readonly notChecked: NotChecked[] },
): readonly Completed[] {
  const found: Completed[] = [];
  for (const step of lastSteps(combination)) {
    for (const completer of completers) {
      if (!canBeStep(step, completer, table.stream.limits)) continue;
      try {
        for (const pace of PACES) {
          const sought = { combination, completing: step, pace };
          const proofs = smallestProofs(sought, completer, table);
          if (proofs.length === 0) continue;
          found.push({ completer, proofs, pace });
          break;
        }
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        const why = error.message;
        notChecked.push({ combination: combination.id, completer: completer.id, why });
      }
    }
  }
  return found;
}

function asCompletion(
  combination: Combination,
  completed: readonly Completed[],
  context: { readonly registry: Registry; readonly stream: Stream },
): Completion | undefined {
  const first = firstOf(completed);
  if (first === undefined) return undefined;
  const { completer, proofs, pace } = first;
  const given = proofs.flatMap((proof) => proof.assignments);
  const answers = completed.flatMap((one) =>
    one.proofs.map((proof) => approvalOf(combination, one.completer, proof.calls, context)),
  );
  return {
    combination: combination.id,
    chain: completer.chain,
    completer,
    proofs,
    slow: pace === 'slow',
    kinds: unique(given.map((one) => kindOf(combination, one))),
    contributors: unique(given.map(contributorsOf)),
    approved: answers.every((answer) => answer.approved),
    outside: unique(answers.flatMap((answer) => answer.why)),
    completers: [...new Set(completed.map((one) => one.completer))],
  };
}

export interface Rules {
  readonly policy: Policy;
  readonly registry: Registry;
  /** Told what is being tried: a whole fleet takes minutes. */
  readonly progress?: ((text: string) => void) | undefined;
}

/** With `completers`, only what is completed by one of them. */
export function completionsIn(
  table: LinkTable,
  { policy, registry, progress }: Rules,
  completers: readonly Call[] = table.stream.calls,
): Completions {
  const { stream } = table;
  const notChecked: NotChecked[] = [];
  const found = policy.combinations
    .filter((combination) => combination.evaluable !== false)
    .flatMap((combination) => {
      progress?.(`${combination.id}: ${completers.length} calls are tried as its last`);
      const completed = completedOf(combination, completers, { table, notChecked });
      const chains = new Set(completed.map(({ completer }) => completer.chain));
      return [...chains].flatMap((one) => {
        const ofChain = completed.filter(({ completer }) => completer.chain === one);
        const completion = asCompletion(combination, ofChain, { registry, stream });
        return completion === undefined ? [] : [completion];
      });
    });
  return { found, notChecked };
}
