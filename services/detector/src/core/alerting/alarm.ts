/**
 * What a feature or a rule says of one call, before the alert life cycle (`life-cycle.ts`) decides what becomes of
 * it.
 */
import type { Alert, AlertReason, Assurance, ConfidenceBasis, Severity } from '@waywarden/schemas';

/** Of an alert. */
export const EVIDENCE_MAX = 16;

/** What an alarm is about, whatever the day, and how much of it there is. */
export type Amounts = readonly (readonly [what: string, amount: number])[];

export interface AlarmEvidence {
  readonly eventId: string;
  readonly nativeId?: string;
  readonly role: string;
  readonly assurance: Assurance;
}

export interface Alarm {
  readonly kind: string;
  readonly ruleId: string;
  readonly severity: Severity;
  readonly dedupeKey: string;
  readonly title: string;
  readonly summary: string;
  /** Earlier events on which it rests beside the call. */
  readonly evidence: readonly AlarmEvidence[];
  readonly notVisible: readonly string[];
  readonly taxonomy: Alert['taxonomy'];
  readonly claims?: AlarmClaims;
  readonly grouping?: AlarmGrouping;
}

interface AlarmClaims {
  /** By which sources all that decides came. */
  readonly sources?: readonly string[] | undefined;
  readonly origins?: Alert['origins'];
  /** How far the claim is proven that decides beside identity and task. */
  readonly restsOn?: Assurance | undefined;
  /** The call proves it by itself: a gap in the telemetry before it makes it no weaker. */
  readonly isSelfContained?: boolean;
  /** How sure it is where no reason has a p-value. */
  readonly basis?: ConfidenceBasis;
}

export interface AlarmGrouping {
  readonly isHygiene?: boolean;
  /** The root cause that several alerts share, which makes them one incident. */
  readonly causeKey?: string | undefined;
  /** Each further piece of work, or credential, becomes the alert's subject, so that who answers can act on it. */
  readonly renews?: 'work' | 'credential' | undefined;
  readonly amounts?: Amounts;
  /** What alarms of several agents have in common (`alert-group.ts`); left out: the rule. */
  readonly alike?: string;
  /** It is about so long a time, in which agents of a role may do more for one reason. */
  readonly spanMs?: number | undefined;
}

export interface Score {
  readonly feature: string;
  /** Non-negative; higher is more deviant; in the units of the feature. */
  readonly points: number;
  readonly weight: number;
  /** Asked only of what is reported: most calls raise nothing. */
  readonly reasons: () => readonly AlertReason[];
  readonly alarm?: Alarm | undefined;
  readonly baseline?: Alert['baseline'] | undefined;
  /** Not bad enough for an alarm, too odd to become normal. */
  readonly isDoubtful?: boolean | undefined;
}
