/**
 * A note: what this stage reports where several agents are looked at together, as a step under a key of its own
 * (`workload`).
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
  ownChangeDeclared: 'own_change_declared',
  silenceBegun: 'silence_begun',
  silenceEnded: 'silence_ended',
  tokenSeen: 'token_seen',
  usedWhileSilent: 'used_while_silent',
  credentialUsed: 'credential_held',
  credentialHanded: 'credential_handed',
  secretFound: 'secret_found',
  secretFetched: 'secret_fetched',
  approvalGiven: 'approval_given',
  approvalSpent: 'approval_spent',
  approvalSpentGravely: 'approval_spent_gravely',
} as const;

export type NoteKind = (typeof NOTES)[keyof typeof NOTES];

export interface Note {
  readonly kind: NoteKind;
  readonly about: string;
  readonly time: string;
  readonly policyVersion: string;
  /** When what is noted may have begun, in milliseconds. */
  readonly sinceMs?: number;
  readonly tool?: AuditEvent['tool'];
  readonly effect?: AuditEvent['effect'];
  /** Of a silence. */
  readonly usualMs?: number;
  /** Of a silence. */
  readonly reportedBy?: string;
  /** Of who calls with a credential. */
  readonly ofWorkload?: { readonly name: string; readonly isChurning: boolean } | undefined;
  /** Of a person's decision. */
  readonly decision?: string | undefined;
  /** To whom work was handed. */
  readonly delegate?: string;
}

export type Noted = Pick<
  AuditEvent,
  'event_id' | 'native_id' | 'tenant_id' | 'claims' | 'event_time_quality' | 'outcome'
> &
  Partial<Pick<AuditEvent, 'task' | 'credential' | 'delegation' | 'source'>> & {
    readonly agent: AuditEvent['agent'];
  };

const ABOUTS_MAX = 1024;
const chains = new Map<string, string>();

function noteChain(tenant: string, workload: string): string {
  const name = `note|${tenant}|${workload}`;
  const known = chains.get(name);
  if (known !== undefined) return known;
  if (chains.size >= ABOUTS_MAX) chains.clear();
  const chain = uuidV5(WAYWARDEN_NAMESPACE, name);
  chains.set(name, chain);
  return chain;
}

/** Its definition only where the note is of it. */
function toolOf(
  { name, server, definition_hash: hash }: NonNullable<Note['tool']>,
  kind: NoteKind,
) {
  const tool = server === undefined ? { name } : { name, server };
  const isOfDefinition = kind === NOTES.changeSeen && hash !== undefined;
  return isOfDefinition ? { ...tool, definition_hash: hash } : tool;
}

export function noteOutput(of: Noted, note: Note): Output {
  const { kind, about, time, policyVersion, sinceMs, usualMs, reportedBy, effect, ofWorkload } =
    note;
  const tool = note.tool && toolOf(note.tool, kind);
  const workload = about.slice(0, ID_LENGTH_MAX);
  const step: PrivilegeStep = {
    event_id: of.event_id,
    tenant_id: of.tenant_id,
    chain_id: noteChain(of.tenant_id, workload),
    agent_uid: of.agent.uid,
    agent_assurance: of.agent.assurance,
    claims: of.claims,
    event_time: time,
    event_time_quality: of.event_time_quality,
    activity: kind,
    effect: effect ?? 'read',
    outcome: of.outcome,
    exercise: 'exercised',
    capabilities: [],
    arg_values: [],
    result_values: [],
    grants: null,
    policy_version: policyVersion,
    values_truncated: false,
    workload,
  };
  if (of.native_id !== undefined) step.native_id = of.native_id;
  if (of.source !== undefined) step.source = `${of.source.kind}/${of.source.instance}`;
  if (tool !== undefined) step.tool = tool;
  if (of.task?.id !== undefined) step.task_id = of.task.id;
  if (of.credential?.uid !== undefined) step.credential_uid = of.credential.uid;
  const parent = of.delegation?.parent_agent_uid;
  if (parent !== undefined) step.parent_agent_uid = parent;
  if (sinceMs !== undefined) step.noted_since_ms = sinceMs;
  if (usualMs !== undefined) step.usual_ms = usualMs;
  if (reportedBy !== undefined) step.reported_by = reportedBy;
  if (note.decision !== undefined) step.noted_decision = note.decision;
  if (note.delegate !== undefined) step.delegate_uid = note.delegate;
  if (ofWorkload !== undefined) {
    step.agent_workload = ofWorkload.name;
    step.workload_churns = ofWorkload.isChurning;
  }
  return stepOutput(step);
}

function stepOutput(step: PrivilegeStep): Output {
  const { tenant_id: tenant, chain_id: chain, event_id: event, activity, workload = '' } = step;
  return {
    topic: TOPICS.privilegeSteps.name,
    key: chainKey(tenant, chain),
    type: 'event',
    value: step,
    id: `${event}/${activity}/${workload}`,
    subject: step.agent_uid,
    time: step.event_time,
  };
}

export function passedNote(step: PrivilegeStep, kind: NoteKind, about: string): Output {
  const workload = about.slice(0, ID_LENGTH_MAX);
  const chain = noteChain(step.tenant_id, workload);
  return stepOutput({ ...step, activity: kind, workload, chain_id: chain });
}
