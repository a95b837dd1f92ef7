/**
 * A note: what this stage tells to where things of several agents are looked at together. Agents live in
 * different partitions here; a note travels as a step under a key of its own (`workload`), is no call and
 * takes no part in any chain. `assembly/decide-note.ts` decides what arrives.
 */
import {
  type AuditEvent,
  chainKey,
  ID_LENGTH_MAX,
  type PrivilegeStep,
  TOPICS,
  uuidV5,
  WAYWARDEN_NAMESPACE,
} from '@waywarden/schemas';
import type { Output } from '@waywarden/stage';

/** What notes are about; no source's event becomes one. */
export const NOTES = {
  changeSeen: 'change_seen',
  changeDeclared: 'change_declared',
  silenceBegun: 'silence_begun',
  silenceEnded: 'silence_ended',
  tokenSeen: 'token_seen',
  credentialHeld: 'credential_held',
  secretFound: 'secret_found',
  secretFetched: 'secret_fetched',
  approvalGiven: 'approval_given',
} as const;

export type NoteKind = (typeof NOTES)[keyof typeof NOTES];

export interface Note {
  readonly kind: NoteKind;
  /** What is looked at together: a change, a token. */
  readonly about: string;
  readonly time: string;
  readonly policyVersion: string;
  /** When what is noted may have begun, in milliseconds; left out: at `time`. */
  readonly sinceMs?: number;
}

/** The part of an event that a note keeps. */
export type Noted = Pick<
  AuditEvent,
  'event_id' | 'native_id' | 'tenant_id' | 'claims' | 'event_time_quality' | 'outcome'
> &
  Partial<Pick<AuditEvent, 'task' | 'credential' | 'delegation' | 'source'>> & {
    readonly agent: AuditEvent['agent'];
  };

export function noteOutput(of: Noted, { kind, about, time, policyVersion, sinceMs }: Note): Output {
  const workload = about.slice(0, ID_LENGTH_MAX);
  const step: PrivilegeStep = {
    event_id: of.event_id,
    ...(of.native_id === undefined ? {} : { native_id: of.native_id }),
    tenant_id: of.tenant_id,
    chain_id: uuidV5(WAYWARDEN_NAMESPACE, `note|${of.tenant_id}|${workload}`),
    agent_uid: of.agent.uid,
    agent_assurance: of.agent.assurance,
    claims: of.claims,
    event_time: time,
    event_time_quality: of.event_time_quality,
    ...(of.source === undefined ? {} : { source: `${of.source.kind}/${of.source.instance}` }),
    activity: kind,
    effect: 'read',
    outcome: of.outcome,
    exercise: 'exercised',
    capabilities: [],
    ...(of.task?.id === undefined ? {} : { task_id: of.task.id }),
    ...(of.credential?.uid === undefined ? {} : { credential_uid: of.credential.uid }),
    ...(of.delegation?.parent_agent_uid === undefined
      ? {}
      : { parent_agent_uid: of.delegation.parent_agent_uid }),
    arg_values: [],
    result_values: [],
    grants: null,
    policy_version: policyVersion,
    values_truncated: false,
    workload,
    ...(sinceMs === undefined ? {} : { noted_since_ms: sinceMs }),
  };
  return {
    topic: TOPICS.privilegeSteps.name,
    key: chainKey(of.tenant_id, step.chain_id),
    type: 'event',
    value: step,
    id: `${of.event_id}/${kind}/${workload}`,
    subject: of.agent.uid,
    time,
  };
}
