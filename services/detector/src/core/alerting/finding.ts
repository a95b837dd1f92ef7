/** A finding: what a rule over the registry says of one call, from declarations and not from history. */
import {
  type ActorClass,
  type Assurance,
  type AuditEvent,
  type ClassRow,
  type Effect,
  type Policy,
  type Registry,
  type RegistryAgent,
  type Severity,
  SHIPPED_CLASSES,
} from '@waywarden/schemas';
import type { Transaction } from '@waywarden/stage';
import { agentName } from '../domain/agent-name.ts';
import { callEnding } from '../domain/call-ending.ts';
import { SUMMARY_LENGTH_MAX, shorten, TITLE_LENGTH_MAX } from '../domain/short-text.ts';
import type { CombinationNeeds, ReviewedContent } from '../state/tenant-control.ts';
import type { Alarm, AlarmEvidence, AlarmGrouping, Score } from './alarm.ts';

export { asEnded } from '../domain/severities.ts';

export interface FindingContext {
  readonly registry: Registry;
  readonly registered: RegistryAgent | undefined;
  /** What of the agent was reviewed, as far as the registry's versions tell. */
  readonly reviewed: ReviewedContent | undefined;
  readonly classes: Policy['classes'] | undefined;
  readonly combinations: readonly CombinationNeeds[];
  /** The tenant's limits. */
  readonly limits: Policy['limits'] | undefined;
  readonly versions: string;
  /** Log time of the deciding record. */
  readonly now: string;
  /** The call as one of its workload, where each run is a new agent; left out: as its agent's. */
  readonly compared?: AuditEvent;
  /** Its approval was told by an event before it (`approval-events.ts`). */
  readonly isApprovalApart?: boolean;
}

export interface Finding extends Score {
  readonly alarm: Alarm;
  /** What of the call must not become normal. */
  readonly quarantines: Quarantine;
  /** By what it comes to stand; empty: never. */
  readonly standsBy: readonly string[];
}

/** All of it; or only values first met in it (`values`). */
type Quarantine = boolean | 'values';

export type FindingRule = (
  transaction: Transaction,
  event: AuditEvent,
  context: FindingContext,
) => Finding | undefined;

interface FindingWords {
  readonly title: string;
  readonly summary: string;
  readonly expected: string;
  readonly observed: string;
  readonly notVisible?: readonly string[];
}

interface FindingGrouping {
  readonly dedupeKey: string;
  /** What several alerts have as their cause: they are one incident. */
  readonly causeKey?: string;
  readonly renews?: AlarmGrouping['renews'];
  /** Twice of what was reported is reported again. */
  readonly amount?: number;
}

interface FindingBasis {
  /** The claim beside identity and task on which it rests, as far as that is proven. */
  readonly restsOn?: Assurance;
  readonly evidence?: readonly AlarmEvidence[];
  /** By which sources all that decides came. */
  readonly sources?: readonly string[] | undefined;
  /** Whose limit decided; left out: an operator's. `none`: nobody's, or not known whose. */
  readonly threshold?: keyof typeof LEVELS;
}

export interface FindingParts extends FindingWords, FindingGrouping, FindingBasis {
  readonly kind: string;
  readonly ruleId: string;
  readonly severity: Severity;
  readonly taxonomy?: Alarm['taxonomy'];
  readonly quarantines?: Quarantine;
  /** Of what forbids all of it. */
  readonly standsBy?: readonly string[];
  readonly hygiene?: boolean;
}

const POINTS: Readonly<Record<Severity, number>> = {
  info: 0,
  low: 1,
  medium: 2,
  high: 3,
  critical: 4,
};

/** Against what the call was compared. */
const LEVELS = {
  operator: 'declared',
  static: 'shipped',
  learned: 'agent',
  none: 'declared',
} as const;

export function finding(parts: FindingParts): Finding {
  const { kind, ruleId, severity, dedupeKey, expected, observed, restsOn } = parts;
  const { threshold: source = 'operator', hygiene, causeKey, renews } = parts;
  const limit = source === 'none' ? {} : { threshold_source: source };
  const reason = {
    ...{ feature: ruleId, text: parts.summary, expected, observed, level: LEVELS[source] },
    ...limit,
  };
  return {
    feature: ruleId,
    points: POINTS[severity],
    weight: 0,
    reasons: () => [reason],
    alarm: {
      ...{ kind, ruleId, severity, dedupeKey },
      title: shorten(parts.title, TITLE_LENGTH_MAX),
      summary: shorten(parts.summary, SUMMARY_LENGTH_MAX),
      evidence: parts.evidence ?? [],
      notVisible: parts.notVisible ?? [],
      taxonomy: parts.taxonomy ?? {},
      claims: {
        isSelfContained: source !== 'learned',
        basis: source === 'learned' ? 'history' : 'rule',
        ...{ restsOn, sources: parts.sources },
      },
      grouping: {
        ...{ isHygiene: hygiene === true, causeKey, renews },
        amounts: [[`${ruleId}|${dedupeKey}`, parts.amount ?? 0]],
      },
    },
    quarantines: parts.quarantines ?? false,
    standsBy: parts.quarantines === 'values' ? [ruleId] : (parts.standsBy ?? NOTHING),
  };
}

const NOTHING: readonly string[] = [];

export const nameOf = agentName;

/** Failed calls are an alert apart. */
export function keyAsEnded(event: AuditEvent, key: string): string {
  return callEnding(event) === 'failed' ? `${key}|tried` : key;
}

const EFFECTFUL: ReadonlySet<Effect> = new Set([
  'create',
  'update',
  'delete',
  'execute',
  'send',
  'grant',
  'pay',
  'configure',
]);

/** A payment commits before it times out. */
export function hadEffect(event: AuditEvent): boolean {
  if (!EFFECTFUL.has(event.effect) || callEnding(event) === 'void') return false;
  return event.outcome !== 'protocol_error';
}

export function credentialCause({ credential }: AuditEvent): string {
  return `credential/${credential?.fp ?? credential?.uid ?? ''}`;
}

export function thresholdOf(
  row: ClassRow,
  cls: ActorClass,
  ...fields: readonly (keyof ClassRow)[]
): 'static' | 'operator' {
  const shipped = SHIPPED_CLASSES[cls];
  return fields.every((field) => row[field] === shipped[field]) ? 'static' : 'operator';
}
