/**
 * The response: what the responder decides about each entry of its journal. The same journal gives
 * the same decisions, commands and chain. Alerts wait for a tenant's first policy.
 */
import {
  type Alert,
  canonicalJson,
  type JournalEntry,
  type LineageFact,
  type RevocationCommand,
  type Sighting,
  type Silence,
  TOPICS,
  type Unanswered,
} from '@waywarden/schemas';
import type { Decide, Draft, Output } from '@waywarden/stage';
import { applyRule } from '../commands/apply-rule.ts';
import { cascade, reachNew } from '../commands/cascade.ts';
import { extendOrder } from '../commands/extend-order.ts';
import { lapse } from '../commands/lapse-command.ts';
import { takeVictims } from '../commands/origin-victims.ts';
import { settleUnanswered } from '../commands/settle-unanswered.ts';
import { withdrawAlert } from '../commands/withdraw-alert.ts';
import { applyDelivery, applyReceipt } from '../containment/apply-receipt.ts';
import { applySighting, applySilence, judgeAgain } from '../containment/containment-proof.ts';
import { credentialLifeMs } from '../containment/credential-life.ts';
import { escalate, escalateSilence, undoneBy } from '../containment/escalate-command.ts';
import {
  expectProbe,
  expectProbeAgain,
  hastenProbes,
  probe,
  takeProbeAnswer,
} from '../containment/probe-containment.ts';
import { retryHeldUp } from '../containment/retry-escalation.ts';
import { tellLeaks } from '../containment/tell-leaks.ts';
import { replaceApprovable } from '../guards/approvable.ts';
import { dropHeldOfAlert, dropHeldOfWithdrawn } from '../guards/held-by-pause.ts';
import { matchesRule } from '../guards/match-rule.ts';
import { noteAlerted } from '../model/alert-verdict.ts';
import { type Due, takeDue } from '../model/due-heap.ts';
import { forgetExpired, issuedCommand } from '../model/issued-command.ts';
import { noteLineage } from '../model/lineage.ts';
import {
  clockOf,
  moveClock,
  type ResponseContext,
  type ResponseDependencies,
} from '../model/response-context.ts';
import { tenantPolicy, tenantRegistry } from '../model/tenant-rules.ts';
import { type SignedAct, takeAct } from '../operator/take-act.ts';
import { takeControl } from './take-control.ts';
import { noteTaskEnd, settleTaskEnd } from './task-end.ts';
import { noteLease, settleLease } from './task-lease.ts';
import { holdBack, takeWaiting } from './waiting.ts';

function contextOf(
  draft: Draft,
  dependencies: ResponseDependencies,
  tenantId: string,
  nowMs: number,
): ResponseContext | undefined {
  const policy = tenantPolicy(draft, tenantId);
  if (!policy) return undefined;
  return {
    draft,
    sha256: dependencies.sha256,
    neverRevoke: dependencies.neverRevoke ?? [],
    policy,
    registry: tenantRegistry(draft, tenantId),
    nowMs,
  };
}

function decideAlert(
  draft: Draft,
  dependencies: ResponseDependencies,
  alert: Alert,
): readonly Output[] {
  const nowMs = moveClock(draft, alert.detected_at);
  const due = letFallDue(draft, dependencies, nowMs);
  const context = contextOf(draft, dependencies, alert.tenant_id, nowMs);
  if (!context) {
    holdBack(draft, 'waiting', alert);
    return due;
  }
  const { tenant_id: tenantId, alert_id: alertId } = alert;
  if (alert.state === 'withdrawn') {
    dropHeldOfWithdrawn(draft, tenantId, alertId);
    return [...due, ...withdrawAlert(context, alert)];
  }
  dropHeldOfAlert(draft, alert, replaceApprovable(draft, alert));
  noteAlerted(draft, alert);
  const rules = context.policy.rules.filter((rule) => matchesRule(rule, alert, context));
  return [...due, ...rules.flatMap((rule) => applyRule(context, alert, rule))];
}

