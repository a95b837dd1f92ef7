/**
 * The early warning: a call was requested that would complete a combination. Quiet where it is not granted,
 * approved, or usual.
 */
import { type Alert, matchesGrant } from '@waywarden/schemas';
import type { Transaction } from '@waywarden/stage';
import { judgeApproval } from './alert/approved-assembly.ts';
import { isEvaluable } from './alert/assembly-alert.ts';
import { gapAlert } from './alert/gap-alert.ts';
import { type RequestedCall, requestedCalls } from './chain/open-chains.ts';
import { logTime } from './conclude-chain.ts';
import { WORK_MAX } from './model/assembly-limits.ts';
import type { ChainMeta } from './model/chain-meta.ts';
import { type ChainStep, chainStep, compareSteps } from './model/chain-step.ts';
import type { ChainStore } from './model/chain-store.ts';
import { type AlertHead, NO_HEAD, retract, reviseHead } from './model/revise-alert.ts';
import { symbolKeys } from './model/step-keys.ts';
import type { CompiledCombination, CompiledPolicy } from './proof/compile-combination.ts';
import { findProof, type ProofScope, WorkCounter } from './proof/find-proof.ts';
import { judgeProof } from './proof/judge-proof.ts';
import { policyAt, registryAt } from './proof/policy-versions.ts';
import { possibleCombinations } from './proof/possible-combinations.ts';
import { isRare, isUsual } from './usual-assemblies.ts';

const GAP = 'gap/';

interface Request {
  readonly call: ChainStep;
  readonly isDenied: boolean;
}

interface Chain {
  readonly transaction: Transaction;
  readonly store: ChainStore;
  readonly meta: ChainMeta;
  readonly work: WorkCounter;
  readonly detectedAt: string;
}

/** Stands for the request within one decision. */
function asDone({ wire, state }: RequestedCall, at: number): Request {
  const done = { ...wire, exercise: 'exercised', outcome: 'success' } as const;
  return { call: chainStep(Number.MAX_SAFE_INTEGER - at, done), isDenied: state === 'denied' };
}

function withSymbols(meta: ChainMeta, call: ChainStep): ChainMeta {
  const symbols = { ...meta.symbols };
  for (const key of symbolKeys(call)) symbols[key] = true;
  return { ...meta, symbols };
}

function isInHand({ wire }: ChainStep, symbols: readonly string[]): boolean {
  const { grants } = wire;
  if (grants === null) return true;
  return symbols.some((symbol) => grants.some((grant) => matchesGrant(grant, symbol)));
}

function isExpected(chain: Chain, scope: ProofScope, call: ChainStep): boolean {
  const { transaction, store, meta } = chain;
  const { combination, policy } = scope;
  const registry = registryAt(transaction, meta.tenant, call.wire.registry_version);
  const approval = judgeApproval({
    store,
    meta,
    registry,
    combination,
    skewMs: policy.skewMs,
    call,
  });
  if (approval?.problem === null) return true;
  const { id, severity_usual: low } = combination.source;
  const asked = { transaction, registry, combination: id, call: call.wire };
  return low === undefined ? isUsual(asked) : !isRare(asked);
}

function warningOf(
  chain: Chain,
  policy: CompiledPolicy,
  combination: CompiledCombination,
  request: Request,
): Alert | undefined {
  const { store, meta, work, detectedAt } = chain;
  const { call, isDenied } = request;
  const scope: ProofScope = { store, policy, combination, work };
  const proof = findProof(scope, call);
  if (proof === undefined) return undefined;
  const asked = proof.steps.find((one) => one.event === call)?.symbols ?? [];
  if (!isInHand(call, asked) || isExpected(chain, scope, call)) return undefined;
  const verdict = judgeProof(scope, proof, isEvaluable(meta));
  const commonValues = store.commonValues(meta);
  return gapAlert({
    meta,
    policy,
    combination,
    proof,
    verdict,
    isDenied,
    detectedAt,
    commonValues,
  });
}

function isStanding(store: ChainStore, id: string): boolean {
  return (store.head<AlertHead>(id)?.open ?? null) !== null;
}

function warningsOf(chain: Chain, requests: readonly Request[]): ReadonlyMap<string, Alert> {
  const { transaction, store, meta } = chain;
  const found = new Map<string, Alert>();
  for (const request of requests) {
    const { wire } = request.call;
    const policy = policyAt(transaction, meta.tenant, wire.policy_version)?.policy;
    if (policy === undefined) continue;
    for (const one of possibleCombinations(withSymbols(meta, request.call), policy)) {
      const { id } = one.source;
      if (found.has(id) || isStanding(store, id)) continue;
      const warning = warningOf(chain, policy, one, request);
      if (warning !== undefined) found.set(id, warning);
    }
  }
  return found;
}

export function askRequests(transaction: Transaction, store: ChainStore): readonly Alert[] {
  const retained = store.meta();
  if (retained === undefined) return [];
  const known = retained.heads
    .filter((head) => head.startsWith(GAP))
    .map((h) => h.slice(GAP.length));
  const calls = requestedCalls(transaction, retained).filter(({ state }) => state !== 'assumed');
  if (calls.length + known.length === 0) return [];
  const meta = store.index(retained);
  const detectedAt = logTime(transaction, meta);
  const chain: Chain = { transaction, store, meta, work: new WorkCounter(WORK_MAX), detectedAt };
  const requests = calls.map(asDone).sort((a, b) => compareSteps(a.call, b.call));
  const warnings = warningsOf(chain, requests);
  const alerts: Alert[] = [];
  const heads = new Set(meta.heads);
  for (const id of new Set([...known, ...warnings.keys()])) {
    const before = store.head<AlertHead>(GAP + id) ?? NO_HEAD;
    const next = warnings.get(id);
    const revised = next === undefined ? retract(before, detectedAt) : reviseHead(before, next);
    store.putHead(GAP + id, revised.head);
    heads.add(GAP + id);
    alerts.push(...revised.alerts);
  }
  if (heads.size > meta.heads.length) store.putMeta({ ...meta, heads: [...heads] });
  store.keepAsked();
  return alerts;
}
