/**
 * One alert, many revisions: an alert is emitted when it is new, when anything but its count
 * changes, and when the count has doubled. What repeats in one task after the other is one alert whose
 * subject is the latest of them, since that is what can still be stopped. The identity comes from the first
 * accepted completing event, so the same order gives the same id, and `first_detected_at` never moves.
 */
import {
  type Alert,
  type Assurance,
  type AuditEvent,
  alertId,
  assuranceAtLeast,
  incidentId,
  PRINT_LENGTH,
  type RegistryAgent,
  shortPrint,
} from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';
import { DETECTOR_VERSION } from '../detector-version.ts';
import type { FacetAlarm, FacetScore } from '../facets/facet.ts';
import { agentKey } from '../kept/agent-key.ts';
import { findPrint, withoutRecord } from '../kept/print-table.ts';
import { confidenceFields, confidenceNotes, statedReasons } from './alert-confidence.ts';
import { evidenceOf } from './alert-evidence.ts';
import { decisiveAssurance, weakest } from './decisive-assurance.ts';
import { heldAs, heldStill } from './held-back.ts';
import { isAfresh, isOtherWork, merge, type Tracked, toldOf } from './merge-alert.ts';
import { toldAs } from './told-alert.ts';

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

function subjectOf(event: AuditEvent): Alert['subject'] {
  return {
    agent_uid: event.agent.uid,
    ...(event.agent.instance_uid === undefined ? {} : { instance_uid: event.agent.instance_uid }),
    chain_id: event.chain_id,
    ...(event.task?.id === undefined ? {} : { task_id: event.task.id }),
    ...(event.credential?.uid === undefined ? {} : { credential_uid: event.credential.uid }),
  };
}

/**
 * Those who used one planted value are one incident, whoever they are. Where it stood says less: an
 * inbox is where every attack by mail begins. Without one, what is found in one piece of work belongs
 * together, with what agents did there together (`assembly/build-alert.ts`); what is so whatever the
 * agent works at (a posture, an old credential) names its cause itself.
 */
function rootCauseOf(
  event: AuditEvent,
  { origins, causeKey, dedupeKey, posture }: FacetAlarm,
): string {
  const planted = origins?.[0]?.fp;
  if (planted !== undefined) return `origin|${planted}`;
  if (causeKey !== undefined) return causeKey;
  return posture === true ? `${event.agent.uid}|${dedupeKey}` : event.chain_id;
}

/** Whether ingest set its time to when it was received. */
function isClamped({ unmapped }: AuditEvent): boolean {
  const marks = unmapped?.['ingest.marks'];
  return Array.isArray(marks) && marks.includes('time_clamped');
}

/** What the alert can't know beside what its rule says that it can't. */
function unseenBy(event: AuditEvent, decisive: Assurance): readonly string[] {
  return [
    ...(assuranceAtLeast(decisive, 'authenticated')
      ? []
      : ['Who did this, and in which task, nothing proves: its own telemetry says so.']),
    ...(event.event_time_quality === 'measured'
      ? isClamped(event)
        ? ['Its source’s clock runs ahead: its time is when it was received.']
        : []
      : ['When it happened is not measured: its source tells an order only.']),
    ...(event.args?.features?.['dry_run_claimed'] === true
      ? ['The call asked for a dry run; only the caller says that the tool honours that.']
      : []),
  ];
}

/** Why what rests on what was heard can't be judged. */
function unheardReasons(unheard: readonly string[]): Alert['reasons'] {
  return unheard.map((text) => ({
    feature: 'telemetry',
    text: `Not evaluable: ${text}`,
    expected: 'all that its source numbers, and its heartbeats',
  }));
}

/**
 * What this completion would be as an alert of its own. Most are further ones of an open alert, which has
 * its ids and keeps its reasons: they are not made anew.
 */
