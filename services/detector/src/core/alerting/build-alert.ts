/** One completion as an alert of its own; its sentences are those of `wording/`. */
import type {
  Alert,
  AlertReason,
  Assurance,
  AuditEvent,
  ConfidenceBasis,
  RegistryAgent,
} from '@waywarden/schemas';
import { decisiveAssurance, weakerAssurance } from '../domain/decisive-assurance.ts';
import { gravestOf, severityOf } from '../domain/severities.ts';
import { qualifiedTool } from '../state/agent/joined-names.ts';
import { workOf } from '../state/agent/piece-of-work.ts';
import { confidenceWords, notEvaluableWords, unseenWords } from '../wording/unseen.ts';
import type { Alarm, Score } from './alarm.ts';
import { newAlert } from './standing-alert.ts';

export interface AlertContext {
  readonly policyVersion: string;
  readonly registered: RegistryAgent | undefined;
  /** The registry names agents, and not this one. */
  readonly isUnregistered: boolean;
  readonly now: string;
  /** What of the agent's telemetry is missing before the call. */
  readonly unheard?: () => readonly string[];
  /** The call as one of those whose alerts are followed together. */
  readonly followed?: AuditEvent;
}

function subjectOf({ agent, chain_id, task, credential, tool }: AuditEvent): Alert['subject'] {
  return {
    agent_uid: agent.uid,
    chain_id,
    ...(agent.instance_uid === undefined ? {} : { instance_uid: agent.instance_uid }),
    ...(task?.id === undefined ? {} : { task_id: task.id }),
    ...(credential?.uid === undefined ? {} : { credential_uid: credential.uid }),
    ...(task?.workflow === undefined ? {} : { workflow: task.workflow }),
    ...(tool === undefined ? {} : { tool: qualifiedTool(tool) }),
  };
}

/** Users of one planted value are one incident. */
function rootCauseOf(event: AuditEvent, { claims, grouping, dedupeKey }: Alarm): string {
  const planted = claims?.origins?.[0]?.fp;
  if (planted !== undefined) return `origin|${planted}`;
  if (grouping?.causeKey !== undefined) return grouping.causeKey;
  return grouping?.isHygiene === true ? `${event.agent.uid}|${dedupeKey}` : workOf(event);
}

function evidenceOf(event: AuditEvent, { evidence }: Alarm): Alert['evidence'] {
  const { uid: agent_uid, assurance } = event.agent;
  const capability = gravestOf(event.capabilities);
  return [
    {
      event_id: event.event_id,
      ...(event.native_id === undefined ? {} : { native_id: event.native_id }),
      ...{ agent_uid, role: 'deviating_call', assurance },
      ...(capability === undefined ? {} : { capability }),
    },
    ...evidence.map(({ eventId, nativeId, role, assurance }) => ({
      event_id: eventId,
      ...(nativeId === undefined ? {} : { native_id: nativeId }),
      ...{ agent_uid, role, assurance },
    })),
  ];
}

/** One completion is as strong as the weakest event that it rests on. */
function provenBy(event: AuditEvent, { evidence, claims }: Alarm): Assurance {
  return evidence.reduce(
    (least, one) => weakerAssurance(least, one.assurance),
    weakerAssurance(decisiveAssurance(event), claims?.restsOn ?? 'attested'),
  );
}

export function buildAlert(
  event: AuditEvent,
  score: Score,
  alarm: Alarm,
  context: AlertContext,
): Alert {
  const { kind, ruleId, claims, grouping } = alarm;
  const decisive = provenBy(event, alarm);
  const reasons = statedReasons(score.reasons());
  const unheard = claims?.isSelfContained === true ? [] : (context.unheard?.() ?? []);
  const { origins, sources } = claims ?? {};
  const of = {
    ...{ tenant: event.tenant_id, alertKey: event.event_id, times: [event.event_time] },
    ...{ incident: rootCauseOf(event, alarm), sources },
  };
  return newAlert(of, {
    ...{ count: 1, kind },
    ...(grouping?.isHygiene === true ? { hygiene: true } : {}),
    rule_id: ruleId,
    severity: severityOf(alarm),
    ...confidenceFields(reasons, claims?.basis),
    score: Number(score.points.toPrecision(6)),
    evaluable: unheard.length === 0,
    subject: subjectOf(event),
    detected_at: context.now,
    title: alarm.title,
    summary: alarm.summary,
    reasons: [
      ...reasons,
      ...unheard.map((text) => ({
        feature: 'telemetry',
        ...notEvaluableWords(text),
      })),
    ],
    evidence: evidenceOf(event, alarm),
    not_visible: [
      ...alarm.notVisible,
      ...unseenWords(event, decisive),
      ...unheard,
      ...confidenceNotes(reasons),
    ],
    taxonomy: alarm.taxonomy,
    ...(score.baseline === undefined ? {} : { baseline: score.baseline }),
    policy_version: context.policyVersion,
    decisive_assurance: decisive,
    subject_class: context.registered?.class ?? 'unknown',
    ...(origins === undefined ? {} : { origins: [...origins] }),
  });
}

/**
 * The probability that an alert is right, by its p-value (Sellke, Bayarri & Berger 2001) and the odds of a bad day;
 * null without one.
 */

/** One day of an agent in so many is bad. */
const DAYS_PER_BAD = 50;
/** No p-value is stated as rarer. */
const DAYS_TESTED = 1600;

const rounded = (value: number) => Number(value.toPrecision(2));

function firstOf(reasons: readonly AlertReason[]): number | undefined {
  const p = reasons.find((one) => typeof one.p_value === 'number')?.p_value;
  return typeof p === 'number' ? Math.max(p, 1 / DAYS_TESTED) : undefined;
}

/** Reasons with p-values no rarer than was tested. */
export function statedReasons(reasons: readonly AlertReason[]): AlertReason[] {
  return reasons.map((one) =>
    typeof one.p_value === 'number' && one.p_value < 1 / DAYS_TESTED
      ? { ...one, p_value: rounded(1 / DAYS_TESTED) }
      : one,
  );
}

export function confidenceOf(reasons: readonly AlertReason[]): number | null {
  const p = firstOf(reasons);
  if (p === undefined) return null;
  const chance = p >= 1 / Math.E ? 1 : -Math.E * p * Math.log(p);
  const odds = 1 / (DAYS_PER_BAD - 1) / chance;
  return rounded(odds / (1 + odds));
}

/** Without a number, `basis` says why. */
function confidenceFields(
  reasons: readonly AlertReason[],
  basis: ConfidenceBasis = 'history',
): Pick<Alert, 'confidence' | 'confidence_basis'> {
  const confidence = confidenceOf(reasons);
  return { confidence, confidence_basis: confidence === null ? basis : 'p_value' };
}

function confidenceNotes(reasons: readonly AlertReason[]): readonly string[] {
  const confidence = confidenceOf(reasons);
  if (confidence === null) return [];
  return [confidenceWords(confidence, { daysPerBad: DAYS_PER_BAD, daysTested: DAYS_TESTED })];
}
