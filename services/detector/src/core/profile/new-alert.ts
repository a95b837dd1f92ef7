/**
 * What one completion is as an alert of its own: its subject, its cause, how well it is proven, what it can't see.
 *
 * What may be missing is filled in at the end, field by field: every call of an agent that was led astray may alarm,
 * and a spread for each field that may be missing took longer than all of the rest.
 */
import {
  type Alert,
  type Assurance,
  type AuditEvent,
  alertId,
  assuranceAtLeast,
  incidentId,
  type RegistryAgent,
} from '@waywarden/schemas';
import { DETECTOR_VERSION } from '../detector-version.ts';
import type { FacetAlarm, FacetScore } from '../facets/facet.ts';
import { workOf } from '../piece-of-work.ts';
import { confidenceFields, confidenceNotes, statedReasons } from './alert-confidence.ts';
import { evidenceOf } from './alert-evidence.ts';
import { decisiveAssurance, weakest, workAssurance } from './decisive-assurance.ts';

export interface AlertContext {
  readonly policyVersion: string;
  readonly registered: RegistryAgent | undefined;
  /** The registry names agents, and not this one. */
  readonly isUnregistered: boolean;
  /** Log time of the deciding record. */
  readonly now: string;
  /** What was not heard of the agent before the call; asked where an alert rests on it. */
  readonly unheard?: () => readonly string[];
  /** The call as one of those whose alerts are followed together; left out: those of its agent. */
  readonly followed?: AuditEvent;
}

type Filled<T> = { -readonly [K in keyof T]: T[K] };

function subjectOf({ agent, chain_id, task, credential }: AuditEvent): Alert['subject'] {
  const subject: Filled<Alert['subject']> = { agent_uid: agent.uid, chain_id };
  if (agent.instance_uid !== undefined) subject.instance_uid = agent.instance_uid;
  if (task?.id !== undefined) subject.task_id = task.id;
  if (credential?.uid !== undefined) subject.credential_uid = credential.uid;
  return subject;
}

/**
 * Those who used one planted value are one incident, whoever they are. Where it stood says less: an
 * inbox is where every attack by mail begins. Without one, what is found in one piece of work belongs
 * together, with what agents did there together (`assembly/alert/build-alert.ts`); what is so whatever the
 * agent works at (a posture, an old credential) names its cause itself.
 */
function rootCauseOf(
  event: AuditEvent,
  { origins, causeKey, dedupeKey, posture }: FacetAlarm,
): string {
  const planted = origins?.[0]?.fp;
  if (planted !== undefined) return `origin|${planted}`;
  if (causeKey !== undefined) return causeKey;
  return posture === true ? `${event.agent.uid}|${dedupeKey}` : workOf(event);
}

/** Whether ingest set its time to when it was received. */
function isClamped({ unmapped }: AuditEvent): boolean {
  const marks = unmapped?.['ingest.marks'];
  return Array.isArray(marks) && marks.includes('time_clamped');
}

/** What of it nobody proves, where that is what decides. */
function unprovenOf(event: AuditEvent): string {
  const isUnproven = (claim: Assurance) => !assuranceAtLeast(claim, 'authenticated');
  const work = workAssurance(event);
  const isWork = work !== undefined && isUnproven(work);
  if (isUnproven(event.agent.assurance))
    return isWork ? 'Who did this, and in which task,' : 'Who did this';
  return isWork ? 'In which task it did this' : 'Something else on which this rests';
}

/** What the alert can't know beside what its rule says that it can't. */
function unseenBy(event: AuditEvent, decisive: Assurance): readonly string[] {
  const unseen: string[] = [];
  if (!assuranceAtLeast(decisive, 'authenticated')) {
    unseen.push(`${unprovenOf(event)} nothing proves: its own telemetry says so.`);
  }
  if (event.event_time_quality !== 'measured') {
    unseen.push('When it happened is not measured: its source tells an order only.');
  } else if (isClamped(event)) {
    unseen.push('Its source’s clock runs ahead: its time is when it was received.');
  }
  if (event.args?.features?.['dry_run_claimed'] === true) {
    unseen.push('The call asked for a dry run; only the caller says that the tool honours that.');
  }
  return unseen;
}

/** Why what rests on what was heard can't be judged. */
function unheardReasons(unheard: readonly string[]): Alert['reasons'] {
  return unheard.map((text) => ({
    feature: 'telemetry',
    text: `Not evaluable: ${text}`,
    expected: 'all that its source numbers, and its heartbeats',
  }));
}

/** Of a further completion of an open alert, which keeps what it says. */
const NOT_ASKED: Pick<Alert, 'confidence' | 'confidence_basis'> = { confidence: null };

/** One completion is as strong as the weakest event that it rests on. */
export function provenBy(
  event: AuditEvent,
  { evidence, restsOn = 'attested' }: FacetAlarm,
): Assurance {
  return evidence.reduce(
    (least, one) => weakest(least, one.assurance),
    weakest(decisiveAssurance(event), restsOn),
  );
}

interface Completion {
  /** The alert that it is a further completion of. */
  readonly open: Alert | undefined;
  readonly context: AlertContext;
  /** How well it is proven: `provenBy`. */
  readonly decisive: Assurance;
}

/**
 * What this completion would be as an alert of its own. Most are further ones of an open alert, which has
 * its ids and keeps its reasons: they are not made anew.
 */
export function newAlert(
  event: AuditEvent,
  score: FacetScore,
  alarm: FacetAlarm,
  { open, context, decisive }: Completion,
): Alert {
  const tenantId = event.tenant_id;
  const { kind, ruleId } = alarm;
  const reasons = open === undefined ? statedReasons(score.reasons) : [];
  const unheard = alarm.isSelfContained === true ? [] : (context.unheard?.() ?? []);
  const { confidence, confidence_basis: basis } =
    open === undefined ? confidenceFields(reasons, alarm.basis) : NOT_ASKED;
  const alert: Filled<Alert> = {
    alert_id: open?.alert_id ?? alertId({ tenantId, kind, ruleId, alertKey: event.event_id }),
    revision: 1,
    state: 'open',
    count: 1,
    incident_id: open?.incident_id ?? incidentId(tenantId, rootCauseOf(event, alarm)),
    tenant_id: tenantId,
    kind,
    rule_id: ruleId,
    rule_version: '1',
    severity: alarm.severity,
    confidence,
    score: Number(score.points.toPrecision(6)),
    evaluable: unheard.length === 0,
    subject: subjectOf(event),
    first_event_time: event.event_time,
    last_event_time: event.event_time,
    first_detected_at: context.now,
    detected_at: context.now,
    title: alarm.title,
    summary: alarm.summary,
    reasons: unheard.length === 0 ? reasons : [...reasons, ...unheardReasons(unheard)],
    evidence: evidenceOf(event, alarm),
    not_visible: [
      ...alarm.notVisible,
      ...unseenBy(event, decisive),
      ...unheard,
      ...confidenceNotes(reasons),
    ],
    taxonomy: alarm.taxonomy,
    policy_version: context.policyVersion,
    detector_version: DETECTOR_VERSION,
    decisive_assurance: decisive,
    subject_class: context.registered?.class ?? 'unknown',
  };
  if (basis !== undefined) alert.confidence_basis = basis;
  if (score.baseline !== undefined) alert.baseline = score.baseline;
  if (alarm.origins !== undefined) alert.origins = [...alarm.origins];
  if (alarm.sources !== undefined) alert.sources = [...alarm.sources];
  if (alarm.posture === true) alert.posture = true;
  return alert;
}
