/**
 * Requested calls: stored until their end, and after `limits.request_deadline` assumed done where irreversible:
 * that alerts, and nothing automatic follows.
 */
import type { Alert, PrivilegeStep } from '@waywarden/schemas';
import type { Output, Transaction } from '@waywarden/stage';
import { alertOutput } from '../alerting/standing-alert.ts';
import { dropStep, keepStep } from '../correlation/assembly/chain/keep-step.ts';
import {
  DUE_FINENESS,
  DUE_REQUESTS,
  type DueRequest,
  hasEnded,
  openChain,
  openerOf,
  putRequestedCalls,
  type RequestedCall,
  reportsOf,
  requestedCalls,
  scheduleChain,
  scheduleRequest,
  withRequest,
} from '../correlation/assembly/chain/open-chains.ts';
import { askRequests } from '../correlation/assembly/closing-gap.ts';
import { concludeChain } from '../correlation/assembly/conclude-chain.ts';
import { WORK_MAX } from '../correlation/assembly/model/assembly-limits.ts';
import { type ChainMeta, withTime } from '../correlation/assembly/model/chain-meta.ts';
import { chainStep } from '../correlation/assembly/model/chain-step.ts';
import { ChainStore } from '../correlation/assembly/model/chain-store.ts';
import { WorkCounter } from '../correlation/assembly/proof/find-proof.ts';
import { policyAt } from '../correlation/assembly/proof/policy-versions.ts';
import { mayHaveHappened } from '../domain/acts.ts';
import { takeDue } from '../state/due-items.ts';

export function decideRequest(transaction: Transaction, wire: PrivilegeStep): readonly Output[] {
  const { tenant_id: tenant, chain_id: chain } = wire;
  const policy = policyAt(transaction, tenant, wire.policy_version)?.policy;
  if (policy === undefined) return [];
  const store = new ChainStore(transaction, tenant, chain);
  const name = { tenant, chain };
  const before = requestedCalls(transaction, name);
  if (before.some((one) => reportsOf(one.wire, wire)) || hasEnded(store, wire)) return [];
  const isNew = store.meta() === undefined;
  const opened = withTime(
    openChain(transaction, store, name, openerOf(wire)),
    chainStep(0, wire),
    policy.horizonMs,
  );
  const { calls, refused } = withRequest(before, wire);
  const meta = {
    ...opened,
    requests: calls.length,
    requestsRefused: (opened.requestsRefused ?? 0) + refused,
  };
  putRequestedCalls(transaction, name, calls);
  store.putMeta(meta);
  if (isNew) scheduleChain(transaction, meta);
  if (mayHaveHappened(wire.effect)) scheduleRequest(transaction, wire, policy.requestDeadlineMs);
  return askRequests(transaction, store).map(alertOutput);
}

interface EndedRequest {
  readonly meta: ChainMeta;
  readonly isRevised: boolean;
}

export function endRequest(
  transaction: Transaction,
  store: ChainStore,
  meta: ChainMeta,
  end: PrivilegeStep,
): EndedRequest {
  const nothing = { meta, isRevised: false };
  if ((meta.requests ?? 0) === 0 || end.call_uid === undefined) return nothing;
  const before = requestedCalls(transaction, meta);
  const isEnded = ({ wire, state }: RequestedCall) => state !== 'denied' && reportsOf(end, wire);
  const ended = before.filter(isEnded);
  if (ended.length === 0) return nothing;
  const calls =
    end.exercise === 'attempted'
      ? before.map((one): RequestedCall => (isEnded(one) ? { ...one, state: 'denied' } : one))
      : before.filter((one) => !isEnded(one));
  putRequestedCalls(transaction, meta, calls);
  let left: ChainMeta = { ...meta, requests: calls.length };
  let isRevised = false;
  for (const { wire, state } of ended) {
    const n = state === 'assumed' ? store.numberOf(wire.event_id) : undefined;
    const step = n === undefined ? undefined : store.step(n);
    if (step === undefined) continue;
    left = dropStep(store, left, step);
    isRevised = true;
  }
  return { meta: left, isRevised };
}

function askAll(transaction: Transaction, store: ChainStore): readonly Alert[] {
  const retained = store.meta();
  if (retained === undefined) return [];
  const meta = store.index(retained);
  const work = new WorkCounter(WORK_MAX);
  const question = { transaction, store, meta, affected: 'all', work } as const;
  const alerts = concludeChain({ ...question, versions: meta.versions });
  return [...alerts, ...askRequests(transaction, store)];
}

export function settleRequest(transaction: Transaction, wire: PrivilegeStep): readonly Output[] {
  const store = new ChainStore(transaction, wire.tenant_id, wire.chain_id);
  const before = store.meta();
  if (before === undefined) return [];
  const { meta, isRevised } = endRequest(transaction, store, before, wire);
  if (meta === before) return [];
  store.putMeta(meta);
  const alerts = isRevised ? askAll(transaction, store) : askRequests(transaction, store);
  return alerts.map(alertOutput);
}

function assume(transaction: Transaction, due: DueRequest): readonly Alert[] {
  const { agent: agent_uid, callUid: call_uid } = due;
  const calls = requestedCalls(transaction, due);
  const open = calls.find(
    ({ wire, state }) =>
      state === 'open' && wire.agent_uid === agent_uid && wire.call_uid === call_uid,
  );
  const store = new ChainStore(transaction, due.tenant, due.chain);
  const meta = store.meta();
  if (open === undefined || meta === undefined) return [];
  const policy = policyAt(transaction, due.tenant, open.wire.policy_version)?.policy;
  if (policy === undefined) return [];
  const wire = { ...open.wire, exercise: 'possibly', outcome: 'unknown' } as const;
  const none: ReadonlySet<number> = new Set();
  const step = chainStep(meta.next, wire);
  const retained = keepStep({ store, meta, step, policy, pinned: () => none });
  if (!retained.retained) return [];
  const assumed: RequestedCall = { wire: open.wire, state: 'assumed' };
  putRequestedCalls(
    transaction,
    due,
    calls.map((one) => (one === open ? assumed : one)),
  );
  return askAll(transaction, store);
}

export function expireRequests(transaction: Transaction, nowMs: number): readonly Output[] {
  const due = takeDue<DueRequest>(transaction, nowMs * DUE_FINENESS, DUE_REQUESTS);
  return due.flatMap((one) => assume(transaction, one)).map(alertOutput);
}
