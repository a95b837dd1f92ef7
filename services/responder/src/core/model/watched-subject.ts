/** Whom a containment is about: the subject and whoever acts for it. Only calls that use access tell. */
import {
  type Alert,
  type Assurance,
  type AuditEvent,
  assuranceAtLeast,
  type ObservedCall,
  type RevocationCommand,
  sourceNameOf,
  type Target,
  type TaskEnd,
} from '@waywarden/schemas';
import { isProven } from './holder.ts';

interface SubjectCredentials {
  /** A person took only this one. */
  readonly credentialUid?: string;
  /** In whatever task. */
  readonly usedCredentialUid?: string;
  /** Seen in this task alone. */
  readonly taskCredentialUid?: string;
  /** … and its agent was seen with no other one, so where it names no task, whose work it is nobody can tell. */
  readonly isOnlyCredential?: boolean;
  /** Of a task: the alert names it, and it may have been shown in others too. */
  readonly shownCredentialUid?: string;
  /** Of a task: the alert names it, and in which tasks it was used before the order is not known. */
  readonly unknownCredentialUid?: string;
}

export interface Subject extends SubjectCredentials {
  readonly agentUid: string;
  readonly taskId?: string;
  readonly instanceUid?: string;
  readonly conversationId?: string;
  readonly tool?: string;
  /** The latest; absent: not asked. */
  readonly otherTasks?: readonly string[];
  readonly parentAgentUid?: string;
}

const WITHIN_TASK: ReadonlySet<string> = new Set(['task', 'credential', 'delegation', 'call']);
const TELLING: ReadonlySet<string> = new Set([
  'hold',
  'revoke_token',
  'kill_session',
  'revoke_credential',
  'rotate_secret',
  'revoke_delegation',
  'block_tool',
  'disable_agent',
  'require_step_up',
  'block_issuance',
]);
const USING: ReadonlySet<string> = new Set([
  'tool_call',
  'resource_read',
  'prompt_get',
  'memory_op',
  'agent_invoke',
  'delegation',
  'credential_issued',
]);

const LEAVES_CREDENTIAL: ReadonlySet<string> = new Set(['rotate_secret', 'restore', 'probe']);

export function takenCredential({
  action,
  target,
  scope,
}: Pick<RevocationCommand, 'action' | 'target' | 'scope'>): string | undefined {
  if (target.level !== 'credential' || scope !== undefined) return undefined;
  return LEAVES_CREDENTIAL.has(action) ? undefined : target.credential_uid;
}

export function subjectOf(
  target: Target,
  alertSubject: Alert['subject'],
  action?: RevocationCommand['action'],
): Subject {
  const ofAlert = alertSubject.agent_uid === target.agent_uid ? alertSubject.task_id : undefined;
  const taskId = target.task_id ?? (WITHIN_TASK.has(target.level) ? ofAlert : undefined);
  const inHand = action === undefined ? undefined : takenCredential({ action, target });
  return {
    ...(inHand === undefined ? {} : { usedCredentialUid: inHand }),
    agentUid: target.agent_uid,
    ...(taskId === undefined ? {} : { taskId }),
    ...(target.instance_uid === undefined ? {} : { instanceUid: target.instance_uid }),
    ...(target.conversation_id === undefined ? {} : { conversationId: target.conversation_id }),
    ...(target.tool === undefined ? {} : { tool: target.tool }),
  };
}

function isSameTool(asked: string, called: string | undefined): boolean {
  return called === asked || called?.endsWith(`/${asked}`) === true;
}

export function isOfTaken(
  command: RevocationCommand,
  subject: Subject,
  call: ObservedCall,
): boolean {
  const taken = takenCredential(command);
  if (taken === undefined || call.credential_uid !== taken) return false;
  return call.agent_uid !== subject.agentUid && !isOfSubject(subject, call);
}

export function isOutOfTask({ taskId }: Subject, call: ObservedCall): boolean {
  return taskId !== undefined && call.task_id !== taskId;
}

function isInTask(subject: Subject, call: ObservedCall): boolean {
  if (!isOutOfTask(subject, call)) return true;
  const { taskCredentialUid: own, isOnlyCredential: isOnly = false } = subject;
  if (own === undefined || call.credential_uid !== own) return false;
  return call.task_id !== undefined || !isOnly;
}

