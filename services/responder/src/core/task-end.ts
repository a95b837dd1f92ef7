/**
 * A task has ended: what access its agent was given for it is revoked, once what was begun before has
 * had its time (`limits.overrun_grace`). A task is a lease, and access that outlives it is what an
 * attacker finds.
 *
 * An end counts for who reported it and for nobody else: a forged end of another's task therefore
 * revokes nothing of that other, and one that is only asserted revokes nothing at all. It is routine,
 * not noise, so no budget counts it; every other guard holds.
 */
import {
  type Alert,
  assuranceAtLeast,
  epochMs,
  formatLogTime,
  incidentId,
  type TaskEnd,
  uuidV5,
  WAYWARDEN_NAMESPACE,
} from '@waywarden/schemas';
import type { Draft, Output } from '@waywarden/stage';
import { applyRule } from './apply-rule.ts';
import { noteDue } from './due-heap.ts';
import { holderKey, noteEnded } from './lineage.ts';
import { classOf } from './match-rule.ts';
import type { ResponseContext } from './response-context.ts';
import { TASK_END_RULE, TASK_ENDED, taskEndRule } from './task-end-rule.ts';
import { AUTOMATIC_ASSURANCE_MIN } from './withhold-command.ts';

const KIND = TASK_ENDED;
/** Ends that are remembered, so that a repeat counts once. */
const TASK_ENDS_MAX = 10_000;
const ENDS = 'task-end';
const TITLE_TASK_LENGTH_MAX = 60;

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

/** In the form of an alert, so that every guard asks it what it asks of others. It is none. */
function asAlert({ registry, policy, nowMs }: ResponseContext, end: TaskEnd): Alert {
  const { tenant_id: tenantId, agent_uid: agentUid, task_id: taskId, event_time: time } = end;
  const at = formatLogTime({ ms: nowMs, ns: 0 });
  const short = taskId.slice(0, TITLE_TASK_LENGTH_MAX);
  const alert: Alert = {
    alert_id: uuidV5(WAYWARDEN_NAMESPACE, `${KIND}|${tenantId}|${end.event_id}`),
    revision: 1,
    state: 'open',
    count: 1,
    incident_id: incidentId(tenantId, `${KIND}|${agentUid}|${taskId}`),
    tenant_id: tenantId,
    kind: KIND,
    rule_id: TASK_END_RULE,
    rule_version: '1',
    severity: 'info',
    confidence: null,
    score: 0,
    evaluable: true,
    subject: { agent_uid: agentUid, task_id: taskId },
    first_event_time: time,
    last_event_time: time,
    first_detected_at: at,
    detected_at: at,
    title: `Task ${short} has ended`,
    summary: `${agentUid} reported the end of task ${taskId}.`,
    reasons: [],
    evidence: [
      { event_id: end.event_id, agent_uid: agentUid, role: KIND, assurance: end.assurance },
    ],
    not_visible: [],
    taxonomy: {},
    policy_version: policy.version,
    detector_version: 'responder',
    decisive_assurance: end.assurance,
  };
  return { ...alert, subject_class: classOf(alert, registry) };
}

/** Its time is over: what is left of the task's access is taken. */
export function settleTaskEnd(context: ResponseContext, eventId: string): readonly Output[] {
  const end = context.draft.get<TaskEnd>(`${ENDS}|${eventId}`);
  const { taskEnd } = context.policy;
  if (end === undefined || taskEnd === undefined) return [];
  const rule = taskEndRule(taskEnd);
  return applyRule(context, asAlert(context, end), rule, { isRoutine: true });
}
