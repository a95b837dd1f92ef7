interface CallPlace {
  readonly chain_id: string;
  readonly task_id: string;
  readonly workflow: string;
  /** Of the target; empty: not known. */
  readonly environment: string;
}

/** One call, as a line of the live flow, of an agent's history or of a chain. */
export interface EventRow extends CallPlace {
  readonly event_id: string;
  readonly at: string;
  readonly agent_uid: string;
  readonly activity: string;
  readonly tool: string;
  readonly effect: string;
  readonly outcome: string;
  readonly capabilities: readonly string[];
  readonly assurance: string;
}
