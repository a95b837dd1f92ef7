/**
 * Approvals that came as events of their own before the call; each serves one call of the same work, tool and
 * target. Limit: under another agent's name they lie elsewhere.
 */
import {
  type AuditEvent,
  assuranceAtLeast,
  classRow,
  epochMs,
  type Policy,
  type RegistryAgent,
  shortPrint,
} from '@waywarden/schemas';
import type { Transaction } from '@waywarden/stage';
import { hadEffect } from '../../alerting/finding.ts';
import { isRefusal } from '../../domain/call-ending.ts';
import { CLOCK_SKEW_MAX_MS, DAY_MS } from '../../domain/day.ts';
import { agentStateKey } from '../../state/agent/agent-key.ts';
import { keepWorthiest } from '../../state/agent/bounded-lists.ts';
import { approvalDue } from './approval-due.ts';
import { lastRefusedMs, noteRefusal } from './approval-refused.ts';
import { isUnsent } from './class-drift.ts';

/** Evicted: asserted, then used or a day old, then the earliest. */
const APPROVALS_MAX = 32;

interface Reported {
  readonly approval: NonNullable<AuditEvent['approval']>;
  readonly proven: AuditEvent['claims']['approval'];
  readonly work: string;
  readonly at: string;
  readonly tool: string;
  readonly target: string;
  readonly call: string;
  /** The call for which it served: '' while it waits, '-' where that call had no name. */
  readonly usedBy: string;
}

const reportedKey = (event: AuditEvent) => agentStateKey(event, 'approving');
const workOf = ({ task, chain_id: chain }: AuditEvent) => shortPrint(task?.id ?? chain);

const isProven = ({ proven }: Reported) => assuranceAtLeast(proven, 'authenticated');

function worthAt(time: string) {
  return (reported: Reported): number => {
    const isWaiting = reported.usedBy === '' && epochMs(time) - epochMs(reported.at) <= DAY_MS;
    return (isProven(reported) ? 2 : 0) + (isWaiting ? 1 : 0);
  };
}

export function noteApprovalEvent(transaction: Transaction, event: AuditEvent): void {
  const { activity, phase, approval } = event;
  if (activity !== 'approval' || phase !== 'completed' || approval === undefined) return;
  if (isRefusal(event)) noteRefusal(transaction, event);
  if (event.outcome === 'denied' || approval.mode !== 'human') return;
  const reported: Reported = {
    approval,
    proven: event.claims.approval,
    work: workOf(event),
    at: event.event_time,
    tool: event.tool?.name ?? '',
    target: event.target?.resource_id ?? '',
    call: event.call_uid ?? '',
    usedBy: '',
  };
  const before = transaction.get<readonly Reported[]>(reportedKey(event)) ?? [];
  const worthOf = worthAt(event.event_time);
  transaction.put(reportedKey(event), keepWorthiest([...before, reported], APPROVALS_MAX, worthOf));
}

function covers(reported: Reported, event: AuditEvent): boolean {
  const call = event.call_uid ?? '';
  if (reported.usedBy !== '' && (call === '' || reported.usedBy !== call)) return false;
  if (reported.call !== '' && call !== '' && reported.call !== call) return false;
  const waited = epochMs(event.event_time) - epochMs(reported.at);
  if (reported.work !== workOf(event) || waited < -CLOCK_SKEW_MAX_MS || waited > DAY_MS)
    return false;
  if (reported.tool !== '' && reported.tool !== event.tool?.name) return false;
  return reported.target === '' || reported.target === event.target?.resource_id;
}

interface Judging {
  readonly registered: RegistryAgent | undefined;
  readonly classes: Policy['classes'] | undefined;
}

/** The same where there is none. */
export function withReportedApproval(
  transaction: Transaction,
  event: AuditEvent,
  { registered, classes }: Judging,
): AuditEvent {
  const mode = event.approval?.mode;
  if (mode === 'human' || mode === 'bypassed') return event;
  if (event.phase !== 'completed' || !hadEffect(event)) return event;
  const all = transaction.get<readonly Reported[]>(reportedKey(event));
  if (all === undefined) return event;
  const row = registered && classRow(classes, registered.class, event.target?.environment);
  const isDue = row !== undefined && approvalDue(row, event) !== 'none';
  const refusedMs = lastRefusedMs(transaction, event, isDue);
  const isAsked = isDue && mode === undefined && !isUnsent(event);
  if (!isAsked && refusedMs === undefined) return event;
  // An assertion hides no proven approval.
  const covering = all.filter(
    (one) => covers(one, event) && (refusedMs === undefined || epochMs(one.at) > refusedMs),
  );
  const reported = covering.find(isProven) ?? covering[0];
  if (reported === undefined) return event;
  const isDone = event.outcome === 'success' || event.outcome === 'unknown';
  if (isDone && reported.usedBy === '') {
    const usedBy = event.call_uid ?? '-';
    transaction.put(
      reportedKey(event),
      all.map((one) => (one === reported ? { ...one, usedBy } : one)),
    );
  }
  const claims = { ...event.claims, approval: reported.proven };
  return { ...event, approval: reported.approval, claims };
}