function newAlert(
  event: AuditEvent,
  score: FacetScore,
  alarm: FacetAlarm,
  { open, context }: { readonly open: Alert | undefined; readonly context: AlertContext },
): Alert {
  const tenantId = event.tenant_id;
  // One completion is as strong as the weakest event that it rests on.
  const decisive = alarm.evidence.reduce(
    (least, one) => weakest(least, one.assurance),
    weakest(decisiveAssurance(event), alarm.restsOn ?? 'attested'),
  );
  const { kind, ruleId } = alarm;
  const reasons = open === undefined ? statedReasons(score.reasons) : [];
  const unheard = alarm.isSelfContained === true ? [] : (context.unheard?.() ?? []);
  return {
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
    ...(open === undefined ? confidenceFields(reasons, alarm.basis) : { confidence: null }),
    score: Number(score.points.toPrecision(6)),
    evaluable: unheard.length === 0,
    subject: subjectOf(event),
    first_event_time: event.event_time,
    last_event_time: event.event_time,
    first_detected_at: context.now,
    detected_at: context.now,
    title: alarm.title,
    summary: alarm.summary,
    reasons: [...reasons, ...unheardReasons(unheard)],
    ...(score.baseline === undefined ? {} : { baseline: score.baseline }),
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
    ...(alarm.origins === undefined ? {} : { origins: [...alarm.origins] }),
    ...(alarm.sources === undefined ? {} : { sources: [...alarm.sources] }),
    ...(alarm.posture === true ? { posture: true } : {}),
  };
}

/** Keeps the alert as it is and gives it as it is told. */
function told(draft: Draft, key: string, tracked: Tracked): Alert {
  draft.put(key, tracked);
  return toldAs(tracked);
}

/** Alerts of an agent that are followed; the one with the longest unheard-of cause begins anew. */
export const TRACKED_MAX = 32;

/** Where an alert is kept; its place among those of its agent is the last from now on. */
function trackedKey(draft: Draft, event: AuditEvent, { ruleId, dedupeKey }: FacetAlarm): string {
  const own = shortPrint(`${ruleId}|${dedupeKey}`);
  const keyOf = (print: string) => agentKey(event, 'alert', print);
  const list = agentKey(event, 'tracked');
  const before = draft.get<string>(list) ?? '';
  const at = findPrint(before, own, PRINT_LENGTH);
  if (at >= 0 && at === before.length - PRINT_LENGTH) return keyOf(own);
  const others = at < 0 ? before : withoutRecord(before, at, PRINT_LENGTH);
  const isFull = others.length >= TRACKED_MAX * PRINT_LENGTH;
  if (isFull) draft.delete(keyOf(others.slice(0, PRINT_LENGTH)));
  draft.put(list, (isFull ? others.slice(PRINT_LENGTH) : others) + own);
  return keyOf(own);
}

/**
 * The alert revision to emit for this alarm, none when it is only counted; after it, what is told of others for it.
 */
export function raise(
  draft: Draft,
  event: AuditEvent,
  score: FacetScore,
  context: AlertContext,
): readonly Alert[] {
  const alarm = score.alarm;
  if (alarm === undefined) return [];
  const key = trackedKey(draft, context.followed ?? event, alarm);
  const tracked = draft.get<Tracked>(key);
  const fresh = newAlert(event, score, alarm, { open: tracked?.alert, context });
  if (tracked === undefined) {
    const of = { ...context, alarm };
    const { alert, held, beside } = heldAs(draft, event, { fresh, trackedKey: key }, of);
    return [told(draft, key, { alert, emittedCount: 1, ...toldOf(alarm), ...held }), ...beside];
  }
  const { alert: before, emittedCount } = tracked;
  const further = { tracked, trackedKey: key, merged: merge(tracked, fresh, score, alarm), fresh };
  const { alert: merged, held, beside } = heldStill(draft, event, further, { ...context, alarm });
  const isReworded = merged.summary !== before.summary;
  const changed =
    merged.severity !== before.severity ||
    isReworded ||
    merged.decisive_assurance !== before.decisive_assurance ||
    merged.evaluable !== before.evaluable ||
    isOtherWork(before, merged) ||
    isAfresh(before, fresh) ||
    held.held !== tracked.held ||
    held.part !== tracked.part ||
    held.apart !== tracked.apart ||
    merged.count >= emittedCount * 2;
  if (!changed) {
    draft.put(key, { alert: merged, emittedCount, ...toldOf(tracked), ...held });
    return beside;
  }
  const revised = { ...merged, revision: merged.revision + 1, detected_at: context.now };
  const next = { alert: revised, emittedCount: revised.count };
  return [
    told(draft, key, { ...next, ...toldOf(isReworded ? alarm : tracked), ...held }),
    ...beside,
  ];
}
