/** What the server answers about alerts and what was done about them, as types only: server and page import them. */
import type { Alert, Classification } from '@waywarden/schemas';
import type { AlertTriage, EffectiveState } from './alert-triage.ts';
import type { Breakdown } from './list-alerts.ts';
import type { SlaView } from './sla.ts';
import type { Suppression } from './suppression.ts';

/** In a list: enough to decide what to open. */
export interface TriageBrief {
  readonly state: EffectiveState;
  readonly reopened: boolean;
  readonly assignee: string | null;
  readonly classification: Classification | null;
  readonly tags: readonly string[];
  readonly notes: number;
  /** The last act on it, as whoever acts next says that they saw; null: none. */
  readonly last_act: string | null;
  readonly sla: SlaView;
}

export interface AlertListItem {
  readonly alert_id: string;
  readonly alert: Pick<
    Alert,
    | 'incident_id'
    | 'revision'
    | 'kind'
    | 'rule_id'
    | 'severity'
    | 'count'
    | 'title'
    | 'evaluable'
    | 'last_event_time'
    | 'first_detected_at'
  >;
  readonly hygiene: boolean;
  readonly agents: readonly string[];
  readonly workflow: string;
  readonly tools: readonly string[];
  readonly owner: string | null;
  readonly triage: TriageBrief;
  readonly campaign: string;
  /** Of a row that stands for several: how many, of how many agents, and which (the first 500). */
  readonly group: {
    readonly count: number;
    readonly agents: number;
    readonly ids: readonly string[];
    /** Of each of `ids`, as it was listed. */
    readonly revisions: readonly number[];
  };
}

export interface AlertListAnswer {
  readonly as_of: string;
  readonly items: readonly AlertListItem[];
  /** Alerts that fit, and rows: fewer where they are grouped. */
  readonly total: number;
  readonly rows: number;
  /** For the next page; null: this is the last one. */
  readonly cursor: string | null;
  readonly breakdown: Breakdown;
  /** False: the log is still being read after a start, and more may come. */
  readonly complete: boolean;
}

/** Of one alert, for its page. */
export interface TriageAnswer {
  readonly alert_id: string;
  readonly revision: number;
  readonly state: EffectiveState;
  readonly reopened: boolean;
  readonly triage: AlertTriage;
  readonly suppression: Suppression | null;
  readonly sla: SlaView;
  readonly workflow: string;
  readonly tools: readonly string[];
  /** Others of the incident, the gravest first. */
  readonly incident: readonly AlertListItem[];
  readonly campaign: { readonly key: string; readonly count: number };
}

/** One thing that somebody did. */
export interface AuditLine {
  readonly at: string;
  readonly by: string;
  readonly what: string;
  /** To whom or what; empty: to nothing that has a name. */
  readonly of: string;
  readonly reason: string;
}

export interface AuditPage {
  readonly lines: readonly AuditLine[];
  /** Null: these are the earliest. */
  readonly cursor: string | null;
}

export interface SessionAnswer {
  readonly tenant: string;
  readonly uid: string | null;
  readonly role: string | null;
  readonly permissions: readonly string[];
  readonly must_change: boolean;
  readonly csrf: string | null;
  /** Name of the other place to sign in; null: none. */
  readonly oidc: string | null;
  readonly demo_accounts: readonly string[];
}

export interface SuppressionPreview {
  readonly days: number;
  readonly would_have_hidden: number;
  readonly open: number;
  readonly true_positives: number;
  readonly examples: readonly AlertListItem[];
}
