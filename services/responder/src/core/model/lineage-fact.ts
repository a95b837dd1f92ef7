/** What a call shows of access: credentials, task, delegation, approval. A refused call shows nothing. */
import {
  type Assurance,
  type AuditEvent,
  assuranceAtLeast,
  type LineageFact,
} from '@waywarden/schemas';

/** Below, nobody is named. */
const NAMED_ASSURANCE_MIN: Assurance = 'authenticated';
const HANDS_OVER: ReadonlySet<string> = new Set(['delegation', 'agent_invoke']);
const REPORTS_NOTHING: ReadonlySet<string> = new Set([
  'heartbeat',
  'config_change',
  'identity_resolved',
  'task_end',
]);

function weakest(assurances: readonly Assurance[]): Assurance {
  return assurances.reduce((low, one) => (assuranceAtLeast(low, one) ? one : low));
}

function people({ claims, principal, approval }: AuditEvent) {
  const proven = (claim: Assurance) => assuranceAtLeast(claim, NAMED_ASSURANCE_MIN);
  const asked = principal?.type === 'human' && proven(claims.principal) ? principal.uid : undefined;
  const agreed = approval?.mode === 'human' && proven(claims.approval) ? approval.by : undefined;
  return {
    ...(asked === undefined ? {} : { requested_by: asked }),
    ...(agreed === undefined ? {} : { approved_by: agreed }),
  };
}

function actsFor({ agent, delegation }: AuditEvent): NonNullable<LineageFact['acts_for']> {
  const named = (delegation?.chain ?? []).map(({ agent_uid, ref }) => ({
    agent_uid,
    ...(ref === undefined ? {} : { ref }),
  }));
  const known = new Set(named.map((one) => one.agent_uid));
  const bare = (uid: string | undefined) =>
    uid === undefined || known.has(uid) ? [] : [{ agent_uid: uid }];
  const parent = delegation?.parent_agent_uid;
  const root = delegation?.root_agent_uid;
  const all = [...(root === parent ? [] : bare(root)), ...named, ...bare(parent)];
  return all.filter((one) => one.agent_uid !== agent.uid);
}

/** A claimed workflow ends no proven task. */
function workflowOf({ task, claims }: AuditEvent, assurance: Assurance) {
  const isEnough = assuranceAtLeast(claims.workflow, assurance);
  return task?.workflow === undefined || !isEnough ? {} : { workflow: task.workflow };
}

function workOf({ task, credential, native_id, activity }: AuditEvent) {
  return {
    ...(task?.id === undefined ? {} : { task_id: task.id }),
    ...(task?.deadline === undefined ? {} : { deadline: task.deadline }),
    ...(credential?.uid === undefined ? {} : { credential_uid: credential.uid }),
    ...(credential?.parent_uid === undefined
      ? {}
      : { parent_credential_uid: credential.parent_uid }),
    ...(native_id !== undefined && HANDS_OVER.has(activity) ? { delegated_as: native_id } : {}),
  };
}

/** Undefined: no access used, or unnamed. */
export function lineageOf(event: AuditEvent): LineageFact | undefined {
  const { agent, claims, task, delegation, credential } = event;
  if (event.phase === 'requested' || event.outcome === 'denied') return undefined;
  if (REPORTS_NOTHING.has(event.activity)) return undefined;
  if (task?.id === undefined && credential?.uid === undefined) return undefined;
  const above = delegation === undefined ? [] : actsFor(event);
  const assurance = weakest([
    agent.assurance,
    ...(task?.id === undefined ? [] : [claims.task]),
    ...(above.length === 0 ? [] : [claims.delegation]),
  ]);
  return {
    tenant_id: event.tenant_id,
    event_id: event.event_id,
    event_time: event.event_time,
    agent_uid: agent.uid,
    assurance,
    ...workflowOf(event, assurance),
    ...workOf(event),
    ...(above.length === 0 ? {} : { acts_for: above }),
    ...people(event),
  };
}

export function lineageKey({ event_id: _, event_time: __, ...reported }: LineageFact): string {
  return JSON.stringify(reported);
}
