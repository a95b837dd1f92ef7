/** Notes of decisions by people, under the person (`notes/count-approvals.ts`); unnamed people are not noted. */
import { type AuditEvent, epochMs, isCritical, isSensitive, shortPrint } from '@waywarden/schemas';
import type { Output } from '@waywarden/stage';
import { hadEffect } from '../../alerting/finding.ts';
import { NOTES, noteOutput } from '../../alerting/shared-note.ts';
import { callEnding, isRefusal } from '../../domain/call-ending.ts';
import { decisionOf } from './decision-print.ts';

function noteDecision(event: AuditEvent, policyVersion: string): readonly Output[] {
  const { approval, outcome, phase } = event;
  if (phase !== 'completed' || approval?.mode !== 'human' || approval.by === undefined) return [];
  const { by, latency_ms: latency } = approval;
  const isRefused = isRefusal(event);
  if (outcome === 'denied' && !isRefused) return [];
  const isMeasured = event.event_time_quality === 'measured';
  if (latency === undefined && !isMeasured && outcome !== 'denied') return [];
  const time = event.event_time;
  const decision = isRefused ? undefined : decisionOf(event);
  return [
    noteOutput(event, {
      ...{ kind: NOTES.approvalGiven, about: `approver/${by}`, policyVersion, time },
      ...(latency === undefined
        ? {}
        : { sinceMs: Math.max(0, epochMs(time) - Math.round(latency)) }),
      decision: decision?.timed ?? decision?.named,
    }),
  ];
}

function noteSpent(event: AuditEvent, policyVersion: string): readonly Output[] {
  const { approval, phase, capabilities } = event;
  if (phase !== 'completed' || approval?.mode !== 'human' || approval.uid === undefined) return [];
  // Another agent may try again under the same decision.
  if (callEnding(event) !== 'done' || !hadEffect(event)) return [];
  const isGrave = capabilities.some(({ symbol }) => isCritical(symbol) || isSensitive(symbol));
  const kind = isGrave ? NOTES.approvalSpentGravely : NOTES.approvalSpent;
  const about = `approval/${shortPrint(approval.uid)}`;
  return [noteOutput(event, { kind, about, policyVersion, time: event.event_time })];
}

export function noteApproval(event: AuditEvent, policyVersion: string): readonly Output[] {
  return [...noteDecision(event, policyVersion), ...noteSpent(event, policyVersion)];
}
