/** Labels, alerts and streams for the tests of scoring: what a test sets is what it is about. */
import type { AdapterAlert } from './adapter-alert.ts';
import { type AlertFile, AlertGatherer } from './alert-history.ts';
import type { AssemblyLabel, BehaviorLabel, Labels } from './label.ts';
import { StreamFacts, type Wanted } from './stream-facts.ts';

const START = Date.parse('2026-11-02T09:00:00Z');

/** A time so many minutes after the stream's start. */
export const at = (minutes: number): string => new Date(START + minutes * 60_000).toISOString();

export function plot(fields: Partial<AssemblyLabel> = {}): AssemblyLabel {
  const proofs = fields.proofs ?? [['a', 'b']];
  return {
    stream: 'assembly',
    incident_id: 'incident-1',
    verdict: 'fires',
    kind: 'privilege_assembly',
    combination: 'secret-to-egress',
    variant: 'direct',
    proofs,
    contributors: ['agent-a', 'agent-b'],
    completed_by: 'agent-b',
    task_id: 'run-1',
    residual_access: ['secret_read'],
    neutralise: [{ what: 'secret_read', action: 'rotate_secret' }],
    cuts: [
      { action: 'revoke_token', level: 'task', agent_uid: 'agent-b', task_id: 'run-1' },
      { action: 'disable_agent', level: 'agent', agent_uid: 'agent-b' },
    ],
    native_ids: [...new Set(proofs.flat())],
    ...fields,
  };
}

export function nearMiss(fields: Partial<AssemblyLabel> = {}): AssemblyLabel {
  return plot({
    incident_id: 'near-1',
    verdict: 'quiet',
    kind: null,
    variant: 'no_link',
    proofs: [],
    contributors: [],
    completed_by: null,
    cuts: [],
    native_ids: ['m', 'n'],
    ...fields,
  });
}

type Assembly = NonNullable<AdapterAlert['assembly']>;

export function claim(
  proof: readonly string[],
  assembly: Partial<Assembly> = {},
  fields: Partial<AdapterAlert> = {},
): AdapterAlert {
  return {
    alert_id: `claim of ${proof.join()}`,
    kind: 'privilege_assembly',
    detected_at: at(5),
    subject: { agent_uid: 'agent-b' },
    assembly: { combination: 'secret-to-egress', proof: [...proof], ...assembly },
    ...fields,
  };
}

export function attack(fields: Partial<BehaviorLabel> = {}): BehaviorLabel {
  return {
    stream: 'behavior',
    incident_id: 'attack-1',
    verdict: 'fires',
    family: 'rate_burst',
    agent_uid: 'agent-a',
    onset: at(10),
    end: at(20),
    strength: 'medium',
    acceptable_kinds: ['behavior_deviation'],
    task_ids: [],
    native_ids: ['x', 'y'],
    ...fields,
  };
}

export function deviation(fields: Partial<AdapterAlert> = {}): AdapterAlert {
  return {
    alert_id: 'alert-1',
    kind: 'behavior_deviation',
    severity: 'medium',
    detected_at: at(12),
    subject: { agent_uid: 'agent-a' },
    evidence: [{ native_id: 'x' }],
    ...fields,
  };
}

export function alertFile(...lines: readonly AdapterAlert[]): AlertFile {
  const gatherer = new AlertGatherer();
  for (const line of lines) gatherer.add(line);
  return gatherer.finish();
}

export interface Reported {
  readonly id: string;
  readonly minutes: number;
  readonly agent?: string;
  readonly run?: string;
  readonly workflow?: string;
  /** What it acted on. */
  readonly thing?: string;
}

export function stream(wanted: Wanted, told: readonly Reported[]): StreamFacts {
  const facts = new StreamFacts(wanted);
  for (const one of told) {
    const { id, minutes, agent = 'agent-a', run = 'run-1', workflow = 'support', thing } = one;
    facts.add({
      native_id: id,
      event_time: at(minutes),
      agent: { uid: agent },
      task: { id: run, workflow },
      ...(thing === undefined ? {} : { target: { resource_id: thing } }),
    });
  }
  return facts;
}

export function labelsOf(fields: Partial<Labels>): Labels {
  return { assembly: [], behavior: [], benign: [], ...fields };
}
