/** The assembly stage: `privilege.steps` → `alerts`, `privilege.links`, key `tenant|chain`. */
import {
  type Alert,
  type ControlRecord,
  epochMs,
  type PrivilegeLink,
  type PrivilegeStep,
  type VerdictControl,
  type Watermark,
} from '@waywarden/schemas';
import type { Output, StageRecord, Transaction } from '@waywarden/stage';
import { NOTES } from '../alerting/shared-note.ts';
import { alertOutput } from '../alerting/standing-alert.ts';
import { affectedCalls } from '../correlation/assembly/affected-calls.ts';
import { reportUnseen } from '../correlation/assembly/alert/unseen-alert.ts';
import { makeRoom } from '../correlation/assembly/chain/evict-chains.ts';
import { canTakePart, keepStep } from '../correlation/assembly/chain/keep-step.ts';
import {
  expireChains,
  openChain,
  openerOf,
  scheduleChain,
} from '../correlation/assembly/chain/open-chains.ts';
import { askRequests } from '../correlation/assembly/closing-gap.ts';
import { concludeChain } from '../correlation/assembly/conclude-chain.ts';
import { openGap } from '../correlation/assembly/gap-gauge.ts';
import { WORK_MAX } from '../correlation/assembly/model/assembly-limits.ts';
import { type ChainMeta, withTime } from '../correlation/assembly/model/chain-meta.ts';
import { type ChainStep, chainStep } from '../correlation/assembly/model/chain-step.ts';
import { ChainStore } from '../correlation/assembly/model/chain-store.ts';
import type { AlertHead } from '../correlation/assembly/model/revise-alert.ts';
import { count } from '../correlation/assembly/model/stage-counters.ts';
import { takeWords, type WordsTaken } from '../correlation/assembly/obeyed-text.ts';
import type { CompiledPolicy } from '../correlation/assembly/proof/compile-combination.ts';
import { WorkCounter } from '../correlation/assembly/proof/find-proof.ts';
import { keepControl, policyAt } from '../correlation/assembly/proof/policy-versions.ts';
import {
  possibleCombinations,
  seenOf,
} from '../correlation/assembly/proof/possible-combinations.ts';
import { reportLeads } from '../correlation/assembly/report-leads.ts';
import { answerUsual, noteSince } from '../correlation/assembly/usual-assemblies.ts';
import { countApprovalUse } from '../correlation/fleet-signals/count-approval-uses.ts';
import { countApproval } from '../correlation/fleet-signals/count-approvals.ts';
import { countChange } from '../correlation/fleet-signals/count-changes.ts';
import {
  answerCredential,
  countCredential,
} from '../correlation/fleet-signals/count-credentials.ts';
import { countOutage } from '../correlation/fleet-signals/count-outage.ts';
import { countSilence, type SignalOutcome } from '../correlation/fleet-signals/count-silence.ts';
import { countUnregistered } from '../correlation/fleet-signals/count-unregistered.ts';
import { acceptNumber, advanceClock, stageTime } from '../state/stage-clock.ts';
import { decideLink } from './decide-link.ts';
import { decideRequest, endRequest, expireRequests, settleRequest } from './decide-request.ts';

function pinnedSteps(store: ChainStore, meta: ChainMeta): ReadonlySet<number> {
  const pinned = new Set<number>();
  const proofs = new Set<string>();
  for (const id of meta.heads) {
    const head = store.head<AlertHead>(id);
    const standing = head?.open == null ? undefined : head.last[head.open];
    for (const event of standing?.assembly?.proof ?? []) proofs.add(event);
  }
  for (const { link } of store.leads()) proofs.add(link.from_event);
  for (const event of proofs) {
    const n = store.numberOf(event);
    if (n !== undefined) pinned.add(n);
  }
  return pinned;
}

interface Stored {
  readonly transaction: Transaction;
  readonly store: ChainStore;
  readonly meta: ChainMeta;
  readonly step: ChainStep;
  readonly policy: CompiledPolicy;
  readonly isRevised: boolean;
}

function gauge({ transaction, store, meta, policy, step }: Stored): ChainMeta {
  const { gaps } = seenOf(meta, policy);
  const { gapOf: before } = meta;
  if (gaps.some((gap) => gap.combination.source.id === before)) return meta;
  const gapOf = openGap({ transaction, store, meta, policy, step }, gaps)?.combination.source.id;
  const asked = store.meta() ?? meta;
  if (gapOf === before) return asked;
  count(transaction, { gaps: Number(gapOf !== undefined) - Number(before !== undefined) });
  return store.changeMeta(asked, { gapOf });
}

function assess(parts: Stored): readonly Output[] {
  const { transaction, store, step, policy, isRevised } = parts;
  const { policy_version: own } = step.wire;
  count(transaction, { steps: 1 });
  const gauged = gauge(parts);
  const { heads, versions, leads = 0 } = gauged;
  // Most chains lack a step of every combination.
  const isPossible = possibleCombinations(gauged, policy).length > 0;
  const isOpen = heads.length > 0 || versions.length > 1 || isPossible;
  if (!isOpen && leads === 0) return [];
  const meta = store.index(gauged);
  const work = new WorkCounter(WORK_MAX);
  const affected = isRevised ? 'all' : affectedCalls({ store, policy, work }, meta, step);
  const question = { transaction, store, meta, affected, work };
  const others = versions.filter((version) => version !== own);
  const alerts = isOpen ? concludeChain({ ...question, versions: [own, ...others] }) : [];
  const reported = leads > 0 ? reportLeads(question) : [];
  store.keepAsked();
  return [...alerts.map(alertOutput), ...reported];
}

