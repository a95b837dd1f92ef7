/** One call, as a line of the live flow, of an agent's history or of a chain. */
export interface EventRow {
  readonly event_id: string;
  readonly at: string;
  readonly agent_uid: string;
  readonly activity: string;
  readonly tool: string;
  readonly effect: string;
  readonly outcome: string;
  readonly capabilities: readonly string[];
  readonly chain_id: string;
  readonly task_id: string;
  readonly workflow: string;
  readonly assurance: string;
  /** Of the target; empty: not known. */
  readonly environment: string;
}
