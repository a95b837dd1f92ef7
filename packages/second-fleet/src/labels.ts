// The truth, computed from what was emitted.
import { iso } from './clock.ts';
import type { Family, Incident, Quiet, Rec } from './types.ts';

const volume = ['behavior_deviation', 'reach_growth', 'outside_task_envelope'];

export const acceptable: Readonly<Record<Family, readonly string[]>> = {
  hijack: ['hijack_suspected', 'behavior_deviation', 'outside_task_envelope', 'outside_profile'],
  tool_misuse: ['outside_profile', 'behavior_deviation', 'outside_task_envelope', 'reach_growth'],
  rate_burst: volume,
  low_and_slow: volume,
  slow_climb: volume,
  data_hoarding: volume,
  resource_abuse: volume,
  stolen_credential: [
    'credential_misuse',
    'credential_static',
    'behavior_deviation',
    'outside_profile',
  ],
  class_drift: ['class_drift', 'approval_bypass', 'behavior_deviation'],
  approval_bypass: [
    'approval_bypass',
    'class_drift',
    'behavior_deviation',
    'outside_task_envelope',
  ],
  rubber_stamping: ['approval_quality', 'approval_bypass', 'class_drift', 'behavior_deviation'],
  undeclared_change: [
    'undeclared_change',
    'behavior_deviation',
    'reach_growth',
    'outside_task_envelope',
  ],
  night_chain: ['behavior_deviation', 'class_drift', 'approval_bypass', 'outside_task_envelope'],
  telemetry_silence: ['telemetry_gap', 'unlogged_action', 'credential_misuse', 'canary_missing'],
};

export interface BehaviorLabel {
  stream: 'behavior';
  incident_id: string;
  verdict: 'fires';
  family: Family;
  variant: string;
  agent_uid: string;
  onset: string;
  end: string;
  strength: string;
  acceptable_kinds: readonly string[];
  task_ids: string[];
  native_ids: string[];
}

/** Nothing where an outage swallowed the whole incident. */
export function behaviorLabel(
  incident: Incident,
  arrived: ReadonlySet<string>,
): BehaviorLabel | undefined {
  const recs = incident.recs
    .filter((r: Rec) => arrived.has(r.e.native_id))
    .sort((a, b) => a.t - b.t || (a.e.native_id < b.e.native_id ? -1 : 1));
  const first = recs[0];
  const last = recs[recs.length - 1];
  if (!first || !last) return undefined;
  const silence = incident.family === 'telemetry_silence';
  const tasks = new Set(
    recs.map((r) => r.e.task?.id).filter((id): id is string => id !== undefined),
  );
  return {
    stream: 'behavior',
    incident_id: incident.id,
    verdict: 'fires',
    family: incident.family,
    variant: incident.variant,
    agent_uid: incident.agent.uid,
    onset: silence ? iso(incident.from) : first.e.event_time,
    end: silence ? iso(incident.to) : last.e.event_time,
    strength: incident.strength,
    acceptable_kinds: acceptable[incident.family],
    task_ids: [...tasks].slice(0, 400),
    native_ids: recs.slice(0, 400).map((r) => r.e.native_id),
  };
}

export function quietLabel(q: Quiet, n: number): Record<string, unknown> {
  return {
    stream: 'benign',
    incident_id: `quiet-${n}`,
    verdict: 'quiet',
    variation: q.variation,
    agents: q.agents,
    from: iso(q.from),
    to: iso(q.to),
    ...(q.kinds ? { acceptable_kinds: q.kinds } : {}),
    ...(q.alerts === undefined ? {} : { acceptable_alerts: q.alerts }),
  };
}