function takeWordsOnly(
  transaction: Transaction,
  store: ChainStore,
  opened: ChainMeta,
  call: Pick<WordsTaken, 'step' | 'policy'>,
): readonly Output[] {
  const isNew = store.meta() === undefined;
  const meta = withTime(opened, call.step, call.policy.horizonMs);
  store.putMeta(meta);
  if (isNew) scheduleChain(transaction, meta);
  return takeWords({ transaction, store, meta, isStep: false, ...call }).map(alertOutput);
}

function decideStep(transaction: Transaction, wire: PrivilegeStep): readonly Output[] {
  // No step of any chain.
  if (wire.workload !== undefined) {
    const clock = stageTime(transaction);
    const isLater = clock !== undefined && clock.ms > epochMs(wire.event_time);
    return decideNote(transaction, wire, isLater ? clock.time : wire.event_time);
  }
  if (wire.exercise === 'requested') return decideRequest(transaction, wire);
  if (wire.exercise === 'settled') return settleRequest(transaction, wire);
  const store = new ChainStore(transaction, wire.tenant_id, wire.chain_id);
  if (store.numberOf(wire.event_id) !== undefined) return [];
  const before = store.meta();
  const step = chainStep(before?.next ?? 0, wire);
  const takesPart = canTakePart(step);
  if (!takesPart && wire.words === undefined) return [];
  const atHand = policyAt(transaction, wire.tenant_id, wire.policy_version);
  if (atHand === undefined) return [];
  noteSince(transaction, wire.tenant_id, step.ms);
  const name = { tenant: wire.tenant_id, chain: wire.chain_id };
  const opened = openChain(transaction, store, name, openerOf(wire));
  const { policy } = atHand;
  if (!takesPart) return takeWordsOnly(transaction, store, opened, { step, policy });
  const { meta: ended, isRevised } = endRequest(transaction, store, opened, wire);
  const pinned = () => pinnedSteps(store, ended);
  const { meta, retained } = keepStep({ store, meta: ended, step, policy, pinned });
  const hadAlert = meta.heads.length > 0;
  if (before === undefined) scheduleChain(transaction, meta);
  const injected = takeWords({ transaction, store, meta, step, isStep: retained, policy }).map(
    alertOutput,
  );
  if (!retained) return injected;
  const reported = [
    ...injected,
    ...assess({ transaction, store, meta, step, policy, isRevised }),
    ...reportUnseen({ transaction, store, step, policy }).map(alertOutput),
  ];
  const asks = (opened.requests ?? 0) > 0 || hadAlert;
  return asks ? [...reported, ...askRequests(transaction, store).map(alertOutput)] : reported;
}

export function decideAssembly(transaction: Transaction, record: StageRecord): readonly Output[] {
  const { source } = record;
  switch (record.type) {
    case 'event': {
      const value = record.value as PrivilegeStep | PrivilegeLink;
      const reported = makeRoom(transaction).map(alertOutput);
      const isLink = 'from_event' in value;
      return [
        ...reported,
        ...(isLink ? decideLink(transaction, value) : decideStep(transaction, value)),
      ];
    }
    case 'control': {
      const control = record.value as ControlRecord | VerdictControl;
      if (control.kind === 'verdict') {
        answerCredential(transaction, control);
        answerUsual(transaction, control);
      } else if (acceptNumber(transaction, source, control.seq)) keepControl(transaction, control);
      return [];
    }
    case 'watermark': {
      const { seq, time } = record.value as Watermark;
      const nowMs = acceptNumber(transaction, source, seq)
        ? advanceClock(transaction, source, time)
        : undefined;
      if (nowMs === undefined) return [];
      const outputs = expireRequests(transaction, nowMs);
      expireChains(transaction, nowMs);
      return outputs;
    }
  }
}

function alertsOf(
  transaction: Transaction,
  step: PrivilegeStep,
  at: string,
): readonly (Alert | undefined)[] {
  switch (step.activity) {
    case NOTES.changeSeen:
    case NOTES.changeDeclared:
    case NOTES.ownChangeDeclared:
      return [countChange(transaction, step, at)];
    case NOTES.credentialUsed:
    case NOTES.credentialHanded:
    case NOTES.secretFound:
    case NOTES.secretFetched:
      return countCredential(transaction, step, at);
    case NOTES.approvalGiven:
      return [countApproval(transaction, step, at)];
    case NOTES.approvalSpent:
    case NOTES.approvalSpentGravely:
      return [countApprovalUse(transaction, step, at)];
    default:
      return [countUnregistered(transaction, step, at)];
  }
}

function ofSilence(transaction: Transaction, step: PrivilegeStep, at: string): SignalOutcome {
  const isOutage = step.workload?.startsWith('outage/') === true;
  return isOutage ? countOutage(transaction, step, at) : countSilence(transaction, step, at);
}

/** `at`: the stage's time, or the note's if later. */
function decideNote(transaction: Transaction, step: PrivilegeStep, at: string): readonly Output[] {
  switch (step.activity) {
    case NOTES.silenceBegun:
    case NOTES.silenceEnded:
    case NOTES.tokenSeen:
    case NOTES.usedWhileSilent: {
      const { alert, note } = ofSilence(transaction, step, at);
      return [...(alert === undefined ? [] : [alertOutput(alert)]), ...(note ? [note] : [])];
    }
    default:
      return alertsOf(transaction, step, at).flatMap((alert) =>
        alert === undefined ? [] : [alertOutput(alert)],
      );
  }
}
