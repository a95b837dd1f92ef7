/** What the server answers and the page shows, as types only. Times are ISO 8601 in UTC, by the log; names are the wire's. */
import type { Alert, Decision, Severity } from '@waywarden/schemas';
import type { AgentProfile, GrantUse } from './agent-profile.ts';
import type { Containment } from './containment-model.ts';
import type { EventRow } from './event-row.ts';
import type { Picture } from './picture-model.ts';
import type { ClaimedVerdict, ReportedRevision } from './verdict-model.ts';

/** What a source of the tenant was seen to send, as ingest counts it. */
export interface SeenSource {
  readonly source: string;
  readonly last: string | null;
  readonly requests: number;
  readonly observations: number;
  readonly calls: number;
  readonly last_problem: { readonly at: string; readonly detail: string } | null;
}

export type { EventRow } from './event-row.ts';

interface AlertHead {
  readonly alert_id: string;
  readonly incident_id: string;
  readonly revision: number;
  readonly kind: string;
  readonly severity: Severity;
  readonly title: string;
  readonly state: Alert['state'];
}

export interface QueueItem extends AlertHead {
  readonly count: number;
  readonly evaluable: boolean;
  readonly agents: readonly string[];
  readonly last_event_time: string;
  readonly first_detected_at: string;
  readonly done: string;
  readonly verdict: string | null;
}

/** Work that looked like a dangerous combination and raised nothing. */
export interface QuietChain {
  readonly chain_id: string;
  readonly workflow: string;
  readonly task_id: string;
  readonly combination: string;
  readonly agents: readonly string[];
  readonly capabilities: readonly string[];
  readonly last_event_time: string;
  readonly why: string;
  /** `approved`: a registry approval covers it; `not_linked`: the steps don't lead to each other. */
  readonly basis: 'approved' | 'not_linked';
  readonly approval: QuietApproval | null;
  /** The finding that says so; null where it was worked out from the calls. */
  readonly alert_id: string | null;
  /** How often the same was seen: workflow, combination and agents. */
  readonly times: number;
}

export interface QuietApproval {
  readonly by: string;
  readonly reason: string;
  readonly from: string;
  readonly expires: string;
}

interface Stage {
  readonly name: string;
  readonly reads: string;
  readonly end: number;
  readonly passed: number;
  readonly lag: number;
  readonly behind_s: number;
}

export interface ConsoleStatus {
  readonly version: string;
  readonly tenant: string;
  readonly data: string;
  readonly started_at: string;
  readonly health:
    | 'ok'
    | 'behind'
    | 'not_ready'
    | 'disk_full'
    | 'store_unavailable'
    | 'proof_missing'
    | 'stopping';
  readonly sentence: string;
  readonly events_per_s: number;
  readonly counts: {
    readonly events: number;
    readonly alerts: number;
    readonly alerts_open: number;
    readonly decisions: number;
    readonly commands: number;
    readonly dead_letters: number;
  } | null;
  readonly counts_at: string | null;
  readonly stages: readonly Stage[];
  readonly last_error: { readonly at: string; readonly message: string } | null;
}

export interface NowPage {
  readonly as_of: string;
  readonly status: ConsoleStatus;
  readonly queue: readonly QueueItem[];
  /** Open alerts beyond those listed. */
  readonly queue_more: number;
  readonly containments: readonly Containment[];
  readonly quiet: readonly QuietChain[];
  readonly events: readonly EventRow[];
  /** Pages whose answers stand elsewhere. */
  readonly absent: readonly string[];
  /** Of an empty installation: the line that makes a first alert appear, and those that connect an agent. */
  readonly try_it: string;
  readonly connect: readonly string[];
  readonly sources: readonly SeenSource[];
}

interface AlertSentences {
  readonly happened: string;
  readonly believed: string;
  readonly done: string;
  /** Of the decision; null where no call had shown it. */
  readonly behalf: string | null;
  /** Null where nothing is known of its access. */
  readonly breaks: string | null;
  readonly next: readonly string[];
  /** Of the policy: why the steps are dangerous together. */
  readonly matters: string | null;
  readonly runbook: string | null;
}

export interface AlertPage extends AlertSentences {
  readonly as_of: string;
  readonly alert: Alert;
  readonly picture: Picture | null;
  readonly decisions: readonly Decision[];
  readonly containments: readonly Containment[];
  readonly timeline: readonly TimelineCall[];
  /** Its revisions, the newest first. */
  readonly reported: readonly ReportedRevision[];
  /** The newest first. */
  readonly verdicts: readonly ClaimedVerdict[];
  /** Who may say whether it was right, as the registry names them. */
  readonly operators: readonly string[];
}

/** A call of the timeline; what it is to the alert, and why it is believed. */
export interface TimelineCall extends EventRow {
  readonly role: string;
  readonly proof: boolean;
}

export interface AgentFacts {
  readonly agent_uid: string;
  readonly registered: boolean;
  readonly class: string;
  readonly role: string | null;
  readonly plane: string | null;
  readonly owner: string | null;
  readonly criticality: string | null;
  readonly state: string | null;
  readonly granted: readonly string[] | null;
  readonly workflows: readonly string[];
  readonly never_revoke: boolean;
  readonly review: string | null;
}

export interface UsedTool {
  readonly tool: string;
  readonly capabilities: readonly string[];
  readonly calls: number;
  readonly denied: number;
  readonly first: string;
  readonly last: string;
}

export interface AgentPage {
  readonly as_of: string;
  readonly facts: AgentFacts;
  readonly calls: number;
  readonly first: string | null;
  readonly last: string | null;
  readonly tools: readonly UsedTool[];
  readonly alerts: readonly QueueItem[];
  readonly containments: readonly Containment[];
  /** What is usual for it, what it reached, with which credentials; null: no call is stored. */
  readonly profile: AgentProfile | null;
  readonly grants: GrantUse;
}

export interface ChainPage {
  readonly as_of: string;
  readonly chain_id: string;
  readonly workflow: string;
  readonly task_ids: readonly string[];
  readonly agents: readonly { readonly agent_uid: string; readonly calls: number }[];
  readonly calls: number;
  readonly alerts: readonly QueueItem[];
  readonly quiet: readonly QuietChain[];
  readonly events: readonly EventRow[];
  readonly events_more: number;
}

/** What the stream says; `reset`: what was missed can't be told, ask for everything again. */
export type StreamMessage =
  | { readonly type: 'reset' }
  | { readonly type: 'events'; readonly rows: readonly EventRow[] }
  | { readonly type: 'changed'; readonly what: readonly string[] }
  | { readonly type: 'status'; readonly status: ConsoleStatus };