/** Decides what waited, once there is a policy. */
function releaseWaiting(
  draft: Draft,
  dependencies: ResponseDependencies,
  tenantId: string,
): readonly Output[] {
  if (!tenantPolicy(draft, tenantId)) return [];
  const acts = takeWaiting<SignedAct>(draft, 'waiting_act', tenantId);
  const alerts = takeWaiting<Alert>(draft, 'waiting', tenantId);
  return [
    ...acts.flatMap((act) => decideAct(draft, dependencies, act)),
    ...alerts.flatMap((alert) => decideAlert(draft, dependencies, alert)),
  ];
}

function decideAct(
  draft: Draft,
  dependencies: ResponseDependencies,
  act: SignedAct,
): readonly Output[] {
  const context = contextOf(draft, dependencies, act.tenant_id, clockOf(draft));
  if (context !== undefined) return takeAct(context, act);
  holdBack(draft, 'waiting_act', act);
  return [];
}

function signedActOf({ act, signed }: Extract<JournalEntry, { readonly kind: 'act' }>): SignedAct {
  return signed === undefined ? act : { ...act, key: signed.key_print, signed };
}

/** Long enough to tell words of one second from each other. */
const PRINT_LENGTH = 16;

function takeReceipt(
  draft: Draft,
  dependencies: ResponseDependencies,
  entry: Extract<JournalEntry, { readonly kind: 'receipt' }>,
): readonly Output[] {
  const { receipt, signed_at: signedAt, arrived_at: arrivedAt } = entry;
  const { tenant_id: tenantId } = receipt;
  const issued = applyReceipt(draft, receipt, {
    ...{ signedAt, arrivedAt, nowMs: clockOf(draft) },
    print: dependencies.sha256(canonicalJson(receipt)).slice(0, PRINT_LENGTH),
    lifeMsOf: (agentUid) =>
      credentialLifeMs(tenantPolicy(draft, tenantId), tenantRegistry(draft, tenantId), agentUid),
  });
  const context = contextOf(draft, dependencies, receipt.tenant_id, clockOf(draft));
  if (issued === undefined || context === undefined) return [];
  if (issued.command.probes !== undefined) {
    return tellLeaks(context, takeProbeAnswer(context, issued, { receipt, arrivedAt }));
  }
  const leaks = tellLeaks(context, judgeAgain(draft, issued, context.nowMs));
  expectProbe(context, receipt.command_id);
  const undone = undoneBy(issued);
  if (undone === undefined) {
    return issued.awaits === true ? [...leaks, ...escalateSilence(context, issued)] : leaks;
  }
  const why = `${undone} answered "${receipt.state}" to ${issued.command.action}.`;
  const risen = escalate(context, receipt.command_id, why);
  return [...leaks, ...risen, ...takeVictims(context, issued)];
}

function takeSighting(
  draft: Draft,
  dependencies: ResponseDependencies,
  call: Sighting,
): readonly Output[] {
  // The clock is not moved: a source may be ahead of it, and budgets and expiry hang on it.
  const context = contextOf(draft, dependencies, call.tenant_id, clockOf(draft));
  if (context === undefined) return [];
  const { leaks, doubted } = applySighting(draft, call, context.nowMs);
  for (const commandId of doubted) expectProbeAgain(context, commandId);
  return tellLeaks(context, leaks);
}

function takeSilence(
  draft: Draft,
  dependencies: ResponseDependencies,
  silence: Silence,
): readonly Output[] {
  const nowMs = moveClock(draft, silence.until);
  const context = contextOf(draft, dependencies, silence.tenant_id, nowMs);
  if (context === undefined) return [];
  applySilence(draft, silence, context.policy.silenceFactor);
  hastenProbes(context, silence.tenant_id, silence.agent_uid);
  return [];
}

