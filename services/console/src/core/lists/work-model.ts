/** What the server answers beside alerts and agents, as types only: server, page and description of the API share them. */
import type { Alert, AuditEvent, Target } from '@waywarden/schemas';

export interface EventPage {
  readonly event: AuditEvent;
  readonly sentence: string;
  readonly alerts: readonly Alert[];
}

/** What was asked of a call: whether it obeys planted text, and whether it is unusual for its agent. */
export interface EventExplanation {
  readonly lines: readonly string[];
  readonly terms: readonly {
    readonly term: string;
    readonly value: number;
    readonly worth: number;
    readonly text: string;
  }[];
  readonly features: readonly {
    readonly feature: string;
    readonly points: number;
    readonly alarm: string | null;
    readonly reasons: readonly {
      readonly text: string;
      readonly expected: string;
      readonly observed: string;
    }[];
  }[];
  /** Earlier calls of its agent that were played. */
  readonly played: number;
  readonly complete: boolean;
}

export interface ContainmentRow {
  readonly command_id: string;
  readonly agent_uid: string;
  readonly alert_ids: readonly string[];
  readonly action: string;
  readonly target: Target;
  readonly state: string;
  readonly issued_at: string;
  readonly expires_at: string;
  readonly applied_at: string | null;
  readonly denied: { readonly event_id: string; readonly at: string | null } | null;
  readonly restored_by: { readonly at: string; readonly reason: string } | null;
  readonly clock: { readonly order_to_applied_ms: number | null };
}

export interface Preview {
  readonly days: number;
  readonly people: number;
  readonly withheld: string | null;
  readonly protects: readonly string[];
  readonly would_break: { readonly words: string } | null;
  /** False: neither registered, nor seen to hold any access. */
  readonly known: boolean;
  readonly reaches: readonly {
    readonly agent_uid: string;
    readonly withheld: string | null;
    /** What is commanded in its place. */
    readonly instead: string | null;
  }[];
  readonly in_use: readonly {
    readonly system: string;
    readonly type: string;
    readonly calls: number;
  }[];
}

export interface Enforcement {
  readonly paused: boolean;
  readonly by: readonly string[];
  readonly since: string | null;
  readonly reason: string;
}

export interface AccountLine {
  readonly uid: string;
  readonly role: string | null;
  readonly disabled: boolean;
  readonly active: boolean;
  readonly signs_in_by: string;
  readonly created_at: string;
  readonly created_by: string;
}

export interface ReceiverLine {
  readonly name: string;
  readonly kind: string;
  readonly sent: number;
  readonly failing: string | null;
}

/** A notice that nobody took. */
export interface SetAside {
  readonly id: string;
  readonly at: string;
  readonly receiver: string;
  readonly news: string;
  readonly alert_id: string;
  readonly why: string;
}

export interface TokenLine {
  readonly id: string;
  readonly label: string;
  readonly scopes: readonly string[];
  readonly created_at: string;
  readonly expires: string;
}

/** Who may be assigned. */
export interface Person {
  readonly uid: string;
  readonly role: string;
}

export interface RecentEvent {
  readonly event_id: string;
  readonly native_id: string;
  readonly event_time: string;
  readonly agent_uid: string;
  readonly tool: string;
  readonly effect: string;
  readonly outcome: string;
  readonly capabilities: readonly string[];
  readonly assurance: string;
}

export interface AlertExport {
  readonly format: 'native' | 'ocsf';
  readonly alerts: readonly (Alert | object)[];
  readonly cursor: string;
  readonly more: boolean;
  readonly lost: number;
}

export interface AccountWithPassword extends AccountLine {
  readonly first_password: string;
}

export interface TokenInClear extends Omit<TokenLine, 'created_at'> {
  readonly token: string;
}
