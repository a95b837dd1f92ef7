/**
 * The response: what the responder decides about each entry of its journal. The same journal gives
 * the same decisions, commands and chain. Alerts wait for a tenant's first policy.
 */
import {
  type Alert,
  canonicalJson,
  type JournalEntry,
  type LineageFact,
  type ObservedCall,
  type RevocationCommand,
  type Silence,
  TOPICS,
  type Unanswered,
} from '@waywarden/schemas';
import type { Decide, Output, Transaction } from '@waywarden/stage';
import { applyRule } from '../commands/apply-rule.ts';
import { cascade, reachNew } from '../commands/cascade.ts';
import { extendOrder } from '../commands/extend-order.ts';
import { settleUnanswered } from '../commands/follow-up.ts';
import { lapse } from '../commands/lapse-command.ts';
import { takeVictims } from '../commands/origin-victims.ts';
import { withdrawAlert } from '../commands/withdraw-alert.ts';
import { applyDelivery, applyReceipt } from '../containment/apply-receipt.ts';
import { applyObservation, applySilence, judgeAgain } from '../containment/containment-proof.ts';
import {
  escalate,
  escalateSilence,
  reportLeaks,
  undoneBy,
} from '../containment/escalate-command.ts';
import {
  expectProbe,
  expectProbeAgain,
  hastenProbes,
  probe,
  takeProbeAnswer,
} from '../containment/probe-containment.ts';
import { retryDelayed } from '../containment/retry-escalation.ts';
import { replaceApprovable } from '../guards/approvable.ts';
import { dropWithheldOfAlert, dropWithheldOfWithdrawn } from '../guards/enforcement-pause.ts';
import { matchesRule } from '../guards/match-rule.ts';
import { credentialLifeMs } from '../model/actor-class.ts';
import { noteAlerted } from '../model/alert-verdict.ts';
import { type Due, popDue } from '../model/due-heap.ts';
import { forgetExpired, issuedCommand } from '../model/issued-command.ts';
import { noteLineage } from '../model/lineage.ts';
import { journalClockOf, moveClock, type ResponseDependencies } from '../model/response-context.ts';
import { tenantPolicy, tenantRegistry } from '../model/tenant-policy.ts';
import { type SignedAct, takeAct } from '../operator/take-act.ts';
import { takeControl } from './registry-record.ts';
import { noteTaskEnd, settleTaskEnd } from './task-end.ts';
import { noteLease, settleLease } from './task-lease.ts';
import { contextNow, tenantContext } from './tenant-context.ts';
import { holdBack, takeWaiting } from './waiting.ts';

function decideAlert(
  transaction: Transaction,
  dependencies: ResponseDependencies,
  alert: Alert,
): readonly Output[] {
  const nowMs = moveClock(transaction, alert.detected_at);
  const due = letFallDue(transaction, dependencies, nowMs);
  const context = tenantContext(transaction, dependencies, alert.tenant_id, nowMs);
  if (!context) {
    holdBack(transaction, 'waiting', alert);
    return due;
  }
  const { tenant_id: tenantId, alert_id: alertId } = alert;
  if (alert.state === 'withdrawn') {
    dropWithheldOfWithdrawn(transaction, tenantId, alertId);
    return [...due, ...withdrawAlert(context, alert)];
  }
  dropWithheldOfAlert(transaction, alert, replaceApprovable(transaction, alert));
  noteAlerted(transaction, alert);
  const rules = context.policy.rules.filter((rule) => matchesRule(rule, alert, context));
  return [...due, ...rules.flatMap((rule) => applyRule(context, alert, rule))];
}

function releaseWaiting(
  transaction: Transaction,
  dependencies: ResponseDependencies,
  tenantId: string,
): readonly Output[] {
  if (!tenantPolicy(transaction, tenantId)) return [];
  const acts = takeWaiting<SignedAct>(transaction, 'waiting_act', tenantId);
  const alerts = takeWaiting<Alert>(transaction, 'waiting', tenantId);
  return [
    ...acts.flatMap((act) => decideAct(transaction, dependencies, act)),
    ...alerts.flatMap((alert) => decideAlert(transaction, dependencies, alert)),
  ];
}

