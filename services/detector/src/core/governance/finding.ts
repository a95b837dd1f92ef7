/**
 * A finding: what a rule over the registry says of one call. It has the shape of a facet's score, so
 * that it becomes an alert by the same way, but it rests on what people declared and not on
 * history: it works on the first event, and no baseline can teach it away.
 */
import type {
  Assurance,
  AuditEvent,
  Effect,
  Policy,
  Registry,
  RegistryAgent,
  Severity,
} from '@waywarden/schemas';
import { epochMs } from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';
import { agentName } from '../agent-name.ts';
import { callEnding, effectAttempt, endedAs } from '../call-ending.ts';
import type { FacetAlarm, FacetScore, Renewal } from '../facets/facet.ts';
import { shorten } from '../short-text.ts';

export interface FindingContext {
  readonly registry: Registry;
  readonly registered: RegistryAgent | undefined;
  /** What of the agent was reviewed, as far as the registry's versions tell. */
  readonly reviewed: ReviewedContent | undefined;
  readonly classes: Policy['classes'] | undefined;
  readonly combinations: readonly CombinationNeeds[];
  /** The tenant's limits; undefined while it has no policy. */
  readonly limits: Policy['limits'] | undefined;
  /** Of registry and policy together: changes when either does. */
  readonly versions: string;
  /** Log time of the deciding record. */
  readonly now: string;
  /** Its approval was told by an event before it (`approval-events.ts`). */
  readonly isApprovalApart?: boolean;
}

/** What a combination asks of one grant: for each step that is done, its alternatives. */
export interface CombinationNeeds {
  readonly id: string;
  readonly steps: readonly (readonly string[])[];
}

/** What a risk review covered. */
export interface ReviewedContent {
  readonly by: string;
  readonly at: string;
  readonly class: string;
  readonly grants: readonly string[] | null;
  readonly tools: readonly string[] | null;
}

export interface Finding extends FacetScore {
  readonly alarm: FacetAlarm;
  /** What of the call must not become normal. */
  readonly quarantines: Quarantine;
  /** By what it comes to stand, each by itself (`../profile/standing-findings.ts`); by nothing: it never does. */
  readonly standsBy: readonly string[];
}

/**
 * All of it; all but when it was (`deeds`), once that it may be another's work was told long enough; or only the values
 * that are first met in it (`values`): that a decision was missing says what the call may and not whether it is like its
 * agent. Each may be so of all the agent's work for ever.
 */
type Quarantine = boolean | 'deeds' | 'values';

export type FindingRule = (
  draft: Draft,
  event: AuditEvent,
  context: FindingContext,
) => Finding | undefined;

export interface FindingParts {
  readonly kind: string;
  readonly ruleId: string;
  readonly severity: Severity;
  readonly dedupeKey: string;
  readonly title: string;
  readonly summary: string;
  readonly expected: string;
  readonly observed: string;
  /** The claim beside identity and task on which it rests, as far as that is proven. */
  readonly restsOn?: Assurance;
  readonly notVisible?: readonly string[];
  readonly taxonomy?: FacetAlarm['taxonomy'];
  readonly quarantines?: Quarantine;
  /** Of what forbids all of it: what of it may come to stand; left out: nothing. */
  readonly standsBy?: readonly string[];
  /** Listed for reviews, not queued. */
  readonly posture?: boolean;
  /** Earlier events on which it rests beside the call. */
  readonly evidence?: FacetAlarm['evidence'];
  /** By which sources all that decides came; left out: not known, or it rests on a history. */
  readonly sources?: readonly string[] | undefined;
  /** What several alerts have as their cause: they are one incident. */
  readonly causeKey?: string;
  /** A further call may change what is told, not only the count; false: it stands as told, whoever leads it. */
  readonly retells?: boolean;
  readonly isStanding?: FacetAlarm['isStanding'];
  /** A further piece of work, or token, becomes the alert's subject. */
  readonly renews?: Renewal;
  /** Of what may stand for weeks: its day, which is told anew in the one alert. */
  readonly day?: number | undefined;
  /** How much was observed, where the words say it: what is twice of what was told is told anew. */
  readonly amount?: number;
  /**
   * Whose limit decided; left out: what an operator declared. `none`: nobody's, or not known whose: a combination of
   * the policy may be the shipped one, and a deadline is stated by the task.
   */
  readonly threshold?: keyof typeof LEVELS;
}

const POINTS: Readonly<Record<Severity, number>> = {
  info: 0,
  low: 1,
  medium: 2,
  high: 3,
  critical: 4,
};

/** Against what the call was held: what somebody declared, what is shipped, its agent's history. */
const LEVELS = {
  operator: 'declared',
  static: 'shipped',
  learned: 'agent',
  none: 'declared',
} as const;

