/**
 * What is noted of decisions by people, under who decided: one person decides for many agents, which
 * live in different partitions here (`assembly/count-approvals.ts`). How long the decision took travels
 * as when it was asked for. A decision that tells no time is noted where it is a refusal.
 */
import { type AuditEvent, epochMs } from '@waywarden/schemas';
import type { Output } from '@waywarden/stage';
import { isRefusal } from '../governance/refusal.ts';
import { NOTES, noteOutput } from './shared-note.ts';

export function noteApproval(event: AuditEvent, policyVersion: string): readonly Output[] {
  const { approval, outcome, phase } = event;
  if (phase !== 'completed' || approval?.mode !== 'human' || approval.by === undefined) return [];
  const { by, latency_ms: latency } = approval;
  // Stopped by a quota after a person approved it: no refusal of theirs.
  if (outcome === 'denied' && !isRefusal(event)) return [];
  if (latency === undefined && outcome !== 'denied') return [];
  const sinceMs = Math.max(0, epochMs(event.event_time) - Math.round(latency ?? 0));
  const note = { kind: NOTES.approvalGiven, about: `approver/${by}`, policyVersion, sinceMs };
  return [noteOutput(event, { ...note, time: event.event_time })];
}