function decideAct(
  transaction: Transaction,
  dependencies: ResponseDependencies,
  act: SignedAct,
): readonly Output[] {
  const context = contextNow(transaction, dependencies, act.tenant_id);
  if (context !== undefined) return takeAct(context, act);
  holdBack(transaction, 'waiting_act', act);
  return [];
}

function signedActOf({ act, signed }: Extract<JournalEntry, { readonly kind: 'act' }>): SignedAct {
  return signed === undefined ? act : { ...act, key: signed.key_print, signed };
}

/** Tells words of one second apart. */
const PRINT_LENGTH = 16;

function takeReceipt(
  transaction: Transaction,
  dependencies: ResponseDependencies,
  entry: Extract<JournalEntry, { readonly kind: 'receipt' }>,
): readonly Output[] {
  const { receipt, signed_at: signedAt, arrived_at: arrivedAt } = entry;
  const { tenant_id: tenantId } = receipt;
  const issued = applyReceipt(transaction, receipt, {
    ...{ signedAt, arrivedAt, nowMs: journalClockOf(transaction) },
    print: dependencies.sha256(canonicalJson(receipt)).slice(0, PRINT_LENGTH),
    lifeMsOf: (agentUid) =>
      credentialLifeMs(
        tenantPolicy(transaction, tenantId),
        tenantRegistry(transaction, tenantId),
        agentUid,
      ),
  });
  const context = contextNow(transaction, dependencies, receipt.tenant_id);
  if (issued === undefined || context === undefined) return [];
  if (issued.command.probes !== undefined) {
    return reportLeaks(context, takeProbeAnswer(context, issued, { receipt, arrivedAt }));
  }
  const leaks = reportLeaks(context, judgeAgain(transaction, issued, context.nowMs));
  expectProbe(context, receipt.command_id);
  const undone = undoneBy(issued);
  if (undone === undefined) {
    return issued.awaits === true ? [...leaks, ...escalateSilence(context, issued)] : leaks;
  }
  const why = `${undone} answered "${receipt.state}" to ${issued.command.action}.`;
  const risen = escalate(context, receipt.command_id, why);
  return [...leaks, ...risen, ...takeVictims(context, issued)];
}

function takeObservation(
  transaction: Transaction,
  dependencies: ResponseDependencies,
  call: ObservedCall,
): readonly Output[] {
  // A source may be ahead of the clock, which is not moved.
  const context = contextNow(transaction, dependencies, call.tenant_id);
  if (context === undefined) return [];
  const { leaks, doubted } = applyObservation(transaction, call, context.nowMs);
  for (const commandId of doubted) expectProbeAgain(context, commandId);
  return reportLeaks(context, leaks);
}

function takeSilence(
  transaction: Transaction,
  dependencies: ResponseDependencies,
  silence: Silence,
): readonly Output[] {
  const nowMs = moveClock(transaction, silence.until);
  const context = tenantContext(transaction, dependencies, silence.tenant_id, nowMs);
  if (context === undefined) return [];
  applySilence(transaction, silence, context.policy.silenceFactor);
  hastenProbes(context, silence.tenant_id, silence.agent_uid);
  return [];
}

function fallDue(
  transaction: Transaction,
  dependencies: ResponseDependencies,
  due: Due,
): readonly Output[] {
  const nowMs = journalClockOf(transaction);
  if (due.what === 'task_end' || due.what === 'lease') {
    const context = tenantContext(transaction, dependencies, due.tenantId ?? '', nowMs);
    if (context === undefined) return [];
    return due.what === 'lease' ? settleLease(context, due) : settleTaskEnd(context, due.commandId);
  }
  const issued = issuedCommand(transaction, due.commandId);
  if (!issued) return [];
  const context = tenantContext(transaction, dependencies, issued.command.tenant_id, nowMs);
  if (!context) return [];
  if (due.what === 'probe') return probe(context, due.commandId);
  if (due.what === 'receivers') return extendOrder(context, due.commandId);
  if (due.what === 'blackout' || due.what === 'budget') return retryDelayed(context, due.commandId);
  return due.what === 'lapse' ? lapse(context, due.commandId) : [];
}