export function finding(parts: FindingParts): Finding {
  const { kind, ruleId, severity, dedupeKey, expected, observed, restsOn } = parts;
  const { threshold: source = 'operator' } = parts;
  const what = { feature: ruleId, text: parts.summary };
  return {
    facet: ruleId,
    points: POINTS[severity],
    weight: 0,
    reasons: [
      {
        ...what,
        expected,
        observed,
        level: LEVELS[source],
        ...(source === 'none' ? {} : { threshold_source: source }),
      },
    ],
    alarm: {
      kind,
      ruleId,
      severity,
      dedupeKey,
      title: shorten(parts.title, TITLE_LENGTH_MAX),
      summary: shorten(parts.summary, SUMMARY_LENGTH_MAX),
      evidence: parts.evidence ?? [],
      notVisible: parts.notVisible ?? [],
      taxonomy: parts.taxonomy ?? {},
      isSelfContained: source !== 'learned',
      basis: source === 'learned' ? 'history' : 'rule',
      ...(restsOn === undefined ? {} : { restsOn }),
      ...(parts.sources === undefined ? {} : { sources: parts.sources }),
      ...(parts.posture === true ? { posture: true } : {}),
      ...(parts.causeKey === undefined ? {} : { causeKey: parts.causeKey }),
      ...(parts.retells === undefined ? {} : { retells: parts.retells }),
      ...(parts.isStanding === undefined ? {} : { isStanding: parts.isStanding }),
      ...(parts.renews === undefined ? {} : { renews: parts.renews }),
      ...(parts.day === undefined ? {} : { day: parts.day }),
      ...(parts.amount === undefined ? {} : { amount: parts.amount }),
    },
    quarantines: parts.quarantines ?? false,
    standsBy: parts.quarantines === 'values' ? [ruleId] : (parts.standsBy ?? NOTHING),
  };
}

const NOTHING: readonly string[] = [];
const TITLE_LENGTH_MAX = 90;
const SUMMARY_LENGTH_MAX = 2000;
const NAME_LENGTH_MAX = 40;

/** How people call the agent, in all alerts alike. */
export const nameOf = agentName;

const DEEDS: Readonly<Record<Effect, string>> = {
  read: 'read',
  create: 'created something',
  update: 'changed something',
  delete: 'deleted something',
  execute: 'ran something',
  send: 'sent something',
  grant: 'granted access',
  pay: 'moved money',
  configure: 'changed configuration',
  unknown: 'acted',
};

/** `created something`: an effect as a deed. */
export const effectDeed = (effect: Effect): string => DEEDS[effect];

/** What the call did or tried, in words: `sent something by send_email in prod`. */
export function deedOf(event: AuditEvent): string {
  const { effect } = event;
  const deed = callEnding(event) === 'done' ? DEEDS[effect] : `tried ${effectAttempt(effect)}`;
  const tool = event.tool === undefined ? '' : ` by ${shorten(event.tool.name, NAME_LENGTH_MAX)}`;
  const where = event.target?.environment;
  return `${deed}${tool}${where === undefined ? '' : ` in ${shorten(where, 16)}`}`;
}

/** The same where there is room, with how a call ended that is not known to have done it. */
export function deedInFull(event: AuditEvent): string {
  const deed = deedOf(event);
  return callEnding(event) === 'done' ? deed : `${deed} (${endedAs(event)})`;
}

const LESS: Readonly<Record<Severity, Severity>> = {
  info: 'info',
  low: 'low',
  medium: 'low',
  high: 'medium',
  critical: 'high',
};

/** What failed is less grave than what was done; what timed out may have been. */
export function asEnded(event: AuditEvent, severity: Severity): Severity {
  return callEnding(event) === 'failed' ? LESS[severity] : severity;
}

/** Failed calls are an alert apart: as a revision of one over what was done they would bring what failed to answer. */
export function keyAsEnded(event: AuditEvent, key: string): string {
  return callEnding(event) === 'failed' ? `${key}|tried` : key;
}

/** Effects that change something outside the agent. */
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

/** Whether the call had an effect, or may have had one: a payment commits before it times out. */
export function hadEffect(event: AuditEvent): boolean {
  if (!EFFECTFUL.has(event.effect) || callEnding(event) === 'void') return false;
  return event.outcome !== 'protocol_error';
}

/** The incident of one credential, under the name that notes of it have. */
export function credentialCause({ credential }: AuditEvent): string {
  return `credential/${credential?.fp ?? credential?.uid ?? ''}`;
}

const DAY_MS = 86_400_000;

/** The same as a number, by which a standing finding is told anew. */
export function dayNumber(time: string): number {
  return Math.floor(epochMs(time) / DAY_MS);
}

/** The day of a log time, by which findings about an agent as a whole are counted anew. */
export function dayOf(time: string): string {
  return time.slice(0, 10);
}
