/**
 * What a chain now amounts to after one more step: which combinations are completed, by which call
 * first, and which alert revisions follow.
 *
 * The conclusion is a function of the chain's set of steps: the completing call of the proof is the
 * canonically earliest one, whenever it arrived, and every call that a new step can lead to is asked
 * again. So late, doubled and interleaved records end in the same open alerts.
 */
import { type Alert, matchesGrant } from '@waywarden/schemas';
import { COMPLETERS_MAX, COMPLETIONS_MAX } from './assembly-limits.ts';
import { type AlertParts, buildAlert, isEvaluable } from './build-alert.ts';
import { type ChainStep, compareSteps } from './chain-step.ts';
import type { ChainMeta, ChainStore } from './chain-store.ts';
import { chooseCut, residualAccess } from './choose-cut.ts';
import type { CompiledCombination, CompiledPolicy, CompiledStep } from './compile-combination.ts';
import { findProof, type Proof, type ProofScope, type WorkCounter } from './find-proof.ts';
import { judgeProof } from './judge-proof.ts';
import { type AlertHead, NO_HEAD, type Revised, recount, retract, revise } from './revise-alert.ts';

export interface Assessment {
  readonly store: ChainStore;
  readonly meta: ChainMeta;
  readonly policy: CompiledPolicy;
  /** False: the version stamped on the step is not at hand. */
  readonly policyKnown: boolean;
  readonly version: string;
  /** Arrival numbers of the calls to ask about, or `all` where a link may have fallen. */
  readonly affected: ReadonlySet<number> | 'all';
  readonly work: WorkCounter;
  readonly detectedAt: string;
}

export interface Assessed {
  readonly alerts: readonly Alert[];
  readonly heads: readonly string[];
}

function symbolsFor(meta: ChainMeta, step: CompiledStep): readonly string[] {
  return Object.keys(meta.symbols).filter((key) => {
    const attempted = key.startsWith('attempted:');
    const symbol = attempted ? key.slice('attempted:'.length) : key;
    return step.any.some((one) => one.attempted === attempted && matchesGrant(one.symbol, symbol));
  });
}

/** Every step has been exercised by someone; most chains stop here. */
export function isPossible(meta: ChainMeta, combination: CompiledCombination): boolean {
  return combination.steps.every((step) => symbolsFor(meta, step).length > 0);
}

function candidates(input: Assessment, combination: CompiledCombination): readonly ChainStep[] {
  const { store, meta, affected, version } = input;
  const numbers = new Set(affected === 'all' ? [] : affected);
  for (const { completing } of affected === 'all' ? combination.variants : []) {
    const compiled = combination.steps[completing];
    for (const symbol of compiled === undefined ? [] : symbolsFor(meta, compiled)) {
      for (const n of store.bySymbol(symbol)) numbers.add(n);
    }
  }
  return [...store.stepsOf(numbers)]
    .filter((one) => one.wire.policy_version === version)
    .sort(compareSteps);
}

interface Completed {
  readonly head: AlertHead;
  /** The proof of the first completion, where it was asked for anew. */
  readonly proof: Proof | undefined;
  readonly changed: boolean;
}

/** Asks the candidates, earliest first, and keeps the list of completions and its first. */
function complete(input: Assessment, scope: ProofScope, before: AlertHead): Completed {
  const { store, affected } = input;
  const known = new Set(before.completions.filter((n) => store.step(n) !== undefined));
  let first = before.first === null ? undefined : store.step(before.first);
  let proof: Proof | undefined;
  let refuted = false;
  for (const call of candidates(input, scope.combination)) {
    const isLater = first !== undefined && compareSteps(call, first) > 0;
    if (known.has(call.n) && isLater && affected !== 'all') continue;
    const found = findProof(scope, call);
    if (found === undefined) {
      if (known.delete(call.n) && first?.n === call.n) {
        refuted = true;
        first = undefined;
      }
      continue;
    }
    if (known.size < COMPLETIONS_MAX) known.add(call.n);
    if (first === undefined || !isLater) {
      first = call;
      proof = found;
    }
  }
  if (first === undefined) first = [...store.stepsOf(known)].sort(compareSteps)[0];
  const completions = [...known];
  const head = { ...before, completions, first: first?.n ?? null };
  return { head, proof, changed: refuted || proof !== undefined };
}

/** The earliest completion of each agent and task, canonical order. */
function completersOf(store: ChainStore, head: AlertHead): readonly ChainStep[] {
  const found = new Map<string, ChainStep>();
  for (const call of [...store.stepsOf(head.completions)].sort(compareSteps)) {
    const key = JSON.stringify([call.wire.agent_uid, call.wire.task_id ?? null]);
    if (!found.has(key)) found.set(key, call);
  }
  return [...found.values()].slice(0, COMPLETERS_MAX);
}

function completerNames(store: ChainStore, head: AlertHead): string {
  return completersOf(store, head)
    .map((call) => call.n)
    .join();
}

function conclude(input: Assessment, scope: ProofScope, head: AlertHead, proof: Proof): Alert {
  const { store, policy, policyKnown, detectedAt } = input;
  const meta = {
    ...input.meta,
    workExceeded: input.meta.workExceeded + (scope.work.exceeded ? 1 : 0),
  };
  const evaluable = isEvaluable(meta);
  const { combination } = scope;
  const residual = residualAccess(proof);
  const completers = completersOf(store, head);
  const cut = chooseCut({
    proof,
    residual,
    store,
    completers,
    completedWithout: (stopped) =>
      [...store.stepsOf(head.completions)].some((call) => !stopped(call)),
  });
  const verdict = judgeProof(proof, combination, evaluable);
  const parts: AlertParts = {
    meta,
    policy,
    policyKnown,
    combination,
    proof,
    verdict,
    residual,
    cut,
    completers,
    evaluable,
    count: Math.max(1, head.completions.length),
    detectedAt,
  };
  return buildAlert(parts);
}

function assessCombination(input: Assessment, combination: CompiledCombination): Revised {
  const { store, policy, work, detectedAt } = input;
  const before = store.head<AlertHead>(combination.source.id) ?? NO_HEAD;
  if (!isPossible(input.meta, combination)) return { head: before, alerts: [] };
  const scope: ProofScope = { store, policy, combination, work };
  const completed = complete(input, scope, before);
  const { head } = completed;
  if (head.first === null) return retract(head, detectedAt);
  const first = store.step(head.first);
  const newCompleter = completerNames(store, head) !== completerNames(store, before);
  if (!completed.changed && !newCompleter) return recount(head, detectedAt);
  // Decided under the policy version of the completing call, by whoever asks for that version.
  if (first?.wire.policy_version !== input.version) return recount(head, detectedAt);
  const proof = completed.proof ?? (first && findProof(scope, first));
  return proof === undefined
    ? recount(head, detectedAt)
    : revise(head, conclude(input, scope, head, proof));
}

export function assessChain(input: Assessment): Assessed {
  const alerts: Alert[] = [];
  const heads: string[] = [];
  for (const combination of input.policy.combinations) {
    const { id } = combination.source;
    const before = input.store.head<AlertHead>(id);
    const revised = assessCombination(input, combination);
    if (
      revised.head !== before &&
      revised.head.completions.length + Object.keys(revised.head.last).length > 0
    ) {
      input.store.putHead(id, revised.head);
      heads.push(id);
    }
    alerts.push(...revised.alerts);
  }
  return { alerts, heads };
}
