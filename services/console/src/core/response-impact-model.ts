/** What the page of response impact is made of; names are the wire's, nothing here is computed. */

/** What step-ups cost people. */
interface StepUpCost {
  readonly step_ups: number;
  readonly approved: number;
  readonly refused: number;
  readonly waited_mean_ms: number | null;
}

/** What was not done, or would have been. */
interface WithheldCount {
  readonly withheld: number;
  readonly would_step_up: number;
  readonly would_revoke: number;
}

/** What people said of its alerts. */
interface VerdictCount {
  readonly withdrawn_alerts: number;
  readonly true_positives: number;
  readonly false_positives: number;
}

/** What rules cost people, of one rule, agent, owner, class or day; as `GET /v1/response-impact` has it. */
export interface ResponseImpactLine extends StepUpCost, WithheldCount, VerdictCount {
  readonly key: string;
  readonly revocations: number;
  readonly reverted: number;
  readonly denied_calls: number;
  readonly denied_in_error: number;
  readonly tasks_stopped: number;
}

export interface ResponseImpactPage {
  readonly days: number;
  readonly sentence: string;
  readonly cut: boolean;
  readonly lines: readonly ResponseImpactLine[];
}
