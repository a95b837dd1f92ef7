/**
 * Approvals that are told as events of their own (`activity: approval`) before the call: the call itself then tells of
 * none, and was approved all the same. What a person approved so counts for the next call of the same work over which
 * the class wants a decision, or that a person refused before (whoever the agent is, as a refusal counts of anybody),
 * by the tool and for the target that the approval names, and for one call only: what follows needs its own.
 * Limits: an approval under another agent's name lies in another partition.
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
import { DAY_MS } from '../../domain/day.ts';
import { agentStateKey } from '../../state/agent/agent-key.ts';
import { keepWorthiest } from '../../state/agent/keep-worthiest.ts';
import { approvalDue } from './approval-due.ts';
import { lastRefusedMs, noteRefusal } from './approval-refused.ts';
import { isUnsent } from './class-drift.ts';
import { isRefusal } from './refusal.ts';

/**
 * Approvals of an agent that wait for their call. What is only asserted makes room before what is proven, what
 * served or is a day old before what waits, and of equals the earliest.
 */
const APPROVALS_MAX = 32;
/** What two clocks may differ by. */
const SKEW_MS = 120_000;

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

/** Remembers what an event of its own tells of a decision: an approval for its call, a refusal as one. */
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
  if (reported.work !== workOf(event) || waited < -SKEW_MS || waited > DAY_MS) return false;
  if (reported.tool !== '' && reported.tool !== event.tool?.name) return false;
  return reported.target === '' || reported.target === event.target?.resource_id;
}

export interface Judging {
  readonly registered: RegistryAgent | undefined;
  readonly classes: Policy['classes'] | undefined;
}

/** The call with the approval that an event before it told of; the same where there is none, or nobody asks for one. */
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
  // What a policy let through, or nobody looked at, a person may have approved all the same after a refusal.
  const isAsked = isDue && mode === undefined && !isUnsent(event);
  if (!isAsked && refusedMs === undefined) return event;
  // A person's approval that is proven is not hidden by one that somebody asserts.
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
