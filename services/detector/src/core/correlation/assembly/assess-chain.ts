/** What a chain now amounts to, as a function of the set of its steps, whatever the order of arrival. */
import type { Alert, Registry } from '@waywarden/schemas';
import {
  type ApprovalVerdict,
  judgeApproval,
  underApproval,
  verdictMark,
} from './alert/approved-assembly.ts';
import { buildAssemblyAlert, isEvaluable } from './alert/assembly-alert.ts';
import { chooseCut, residualAccess } from './alert/choose-cut.ts';
import { COMPLETERS_MAX, COMPLETIONS_MAX } from './model/assembly-limits.ts';
import type { ChainMeta } from './model/chain-meta.ts';
import { type ChainStep, compareSteps } from './model/chain-step.ts';
import type { ChainStore } from './model/chain-store.ts';
import {
  type AlertHead,
  NO_HEAD,
  type Revised,
  recount,
  retract,
  reviseHead,
} from './model/revise-alert.ts';
import { retryOf } from './proof/call-conditions.ts';
import type { CompiledCombination, CompiledPolicy } from './proof/compile-combination.ts';
import { findProof, type Proof, type ProofScope, type WorkCounter } from './proof/find-proof.ts';
import { judgeProof } from './proof/judge-proof.ts';
import { possibleCombinations, symbolsFor } from './proof/possible-combinations.ts';
import { isAsserted } from './proof/proof-assurance.ts';
import { isDoubtfulClaim, matchedSymbols } from './proof/step-match.ts';

interface Assessment {
  readonly store: ChainStore;
  readonly meta: ChainMeta;
  readonly policy: CompiledPolicy;
  readonly policyKnown: boolean;
  readonly version: string;
  readonly affected: ReadonlySet<number> | 'all';
  readonly work: WorkCounter;
  readonly detectedAt: string;
  readonly isNewHere: (ms: number) => boolean;
  readonly registryAt: (version: string | undefined) => Registry | undefined;
}

interface Assessed {
  readonly alerts: readonly Alert[];
  readonly heads: readonly string[];
}

function callsOf(
  { store, version }: Assessment,
  numbers: ReadonlySet<number>,
): readonly ChainStep[] {
  return store
    .stepsOf(numbers)
    .filter((one) => one.wire.policy_version === version)
    .toSorted(compareSteps);
}

function allCandidates(input: Assessment, combination: CompiledCombination): readonly ChainStep[] {
  const { store, meta } = input;
  const numbers = new Set<number>();
  for (const { completing } of combination.variants) {
    const compiled = combination.steps[completing];
    for (const symbol of compiled === undefined ? [] : symbolsFor(meta, compiled)) {
      for (const n of store.tables.bySymbol(symbol)) numbers.add(n);
    }
  }
  return callsOf(input, numbers);
}

function isUntouched(
  { meta, store }: Assessment,
  combination: CompiledCombination,
  calls: readonly ChainStep[],
): boolean {
  const { source, steps, variants } = combination;
  if (meta.heads.includes(source.id)) return false;
  const last = variants.flatMap(({ completing }) => steps[completing] ?? []);
  const mayBeLast = (call: ChainStep) => last.some((one) => matchedSymbols(one, call).length > 0);
  if (calls.some(mayBeLast)) return false;
  return meta.versions.length < 2 || store.head(source.id) === undefined;
}

interface Completed {
  readonly head: AlertHead;
  readonly proof: Proof | undefined;
  readonly changed: boolean;
}

function isUnsure({ steps, variants }: CompiledCombination, call: ChainStep): boolean {
  if (isAsserted(call)) return true;
  return variants.every(({ completing }) => {
    const step = steps[completing];
    const symbols = step === undefined ? [] : matchedSymbols(step, call);
    return symbols.length === 0 || isDoubtfulClaim(call, symbols);
  });
}

/** The proven before the asserted, both before what rests on the principal alone; then the earlier. */
function completionOrder(scope: ProofScope, byPrincipal: ReadonlySet<number>) {
  const unsure = (call: ChainStep) =>
    (byPrincipal.has(call.n) ? 4 : 0) +
    (isUnsure(scope.combination, call) ? 2 : 0) +
    (retryOf(scope, call) === undefined ? 0 : 1);
  return (a: ChainStep, b: ChainStep) => unsure(a) - unsure(b) || compareSteps(a, b);
}

