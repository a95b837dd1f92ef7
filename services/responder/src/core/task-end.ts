/**
 * A task has ended: what access its agent was given for it is revoked, once what was begun before has
 * had its time (`limits.overrun_grace`). A task is a lease, and access that outlives it is what an
 * attacker finds.
 *
 * An end counts for who reported it and for nobody else: a forged end of another's task therefore
 * revokes nothing of that other, and one that is only asserted revokes nothing at all. It is routine,
 * not noise, so no budget counts it; every other guard holds.
 */
import { type Alert, assuranceAtLeast, epochMs, type TaskEnd } from '@waywarden/schemas';
import type { Draft, Output } from '@waywarden/stage';
import { applyRule } from './apply-rule.ts';
import { noteDue } from './due-heap.ts';
import { endedAlert } from './ended-alert.ts';
import { holderKey } from './holder.ts';
import { holderAt, noteEnded } from './lineage.ts';
import type { ResponseContext } from './response-context.ts';
import { TASK_ENDED, taskEndRule } from './task-end-rule.ts';
import { AUTOMATIC_ASSURANCE_MIN } from './withhold-command.ts';

/** Ends that are remembered, so that a repeat counts once. */
const TASK_ENDS_MAX = 10_000;
const ENDS = 'task-end';

function remember(draft: Draft, end: TaskEnd): boolean {
  const key = `${ENDS}|${end.event_id}`;
  if (draft.get<TaskEnd>(key) !== undefined) return false;
  const next = draft.get<number>(ENDS) ?? 0;
  const slot = `${ENDS}#${next % TASK_ENDS_MAX}`;
  const evicted = draft.get<string>(slot);
  if (evicted !== undefined) draft.delete(evicted);
  draft.put(slot, key);
  draft.put(ENDS, next + 1);
  draft.put(key, end);
  return true;
}

export function noteTaskEnd({ draft, policy }: ResponseContext, end: TaskEnd): void {
  if (assuranceAtLeast(end.assurance, AUTOMATIC_ASSURANCE_MIN)) {
    const key = holderKey(end.tenant_id, end.agent_uid, end.task_id);
    noteEnded(draft, key, epochMs(end.event_time));
  }
  if (policy.taskEnd === undefined || !remember(draft, end)) return;
  const atMs = epochMs(end.event_time) + policy.overrunGraceMs;
  noteDue(draft, { atMs, what: 'task_end', commandId: end.event_id, tenantId: end.tenant_id });
}

function asAlert(context: ResponseContext, end: TaskEnd): Alert {
  const { agent_uid: agentUid, task_id: taskId, event_id, assurance } = end;
  return endedAlert(context, {
    tenantId: end.tenant_id,
    agentUid,
    taskId,
    key: event_id,
    time: end.event_time,
    what: 'has ended',
    summary: `${agentUid} reported the end of task ${taskId}.`,
    evidence: [{ event_id, agent_uid: agentUid, role: TASK_ENDED, assurance }],
    assurance,
  });
}

/** Its time is over: what is left of the task's access is taken. */
export function settleTaskEnd(context: ResponseContext, eventId: string): readonly Output[] {
  const end = context.draft.get<TaskEnd>(`${ENDS}|${eventId}`);
  const { taskEnd } = context.policy;
  if (end === undefined || taskEnd === undefined) return [];
  const { tenant_id, agent_uid, task_id } = end;
  const actorClass = context.registry?.classes[agent_uid];
  const restMs = holderAt(context.draft, holderKey(tenant_id, agent_uid, task_id))?.restMs;
  const rule = taskEndRule(taskEnd, { actorClass, restMs });
  return applyRule(context, asAlert(context, end), rule, { isRoutine: true });
}
