/** What the server answers and the page shows, as types only. Times are ISO 8601 in UTC, by the log; names are the wire's. */
import type { Alert, Decision, Receipt, RevocationCommand, Severity } from '@waywarden/schemas';
import type { AgentProfile, GrantUse } from './agent-profile.ts';
import type { EventRow } from './call-row.ts';
import type { GoingOn, UsedByOther } from './going-on.ts';
import type { Picture } from './picture-model.ts';
import type { SeenSource } from './seen-source.ts';
import type { ClaimedVerdict, ReportedRevision } from './verdict-model.ts';

export type { EventRow } from './call-row.ts';

/**
 * What is known of a command, strongest last. `applied`: every required receiver says so; `carried_out`: that, of what
 * takes nothing away; `usable_until`: tokens that nobody asks about still pass; `re_mintable`: a new one would be given;
 * `contained`: neither; `unconfirmed`: no proof came in time; `confirmed`: seen denied, or silent where it would have
 * been seen; `leaked`: a later call went through; `restoring`: reverted, and somebody may still enforce it.
 */
export type ContainmentState =
  | 'issued'
  | 'delivered'
  | 'accepted'
  | 'applied'
  | 'carried_out'
  | 'usable_until'
  | 're_mintable'
  | 'contained'
  | 'unconfirmed'
  | 'confirmed'
  | 'leaked'
  | 'failed'
  | 'expired'
  | 'restoring'
  | 'restored';

export interface ReceiverState {
  readonly receiver: string;
  /** `waiting`: no receipt yet. */
  readonly state: Receipt['state'] | 'waiting';
  readonly at: string | null;
  readonly usable_until: string | null;
  readonly detail: string;
}

/** A step of the clock from the call to the first denial; `at` null: not there yet. */
export interface ClockStep {
  readonly step: 'event' | 'alert' | 'command' | 'receipt' | 'denial';
  readonly at: string | null;
  readonly event_id: string | null;
}

/** What the responder itself knows of an order, where the page runs beside it. */
export interface KnownState extends GoingOn {
  readonly state: ContainmentState;
  readonly usable_until: string | null;
  /** What a receiver said of that, where it is longer than credentials of the class live. */
  readonly doubted_until: string | null;
  readonly re_mintable: boolean;
  /** Receivers that must apply it since it was given, and have not. */
  readonly not_asked?: readonly string[];
  /** Confirmed by silence, up to then, and by no call. */
  readonly quiet_until: string | null;
  /** The call that was denied; the store may have it only later. */
  readonly denied: {
    readonly event_id: string;
    readonly at: string;
    /** The record of the refusal names the order. */
    readonly by_order: boolean;
  } | null;
  /** Who was asked whether access is gone, tried it and was refused; null: nobody has. */
  readonly probed: { readonly by: string; readonly at: string; readonly own: boolean } | null;
  /** Who was asked, tried and could still act; null: nobody. */
  readonly probe_leak: { readonly by: string; readonly at: string } | null;
  /** Those asked of whom none could tell, so far. */
  readonly probe_asked: number;
  /** Who has said that they gave it back, where it was taken back. */
  readonly given_back: readonly string[];
  /** What receivers said; the store may have their receipts only later. */
  readonly receivers: readonly ReceiverState[];
}

/** By what it is believed that access is gone, or not. */
interface ContainmentProof {
  /** Null: not known here. */
  readonly re_mintable: boolean | null;
  /** No call was denied, and none came. */
  readonly by_silence: boolean;
  /** No call was denied, but a probe was. */
  readonly by_probe: boolean;
  readonly denied: EventRow | null;
  /** Whether the record of the refusal names this order; null: nothing was denied. */
  readonly denied_by_order: DeniedBy | null;
  readonly leaked: EventRow | null;
  /** Why it leaked, where it was by somebody else with the credential that it took. */
  readonly used_by_other: UsedByOther | null;
}

export interface Containment extends ContainmentProof {
  readonly command: RevocationCommand;
  readonly alert_title: string;
  readonly state: ContainmentState;
  readonly sentence: string;
  readonly receivers: readonly ReceiverState[];
  readonly clock: readonly ClockStep[];
}

/** `unnamed`: the record of the refusal names no order and no rule; `other`: it names something else. */
export type DeniedBy = 'this' | 'unnamed';

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