function complete(
  { store, affected }: Assessment,
  scope: ProofScope,
  before: AlertHead,
  calls: readonly ChainStep[],
): Completed {
  const byPrincipal = new Set(before.byPrincipal ?? []);
  const order = completionOrder(scope, byPrincipal);
  const known = new Set(before.completions.filter((n) => store.step(n) !== undefined));
  const standing = before.first === null ? undefined : store.step(before.first);
  const proofs = new Map<number, Proof>();
  let first = standing;
  for (const call of calls) {
    const isLater = first !== undefined && order(call, first) > 0;
    if (known.has(call.n) && isLater && affected !== 'all') continue;
    const found = findProof(scope, call);
    byPrincipal.delete(call.n);
    if (found?.byPrincipal === true) byPrincipal.add(call.n);
    if (found === undefined) {
      known.delete(call.n);
      if (first?.n === call.n) first = undefined;
      continue;
    }
    if (known.size < COMPLETIONS_MAX) known.add(call.n);
    if (first === undefined || order(call, first) <= 0) {
      first = call;
      proofs.set(call.n, found);
    }
  }
  for (const call of store.stepsOf(known)) {
    if (first === undefined || order(call, first) < 0) first = call;
  }
  const proof = first && proofs.get(first.n);
  const refuted = standing !== undefined && first?.n !== standing.n;
  const { byPrincipal: _, ...rest } = before;
  const weak = [...known].filter((n) => byPrincipal.has(n));
  const head = {
    ...rest,
    completions: [...known],
    first: first?.n ?? null,
    ...(weak.length === 0 ? {} : { byPrincipal: weak }),
  };
  return { head, proof, changed: refuted || proof !== undefined };
}

function completersOf(scope: ProofScope, head: AlertHead): readonly ChainStep[] {
  const found = new Map<string, ChainStep>();
  const calls = [...scope.store.stepsOf(head.completions)];
  const order = completionOrder(scope, new Set(head.byPrincipal));
  for (const call of calls.sort(order)) {
    const key = JSON.stringify([call.wire.agent_uid, call.wire.task_id ?? null]);
    if (!found.has(key)) found.set(key, call);
  }
  return [...found.values()].slice(0, COMPLETERS_MAX);
}

const completerNames = (scope: ProofScope, head: AlertHead) =>
  completersOf(scope, head)
    .map((call) => call.n)
    .join();

function conclude(input: Assessment, scope: ProofScope, head: AlertHead, proof: Proof): Alert {
  const { store, policy } = input;
  const meta = {
    ...input.meta,
    workExceeded: input.meta.workExceeded + (scope.work.exceeded ? 1 : 0),
  };
  const evaluable = isEvaluable(meta);
  const { combination } = scope;
  const residual = residualAccess(proof, policy);
  const completers = completersOf(scope, head);
  const cut = chooseCut({
    proof,
    residual,
    store,
    completers,
    agentOf: ({ wire }) =>
      input.registryAt(wire.registry_version)?.agents.find(({ uid }) => uid === wire.agent_uid),
    completedWithout: (stopped) =>
      [...store.stepsOf(head.completions)].some((call) => !stopped(call)),
  });
  const verdict = judgeProof(scope, proof, evaluable);
  return buildAssemblyAlert({
    ...input,
    ...{ meta, combination, proof, verdict, residual, cut, completers, evaluable },
    count: Math.max(1, head.completions.length),
    cutImports: store.imports().filter((link) => link.calls_truncated === true),
    commonValues: store.commonValues(input.meta),
    isNewHere:
      proof.links.some(({ via }) => via === 'data_flow' || via === 'resource') &&
      input.isNewHere(proof.completing.ms),
  });
}

function approvalOf(
  { store, meta, policy, registryAt }: Assessment,
  combination: CompiledCombination,
  call: ChainStep,
): ApprovalVerdict | undefined {
  const registry = registryAt(call.wire.registry_version);
  return judgeApproval({ store, meta, registry, combination, skewMs: policy.skewMs, call });
}

function assessCombination(
  input: Assessment,
  combination: CompiledCombination,
  calls: readonly ChainStep[],
): Revised {
  const { store, policy, work, detectedAt } = input;
  const before = store.head<AlertHead>(combination.source.id) ?? NO_HEAD;
  const scope: ProofScope = { store, policy, combination, work };
  const completed = complete(input, scope, before, calls);
  const { head } = completed;
  if (head.first === null) return retract(head, detectedAt);
  const first = store.step(head.first);
  const approval = first && approvalOf(input, combination, first);
  const mark = verdictMark(approval);
  const isAsBefore = mark === (before.approval ?? '');
  const newCompleter = completerNames(scope, head) !== completerNames(scope, before);
  if (!completed.changed && !newCompleter && isAsBefore) return recount(head, detectedAt);
  // By the version of the completing call.
  if (first?.wire.policy_version !== input.version) return recount(head, detectedAt);
  const proof = completed.proof ?? (first && findProof(scope, first));
  return proof === undefined
    ? recount(head, detectedAt)
    : reviseHead(
        { ...head, approval: mark },
        underApproval(conclude(input, scope, head, proof), approval, input.meta.chain),
      );
}

function combinationsToAsk({ meta, policy }: Assessment): readonly CompiledCombination[] {
  const possible = possibleCombinations(meta, policy);
  if (meta.heads.length === 0) return possible;
  return policy.combinations.filter(
    (one) => possible.includes(one) || meta.heads.includes(one.source.id),
  );
}

export function assessChain(input: Assessment): Assessed {
  const alerts: Alert[] = [];
  const heads: string[] = [];
  const affected = input.affected === 'all' ? undefined : callsOf(input, input.affected);
  for (const combination of combinationsToAsk(input)) {
    const { id } = combination.source;
    const calls = affected ?? allCandidates(input, combination);
    if (isUntouched(input, combination, calls)) continue;
    const before = input.store.head<AlertHead>(id);
    const revised = assessCombination(input, combination, calls);
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
