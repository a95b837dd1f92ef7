/**
 * Several streams scored as one: whatever is named in one of them is put under that stream's name,
 * since two fleets of one simulator have the same agents. Rejected: scores of each stream, averaged;
 * six incidents of a family have no interval worth reading, eighteen have.
 */
import type { AdapterAlert } from './adapter-alert.ts';
import type { Label } from './label.ts';
import type { StreamEvent } from './stream-facts.ts';

/** Puts a name under a stream's; a single stream has none, and its names stay as they are. */
export type Scope = (name: string) => string;

export function scopeOf(stream: number, streams: number): Scope {
  return streams === 1 ? (name) => name : (name) => `${stream + 1}/${name}`;
}

export function scopeLabel(label: Label, scope: Scope): Label {
  const incident_id = scope(label.incident_id);
  if (label.stream === 'benign') return { ...label, incident_id, agents: label.agents.map(scope) };
  const native_ids = label.native_ids.map(scope);
  if (label.stream === 'behavior') {
    return { ...label, incident_id, native_ids, agent_uid: scope(label.agent_uid) };
  }
  return {
    ...label,
    incident_id,
    native_ids,
    proofs: label.proofs.map((proof) => proof.map(scope)),
    contributors: label.contributors.map(scope),
    completed_by: label.completed_by === null ? null : scope(label.completed_by),
    cuts: label.cuts.map((cut) => ({ ...cut, agent_uid: scope(cut.agent_uid) })),
  };
}

type Assembly = NonNullable<AdapterAlert['assembly']>;

function scopeAssembly(assembly: Assembly, scope: Scope): Assembly {
  const { contributors, completed_by, cut } = assembly;
  const agent = ({ agent_uid }: { agent_uid: string }) => ({ agent_uid: scope(agent_uid) });
  const cutTarget = (target: NonNullable<Assembly['cut']>[number]['target']) =>
    target.agent_uid === undefined ? target : { ...target, agent_uid: scope(target.agent_uid) };
  return {
    ...assembly,
    proof: assembly.proof.map(scope),
    ...(contributors === undefined ? {} : { contributors: contributors.map(agent) }),
    ...(completed_by === undefined ? {} : { completed_by: scope(completed_by) }),
    ...(cut === undefined
      ? {}
      : { cut: cut.map((one) => ({ ...one, target: cutTarget(one.target) })) }),
  };
}

export function scopeAlert(alert: AdapterAlert, scope: Scope): AdapterAlert {
  const { evidence, assembly } = alert;
  return {
    ...alert,
    alert_id: scope(alert.alert_id),
    subject: { agent_uid: scope(alert.subject.agent_uid) },
    ...(evidence === undefined
      ? {}
      : {
          evidence: evidence.map(({ native_id, event_id, agent_uid }) => ({
            ...(native_id === undefined ? {} : { native_id: scope(native_id) }),
            ...(event_id === undefined ? {} : { event_id: scope(event_id) }),
            ...(agent_uid === undefined ? {} : { agent_uid: scope(agent_uid) }),
          })),
        }),
    ...(assembly === undefined ? {} : { assembly: scopeAssembly(assembly, scope) }),
  };
}

export function scopeEvent(event: StreamEvent, scope: Scope): StreamEvent {
  const id = event.task?.id;
  return {
    ...event,
    native_id: scope(event.native_id),
    agent: { uid: scope(event.agent.uid) },
    ...(id === undefined ? {} : { task: { ...event.task, id: scope(id) } }),
  };
}
