/** What the inbox of approvals shows, as types only: server and page import them. */
import type { Decision, Target } from '@waywarden/schemas';
import type { AgentFacts } from '../view-model.ts';

export interface PausedDecision {
  readonly decision_id: string;
  readonly alert_id: string | null;
  readonly agent_uid: string;
  readonly rule_id: string;
  readonly action: string | null;
  readonly target: Target | null;
  readonly reasons: readonly string[];
  readonly would_break: Decision['would_break'] | null;
  readonly at: string;
}

export interface PendingAct {
  readonly act_id: string;
  readonly act: string;
  readonly by: readonly string[];
  readonly reason: string;
  readonly at: string;
  readonly until_ms: number;
  /** What a second person gives, to agree. */
  readonly again: {
    readonly act: string;
    readonly action?: string;
    readonly target?: Target;
    readonly expires?: string;
    readonly decision_id?: string;
    readonly order_id?: string;
    readonly alert_id?: string;
    readonly verdict?: string;
    readonly revision?: number;
  };
}

export interface ApprovalsPage {
  readonly as_of: string;
  readonly inHand: readonly PausedDecision[];
  readonly pending: readonly PendingAct[];
}

export interface AgentLine
  extends Pick<
    AgentFacts,
    'agent_uid' | 'registered' | 'class' | 'owner' | 'state' | 'workflows' | 'criticality'
  > {
  readonly open: Readonly<Record<string, number>>;
  /** By severity of what is open. */
  readonly risk: number;
  readonly last_seen: string | null;
  /** In the last 30 days. */
  readonly calls: number;
  readonly denied: number;
}

export interface AgentsPage {
  readonly as_of: string;
  readonly agents: readonly AgentLine[];
  readonly total: number;
  readonly cursor: string | null;
  readonly classes: readonly string[];
  readonly owners: readonly string[];
}
