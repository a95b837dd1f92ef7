/** What the page of friction is made of; names are the wire's, nothing here is computed. */

/** What rules cost people, of one rule, agent, owner, class or day; as `GET /v1/friction` has it. */
export interface ResponseImpactLine {
  readonly key: string;
  readonly step_ups: number;
  readonly approved: number;
  readonly refused: number;
  readonly waited_mean_ms: number | null;
  readonly revocations: number;
  readonly taken_back: number;
  readonly denied_calls: number;
  readonly denied_in_error: number;
  readonly tasks_stopped: number;
  readonly withheld: number;
  readonly would_step_up: number;
  readonly would_revoke: number;
  readonly withdrawn_alerts: number;
  readonly found_right: number;
  readonly found_wrong: number;
}

export interface ResponseImpactPage {
  readonly days: number;
  readonly sentence: string;
  readonly cut: boolean;
  readonly lines: readonly ResponseImpactLine[];
}
