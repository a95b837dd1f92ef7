/**
 * What is true of a simulated fleet, one line an incident: the formats that the scorer and the
 * label checker read (docs/benchmarks-fleet.md has every field's meaning).
 */

export interface AssemblyLabel {
  readonly stream: 'assembly';
  readonly incident_id: string;
  readonly verdict: 'fires' | 'quiet';
  /** The alert's kind when it fires; else null. */
  readonly kind: string | null;
  readonly combination: string;
  readonly variant: string;
  /** Each a smallest set of native ids that proves the combination; empty when it is quiet. */
  readonly proofs: readonly (readonly string[])[];
  readonly contributors: readonly string[];
  readonly completed_by: string | null;
  /** The task of the completing call. */
  readonly task_id: string;
  readonly residual_access: readonly string[];
  /** Alternatives: each alone stops the completer from completing it again. */
  readonly cuts: readonly {
    readonly action: string;
    readonly level: string;
    readonly agent_uid: string;
    readonly task_id?: string;
  }[];
  /** What makes each residual access unusable, beside the cut. */
  readonly neutralise: readonly { readonly what: string; readonly action: string }[];
  /** Every event that belongs to the plot. */
  readonly native_ids: readonly string[];
  /** Its steps lie further apart than `within`, and lineage joins them. */
  readonly slow?: true;
}

export const FAMILIES = [
  'hijack',
  'tool_misuse',
  'rate_burst',
  'low_and_slow',
  'frog_boiling',
  'stolen_credential',
  'class_drift',
  'approval_bypass',
  'undeclared_change',
  'data_hoarding',
  'off_hours_autonomy',
  'telemetry_silence',
  'resource_abuse',
] as const;
export type Family = (typeof FAMILIES)[number];

export const STRENGTHS = ['weak', 'medium', 'strong'] as const;
export type Strength = (typeof STRENGTHS)[number];

export interface BehaviorLabel {
  readonly stream: 'behavior';
  readonly incident_id: string;
  readonly verdict: 'fires';
  readonly family: Family;
  /** What of a family that has several forms it is. */
  readonly variant?: string;
  readonly agent_uid: string;
  readonly onset: string;
  readonly end: string;
  readonly strength: Strength;
  /** Kinds of alert (contracts) that would rightly name it. */
  readonly acceptable_kinds: readonly string[];
  readonly task_ids: readonly string[];
  /** The events concerned, earliest first; at most `CONCERNED_MAX`. */
  readonly native_ids: readonly string[];
}

export interface BenignLabel {
  readonly stream: 'benign';
  readonly incident_id: string;
  readonly verdict: 'quiet';
  readonly variation: string;
  readonly agents: readonly string[];
  readonly from: string;
  readonly to: string;
  /** Kinds of alert that are right here all the same, such as `telemetry_gap` in an outage. */
  readonly acceptable_kinds?: readonly string[];
  /** How many alerts of these kinds are right: more is a storm. */
  readonly acceptable_alerts?: number;
}

export type Label = AssemblyLabel | BehaviorLabel | BenignLabel;

/** A long incident names its first events only. */
export const CONCERNED_MAX = 400;