/** Delegates have their own. */
export function isOfSubject(subject: Subject, call: ObservedCall): boolean {
  const isOwn = call.agent_uid === subject.agentUid;
  if (!isOwn && call.acts_for?.includes(subject.agentUid) !== true) return false;
  const { credentialUid, usedCredentialUid: inHand } = subject;
  if (inHand !== undefined && call.credential_uid === inHand) return true;
  if (!isInTask(subject, call)) return false;
  if (credentialUid !== undefined && call.credential_uid !== credentialUid) return false;
  const { parentAgentUid: parent } = subject;
  if (parent !== undefined && call.acts_for?.includes(parent) !== true) return false;
  if (subject.tool !== undefined && !isSameTool(subject.tool, call.tool)) return false;
  if (!isOwn) return true;
  if (subject.instanceUid !== undefined && call.instance_uid !== subject.instanceUid) return false;
  return subject.conversationId === undefined || call.conversation_id === subject.conversationId;
}

export function assuranceOf(subject: Subject, call: ObservedCall): Assurance {
  const isOwn = call.agent_uid === subject.agentUid && subject.parentAgentUid === undefined;
  const { assurance, acts_for_assurance: delegated = assurance } = call;
  return isOwn ? assurance : weakest([assurance, delegated]);
}

type Ordered = Pick<RevocationCommand, 'action' | 'scope'>;

export function isTelling({ action, scope }: Ordered): boolean {
  return TELLING.has(action) && scope === undefined;
}

export function reportsAbout(ordered: Ordered, call: ObservedCall): boolean {
  const { action } = ordered;
  if (!isTelling(ordered)) return false;
  if (action === 'block_issuance') return call.activity === 'credential_issued';
  // A person has agreed to it.
  return !isClaimedApproved(ordered, call) || !isProven(approvalAssurance(call));
}

const approvalAssurance = ({ assurance, approval_assurance: approved = assurance }: ObservedCall) =>
  approved;

export function isClaimedApproved({ action }: Ordered, { approval }: ObservedCall): boolean {
  return action === 'require_step_up' && approval === 'human';
}

export function isUsingAccess({ activity }: Pick<AuditEvent, 'activity'>): boolean {
  return USING.has(activity);
}

function weakest(assurances: readonly Assurance[]): Assurance {
  return assurances.reduce((low, one) => (assuranceAtLeast(low, one) ? one : low));
}

/** Undefined: ends no named task. */
export function taskEndOf(event: AuditEvent): TaskEnd | undefined {
  const { agent, claims, task, tenant_id, event_id, event_time } = event;
  if (event.activity !== 'task_end' || event.phase === 'requested' || !task?.id) return undefined;
  const assurance = weakest([agent.assurance, claims.task]);
  return { tenant_id, event_id, event_time, agent_uid: agent.uid, task_id: task.id, assurance };
}

function errorOf({ outcome, error }: AuditEvent): string | undefined {
  if (outcome !== 'denied' || error === undefined) return undefined;
  const errorWords = [error.type, error.code].filter((one) => one !== undefined);
  return errorWords.length === 0 ? undefined : errorWords.join(' ');
}

export function observationOf(event: AuditEvent): ObservedCall {
  const { agent, claims, delegation, tool, task, credential } = event;
  const above = new Set(
    [
      delegation?.root_agent_uid,
      delegation?.parent_agent_uid,
      ...(delegation?.chain ?? []).map((one) => one.agent_uid),
    ].filter((uid) => uid !== undefined && uid !== agent.uid) as string[],
  );
  const named = tool?.server === undefined ? tool?.name : `${tool.server}/${tool.name}`;
  return {
    tenant_id: event.tenant_id,
    event_id: event.event_id,
    event_time: event.event_time,
    observed_time: event.observed_time,
    agent_uid: agent.uid,
    assurance: weakest([agent.assurance, claims.outcome, ...(task?.id ? [claims.task] : [])]),
    source: sourceNameOf(event),
    ...(above.size === 0 ? {} : { acts_for: [...above], acts_for_assurance: claims.delegation }),
    ...(agent.instance_uid === undefined ? {} : { instance_uid: agent.instance_uid }),
    ...(task?.id === undefined ? {} : { task_id: task.id }),
    ...(event.conversation_id === undefined ? {} : { conversation_id: event.conversation_id }),
    ...(credential?.uid === undefined ? {} : { credential_uid: credential.uid }),
    ...(named === undefined ? {} : { tool: named }),
    activity: event.activity,
    ...(event.duration_ms === undefined ? {} : { duration_ms: event.duration_ms }),
    outcome: event.outcome ?? 'unknown',
    ...(event.policy?.id === undefined ? {} : { ground: event.policy.id }),
    ...(errorOf(event) === undefined ? {} : { error: errorOf(event) }),
    ...(event.approval?.mode === undefined
      ? {}
      : { approval: event.approval.mode, approval_assurance: claims.approval }),
  };
}
