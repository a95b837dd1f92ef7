/** A task is a lease: it also ends by deadline or proven silence, by our clock. */
import {
  type Alert,
  type Assurance,
  durationMs,
  formatLogTime,
  incidentId,
  uuidV5,
  WAYWARDEN_NAMESPACE,
} from '@waywarden/schemas';
import type { Output } from '@waywarden/stage';
import { applyRule } from '../commands/apply-rule.ts';
import { classOf } from '../guards/match-rule.ts';
import { TASK_END_RULE, TASK_ENDED, taskEndRule } from '../model/built-in-rules.ts';
import { type Due, noteDue } from '../model/due-heap.ts';
import { type Holder, isProven, LINEAGE_REPORTED_EVERY_MS } from '../model/holder.ts';
import { holderAt, putHolder } from '../model/lineage.ts';
import type { ResponseContext } from '../model/response-context.ts';
import { putStoredLease, storedLease, takeStoredLease } from '../model/stored-lease.ts';

type Over = { readonly atMs: number; readonly why: 'deadline' | 'idle' };

/** Undefined: no end of its own. */
function overAt({ policy, registry }: ResponseContext, holder: Holder): Over | undefined {
  const { taskEnd, overrunGraceMs } = policy;
  if (taskEnd === undefined || holder.taskId === undefined) return undefined;
  const ends: Over[] = [];
  if (taskEnd.deadlines === true) {
    const allowed = registry?.deadlines?.[holder.workflow ?? ''];
    const reported = holder.deadlineMs ?? Number.POSITIVE_INFINITY;
    const registered = allowed === undefined ? reported : holder.sinceMs + allowed;
    const atMs = Math.min(reported, registered);
    if (Number.isFinite(atMs)) ends.push({ atMs: atMs + overrunGraceMs, why: 'deadline' });
  }
  if (taskEnd.idle !== undefined) {
    // Calls are told only so often.
    const lastMs = holder.lastMs + LINEAGE_REPORTED_EVERY_MS;
    ends.push({ atMs: lastMs + durationMs(taskEnd.idle), why: 'idle' });
  }
  return ends.toSorted((a, b) => a.atMs - b.atMs)[0];
}

/** Far ends are looked at sooner. */
const LOOK_AHEAD_MS = 86_400_000;

export function noteLease(context: ResponseContext, holder: Holder, put = putHolder): void {
  const over = overAt(context, holder);
  if (over === undefined || holder.endedMs !== undefined) return;
  // It is looked then whether the end moved.
  if (holder.leaseMs !== undefined && holder.leaseMs <= over.atMs) return;
  const { key, tenantId } = holder;
  const atMs = Math.min(over.atMs, context.nowMs + LOOK_AHEAD_MS);
  const due = { atMs, what: 'lease', commandId: key, tenantId } as const;
  if (!noteDue(context.transaction, due, isProven(holder.assurance))) return;
  put(context.transaction, { ...holder, leaseMs: atMs });
}

function alertOf(context: ResponseContext, holder: Holder, over: Over): Alert {
  const { agentUid, taskId = '', lastMs } = holder;
  const last = formatLogTime({ ms: lastMs, ns: 0 });
  const summary =
    over.why === 'deadline'
      ? `The time of task ${taskId} of ${agentUid} is over, and it did not say that it had ended.`
      : `Nothing was heard of task ${taskId} of ${agentUid} since ${last}.`;
  return endedAlert(context, {
    tenantId: holder.tenantId,
    agentUid,
    taskId,
    key: `${over.why}|${holder.key}|${holder.sinceMs}`,
    time: last,
    what: over.why === 'deadline' ? 'is past its deadline' : 'is idle',
    summary,
    evidence: [],
    assurance: holder.assurance,
  });
}

export function settleLease(context: ResponseContext, due: Due): readonly Output[] {
  const { transaction, policy, registry, nowMs } = context;
  const inHand = holderAt(transaction, due.commandId);
  const holder = inHand ?? storedLease(transaction, due.commandId);
  const put = inHand === undefined ? putStoredLease : putHolder;
  // Only the last moment counts.
  if (holder?.leaseMs !== due.atMs || holder.endedMs !== undefined) return [];
  const { leaseMs: _, ...open } = holder;
  put(transaction, open);
  const over = overAt(context, holder);
  if (over === undefined || policy.taskEnd === undefined) return [];
  if (over.atMs > nowMs) {
    noteLease(context, open, put);
    return [];
  }
  if (inHand === undefined) takeStoredLease(transaction, due.commandId);
  else putHolder(transaction, { ...open, endedMs: nowMs });
  const { agentUid, restMs } = holder;
  const actorClass = registry?.classes[agentUid];
  const rule = taskEndRule(policy.taskEnd, { actorClass, restMs });
  return applyRule(context, alertOf(context, holder, over), rule, { isRoutine: true });
}

const TITLE_TASK_LENGTH_MAX = 60;

interface Ended {
  readonly tenantId: string;
  readonly agentUid: string;
  readonly taskId: string;
  readonly key: string;
  readonly time: string;
  readonly what: string;
  readonly summary: string;
  readonly evidence: Alert['evidence'];
  readonly assurance: Assurance;
}

/** The end of a task in the form of an alert, for the guards. */
export function endedAlert(
  { registry, policy, nowMs }: ResponseContext,
  { tenantId, agentUid, taskId, key, time, what, summary, evidence, assurance }: Ended,
): Alert {
  const at = formatLogTime({ ms: nowMs, ns: 0 });
  const alert: Alert = {
    alert_id: uuidV5(WAYWARDEN_NAMESPACE, `${TASK_ENDED}|${tenantId}|${key}`),
    revision: 1,
    state: 'open',
    count: 1,
    incident_id: incidentId(tenantId, `${TASK_ENDED}|${agentUid}|${taskId}`),
    tenant_id: tenantId,
    kind: TASK_ENDED,
    rule_id: TASK_END_RULE,
    rule_version: '1',
    severity: 'info',
    confidence: null,
    confidence_basis: 'rule',
    score: 0,
    evaluable: true,
    subject: { agent_uid: agentUid, task_id: taskId },
    first_event_time: time,
    last_event_time: time,
    first_detected_at: at,
    detected_at: at,
    title: `Task ${taskId.slice(0, TITLE_TASK_LENGTH_MAX)} ${what}`,
    summary,
    reasons: [],
    evidence,
    not_visible: [],
    taxonomy: {},
    policy_version: policy.version,
    detector_version: 'responder',
    decisive_assurance: assurance,
  };
  return { ...alert, subject_class: classOf(alert, registry) };
}
