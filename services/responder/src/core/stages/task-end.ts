/**
 * A task has ended: after `limits.overrun_grace` its access is revoked. Counts for its reporter or its
 * orchestrator's workflow; asserted ends take nothing.
 */
import { type Alert, assuranceAtLeast, epochMs, type TaskEnd } from '@waywarden/schemas';
import type { Output, Transaction } from '@waywarden/stage';
import { applyRule } from '../commands/apply-rule.ts';
import { AUTOMATIC_ASSURANCE_MIN } from '../guards/withheld-reasons.ts';
import { TASK_ENDED, taskEndRule } from '../model/built-in-rules.ts';
import { noteDue } from '../model/due-heap.ts';
import { type Holder, holderKey, inTaskAnchor, isProven } from '../model/holder.ts';
import { holderAt, holdersAt, noteEnded } from '../model/lineage.ts';
import type { ResponseContext } from '../model/response-context.ts';
import { endedAlert } from './task-lease.ts';

/** So that a repeat counts once. */
const TASK_ENDS_MAX = 10_000;
const OPEN_OF_AGENT_MAX = 4096;
const ENDS = 'task-end';

const openKey = (eventId: string) => `task-end-open|${eventId}`;
const countKey = ({ tenant_id, agent_uid }: TaskEnd) =>
  `task-end-open-of|${JSON.stringify([tenant_id, agent_uid])}`;

function isReported(transaction: Transaction, { event_id: id }: TaskEnd): boolean {
  return (
    transaction.get(openKey(id)) !== undefined || transaction.get(`${ENDS}|${id}`) !== undefined
  );
}

function remember(transaction: Transaction, end: TaskEnd, isSure: boolean): void {
  const ring = isSure ? ENDS : `${ENDS}-asserted`;
  const next = transaction.get<number>(ring) ?? 0;
  const slot = `${ring}#${next % TASK_ENDS_MAX}`;
  const evicted = transaction.get<string>(slot);
  if (evicted !== undefined) transaction.delete(evicted);
  const key = `${ENDS}|${end.event_id}`;
  transaction.put(slot, key);
  transaction.put(ring, next + 1);
  transaction.put(key, true);
}

function count(transaction: Transaction, end: TaskEnd, change: 1 | -1): void {
  const left = (transaction.get<number>(countKey(end)) ?? 0) + change;
  if (left > 0) transaction.put(countKey(end), left);
  else transaction.delete(countKey(end));
}

/** False: no room. */
function awaitEnd(context: ResponseContext, end: TaskEnd, isSure: boolean): boolean {
  const { transaction, policy, nowMs } = context;
  if (isSure && (transaction.get<number>(countKey(end)) ?? 0) >= OPEN_OF_AGENT_MAX) return false;
  const atMs = Math.max(epochMs(end.event_time) + policy.overrunGraceMs, nowMs);
  const due = { atMs, commandId: end.event_id, tenantId: end.tenant_id };
  if (!noteDue(transaction, { ...due, what: 'task_end' }, isSure)) return false;
  transaction.put(openKey(end.event_id), end);
  if (isSure) count(transaction, end, 1);
  return true;
}

export function noteTaskEnd(context: ResponseContext, end: TaskEnd): void {
  const { transaction, policy } = context;
  const isSure = assuranceAtLeast(end.assurance, AUTOMATIC_ASSURANCE_MIN);
  if (policy.taskEnd !== undefined) {
    if (isReported(transaction, end) || !awaitEnd(context, end, isSure)) return;
    remember(transaction, end, isSure);
  }
  if (!isSure) return;
  const key = holderKey(end.tenant_id, end.agent_uid, end.task_id);
  noteEnded(transaction, key, epochMs(end.event_time));
}

interface Over {
  readonly agentUid: string;
  readonly key: string;
  readonly summary: string;
}

function asAlert(context: ResponseContext, end: TaskEnd, over: Over): Alert {
  const { agent_uid, task_id: taskId, event_id, assurance } = end;
  return endedAlert(context, {
    ...over,
    ...{ tenantId: end.tenant_id, taskId, time: end.event_time, what: 'has ended', assurance },
    evidence: [{ event_id, agent_uid, role: TASK_ENDED, assurance }],
  });
}

/** For a registered orchestrator. */
function workersOf({ transaction, registry }: ResponseContext, end: TaskEnd): readonly Holder[] {
  const { tenant_id: tenantId, agent_uid: uid, task_id: taskId } = end;
  const { orchestrators = {} } = registry ?? {};
  if (!assuranceAtLeast(end.assurance, AUTOMATIC_ASSURANCE_MIN)) return [];
  const own = holderAt(transaction, holderKey(tenantId, uid, taskId))?.workflow;
  return holdersAt(transaction, inTaskAnchor(tenantId, taskId)).filter((one) => {
    // What began after it is the next run.
    const isOpen = one.endedMs === undefined && one.sinceMs <= epochMs(end.event_time);
    if (one.agentUid === uid || !isProven(one.assurance) || !isOpen) return false;
    return orchestrators[one.workflow ?? own ?? '']?.includes(uid) === true;
  });
}

function takeOpen(transaction: Transaction, eventId: string): TaskEnd | undefined {
  const open = transaction.get<TaskEnd>(openKey(eventId));
  if (open === undefined) {
    const reported = transaction.get<TaskEnd | true>(`${ENDS}|${eventId}`);
    return reported === true ? undefined : reported;
  }
  transaction.delete(openKey(eventId));
  if (assuranceAtLeast(open.assurance, AUTOMATIC_ASSURANCE_MIN)) count(transaction, open, -1);
  return open;
}

export function settleTaskEnd(context: ResponseContext, eventId: string): readonly Output[] {
  const end = takeOpen(context.transaction, eventId);
  const { taskEnd } = context.policy;
  if (end === undefined || taskEnd === undefined) return [];
  const { tenant_id, agent_uid, task_id, event_id: key } = end;
  const summary = `${agent_uid} reported the end of task ${task_id}.`;
  const take = (over: Over) => {
    const { agentUid } = over;
    const actorClass = context.registry?.classes[agentUid];
    const restMs = holderAt(context.transaction, holderKey(tenant_id, agentUid, task_id))?.restMs;
    const rule = taskEndRule(taskEnd, { actorClass, restMs });
    return applyRule(context, asAlert(context, end, over), rule, { isRoutine: true });
  };
  const workers = workersOf(context, end);
  return [
    ...take({ agentUid: agent_uid, key, summary }),
    ...workers.flatMap(({ key: holder, agentUid }) => {
      noteEnded(context.transaction, holder, epochMs(end.event_time));
      const why = `${agent_uid}, which orchestrates it, reported the end of task ${task_id}.`;
      return take({ agentUid, key: `${key}|${agentUid}`, summary: why });
    }),
  ];
}
