/** What the page shows of people's verdicts, as types only: the page's part must not load what the server's needs. */
import type { Alert, Severity } from '@waywarden/schemas';

export type Found = 'true_positive' | 'false_positive';

/**
 * `counts`: the last word. `replaced`: somebody said something later. `waiting`: what it would give back takes two
 * people, and the second has some minutes left. `lapsed`: none came.
 */
export type Standing = 'counts' | 'replaced' | 'waiting' | 'lapsed';

export interface ClaimedVerdict {
  readonly decision_id: string;
  readonly at: string;
  readonly by: readonly string[];
  readonly verdict: Found;
  readonly reason: string;
  /** Null: none was named. */
  readonly revision: number | null;
  /** More was told of the alert since. */
  readonly reported_since: boolean;
  readonly standing: Standing;
  /** Orders that it gave back. */
  readonly gave_back: number;
  /** What it would have given back, another alert still needs. */
  readonly stays: boolean;
}

/** A revision of an alert, as a line: what was told, and when. */
export interface ReportedRevision {
  readonly revision: number;
  readonly at: string;
  readonly severity: Severity;
  readonly state: Alert['state'];
  readonly count: number;
  readonly title: string;
}