function takeUnanswered(
  transaction: Transaction,
  dependencies: ResponseDependencies,
  unanswered: Unanswered,
): readonly Output[] {
  const issued = issuedCommand(transaction, unanswered.command_id);
  const context = contextNow(transaction, dependencies, unanswered.tenant_id);
  if (issued === undefined || context === undefined) return [];
  return unanswered.by === 'person'
    ? settleUnanswered(context, issued)
    : escalateSilence(context, issued);
}

/** An order is forgotten only after its lapse. */
function letFallDue(
  transaction: Transaction,
  dependencies: ResponseDependencies,
  nowMs: number,
): readonly Output[] {
  const due = popDue(transaction, nowMs);
  const asked = dependencies.nobodyAnswers === true ? [] : due;
  const outputs = asked.flatMap((one) => fallDue(transaction, dependencies, one));
  forgetExpired(transaction, nowMs);
  return outputs;
}

function takeLineage(
  transaction: Transaction,
  dependencies: ResponseDependencies,
  fact: LineageFact,
): readonly Output[] {
  const holder = noteLineage(transaction, fact);
  const context = contextNow(transaction, dependencies, fact.tenant_id);
  if (holder === undefined || context === undefined) return [];
  noteLease(context, holder);
  return reachNew(context, holder);
}

function carriedOn(
  transaction: Transaction,
  dependencies: ResponseDependencies,
  outputs: readonly Output[],
): readonly Output[] {
  const further = outputs.flatMap(({ topic, type, value }) => {
    if (topic !== TOPICS.revocationCommands.name || type !== 'event') return [];
    const command = value as RevocationCommand;
    const context = contextNow(transaction, dependencies, command.tenant_id);
    return context === undefined ? [] : cascade(context, command.command_id);
  });
  return further.length === 0 ? outputs : [...outputs, ...further];
}

export function createDecideResponse(dependencies: ResponseDependencies): Decide {
  const decideEntry = decideOn(dependencies);
  return (transaction, { value }) =>
    carriedOn(transaction, dependencies, decideEntry(transaction, value as JournalEntry));
}

function decideOn(dependencies: ResponseDependencies) {
  return (transaction: Transaction, entry: JournalEntry): readonly Output[] => {
    switch (entry.kind) {
      case 'alert':
        return decideAlert(transaction, dependencies, entry.alert);
      case 'receipt':
        return takeReceipt(transaction, dependencies, entry);
      case 'observation':
        return takeObservation(transaction, dependencies, entry.observation);
      case 'silence':
        return takeSilence(transaction, dependencies, entry.silence);
      case 'delivery':
        applyDelivery(transaction, entry.delivery);
        return [];
      case 'act':
        return decideAct(transaction, dependencies, signedActOf(entry));
      case 'task_end': {
        const { tenant_id } = entry.task_end;
        const context = contextNow(transaction, dependencies, tenant_id);
        if (context !== undefined) noteTaskEnd(context, entry.task_end);
        return [];
      }
      case 'unanswered':
        return takeUnanswered(transaction, dependencies, entry.unanswered);
      case 'control':
        takeControl(transaction, entry.control, journalClockOf(transaction));
        return releaseWaiting(transaction, dependencies, entry.control.tenant_id);
      case 'lineage':
        return takeLineage(transaction, dependencies, entry.lineage);
      case 'watermark':
        return letFallDue(transaction, dependencies, moveClock(transaction, entry.watermark.time));
    }
  };
}