function fallDue(draft: Draft, dependencies: ResponseDependencies, due: Due): readonly Output[] {
  const nowMs = clockOf(draft);
  if (due.what === 'task_end' || due.what === 'lease') {
    const context = contextOf(draft, dependencies, due.tenantId ?? '', nowMs);
    if (context === undefined) return [];
    return due.what === 'lease' ? settleLease(context, due) : settleTaskEnd(context, due.commandId);
  }
  const issued = issuedCommand(draft, due.commandId);
  if (!issued) return [];
  const context = contextOf(draft, dependencies, issued.command.tenant_id, nowMs);
  if (!context) return [];
  if (due.what === 'probe') return probe(context, due.commandId);
  if (due.what === 'receivers') return extendOrder(context, due.commandId);
  if (due.what === 'blackout' || due.what === 'budget') return retryHeldUp(context, due.commandId);
  return due.what === 'lapse' ? lapse(context, due.commandId) : [];
}

function takeUnanswered(
  draft: Draft,
  dependencies: ResponseDependencies,
  unanswered: Unanswered,
): readonly Output[] {
  const issued = issuedCommand(draft, unanswered.command_id);
  const context = contextOf(draft, dependencies, unanswered.tenant_id, clockOf(draft));
  if (issued === undefined || context === undefined) return [];
  return unanswered.by === 'person'
    ? settleUnanswered(context, issued)
    : escalateSilence(context, issued);
}

/** What fell due first: an order is forgotten only after it has lapsed. */
function letFallDue(
  draft: Draft,
  dependencies: ResponseDependencies,
  nowMs: number,
): readonly Output[] {
  const due = takeDue(draft, nowMs);
  const outputs =
    dependencies.nobodyAnswers === true
      ? []
      : due.flatMap((one) => fallDue(draft, dependencies, one));
  forgetExpired(draft, nowMs);
  return outputs;
}

function takeLineage(
  draft: Draft,
  dependencies: ResponseDependencies,
  fact: LineageFact,
): readonly Output[] {
  const holder = noteLineage(draft, fact);
  const context = contextOf(draft, dependencies, fact.tenant_id, clockOf(draft));
  if (holder === undefined || context === undefined) return [];
  noteLease(context, holder);
  return reachNew(context, holder);
}

/** Every order that was just given is carried on to what was handed on from its subject. */
function carriedOn(
  draft: Draft,
  dependencies: ResponseDependencies,
  outputs: readonly Output[],
): readonly Output[] {
  const further = outputs.flatMap(({ topic, type, value }) => {
    if (topic !== TOPICS.revocationCommands.name || type !== 'event') return [];
    const command = value as RevocationCommand;
    const context = contextOf(draft, dependencies, command.tenant_id, clockOf(draft));
    return context === undefined ? [] : cascade(context, command.command_id);
  });
  return further.length === 0 ? outputs : [...outputs, ...further];
}

export function createDecideResponse(dependencies: ResponseDependencies): Decide {
  const decideEntry = decideOn(dependencies);
  return (draft, record) => {
    const outputs = decideEntry(draft, record.value as JournalEntry);
    return carriedOn(draft, dependencies, outputs);
  };
}

function decideOn(dependencies: ResponseDependencies) {
  return (draft: Draft, entry: JournalEntry): readonly Output[] => {
    switch (entry.kind) {
      case 'alert':
        return decideAlert(draft, dependencies, entry.alert);
      case 'receipt':
        return takeReceipt(draft, dependencies, entry);
      case 'sighting':
        return takeSighting(draft, dependencies, entry.sighting);
      case 'silence':
        return takeSilence(draft, dependencies, entry.silence);
      case 'delivery':
        applyDelivery(draft, entry.delivery);
        return [];
      case 'act':
        return decideAct(draft, dependencies, signedActOf(entry));
      case 'task_end': {
        const { task_end: end } = entry;
        const context = contextOf(draft, dependencies, end.tenant_id, clockOf(draft));
        if (context !== undefined) noteTaskEnd(context, end);
        return [];
      }
      case 'unanswered':
        return takeUnanswered(draft, dependencies, entry.unanswered);
      case 'control': {
        takeControl(draft, entry.control, clockOf(draft));
        return releaseWaiting(draft, dependencies, entry.control.tenant_id);
      }
      case 'lineage':
        return takeLineage(draft, dependencies, entry.lineage);
      case 'watermark':
        return letFallDue(draft, dependencies, moveClock(draft, entry.watermark.time));
    }
  };
}
