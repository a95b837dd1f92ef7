/**
 * For stages that derive a conclusion anew from all they know: the last revision is stored, restated or withdrawn.
 * Whether a finding joins an alert: `life-cycle.ts`.
 */
import { type Alert, alertId, alertKey, allSources, incidentId, TOPICS } from '@waywarden/schemas';
import type { Output } from '@waywarden/stage';
import { DETECTOR_VERSION } from '../domain/detector-version.ts';

type Made =
  | 'alert_id'
  | 'revision'
  | 'state'
  | 'incident_id'
  | 'tenant_id'
  | 'rule_version'
  | 'confidence'
  | 'first_event_time'
  | 'last_event_time'
  | 'first_detected_at'
  | 'detector_version'
  | 'sources';

interface AlertOf {
  readonly tenant: string;
  /** With kind and rule, what makes it one alert. */
  readonly alertKey: string;
  readonly incident: string;
  /** Of its calls. */
  readonly times: readonly string[];
  readonly sources?: readonly (string | undefined)[] | undefined;
}

export function newAlert(
  { tenant, alertKey, incident, times, sources: reportedBy }: AlertOf,
  fields: Omit<Alert, Made> & Partial<Pick<Alert, 'confidence' | 'rule_version'>>,
): Alert {
  const [first = fields.detected_at, ...others] = times.toSorted();
  const { kind, rule_id: ruleId } = fields;
  const sources = reportedBy && allSources(reportedBy);
  return {
    ...fields,
    alert_id: alertId({ tenantId: tenant, kind, ruleId, alertKey }),
    revision: 1,
    state: 'open',
    incident_id: incidentId(tenant, incident),
    tenant_id: tenant,
    rule_version: fields.rule_version ?? '1',
    confidence: fields.confidence ?? null,
    first_event_time: first,
    last_event_time: others.at(-1) ?? first,
    first_detected_at: fields.detected_at,
    detector_version: DETECTOR_VERSION,
    ...(sources === undefined ? {} : { sources: [...sources] }),
  };
}

export const nextRevision = (last: Alert, changes: Partial<Alert>): Alert => ({
  ...last,
  ...changes,
  revision: last.revision + 1,
});

export const withdraw = (last: Alert, at: string, summary = last.summary): Alert =>
  nextRevision(last, { state: 'withdrawn', detected_at: at, summary });

export const hasDoubled = (last: Alert, count: number): boolean => count >= 2 * last.count;

/** Undefined: not worth a report. `isNews`: it says something else, not only more of the same. */
export function restate(last: Alert | undefined, fresh: Alert, isNews = false): Alert | undefined {
  if (last === undefined) return fresh;
  if (!isNews && !hasDoubled(last, fresh.count)) return undefined;
  const { alert_id, incident_id, first_detected_at } = last;
  return nextRevision(last, { ...fresh, alert_id, incident_id, first_detected_at });
}

export function alertOutput(alert: Alert): Output {
  return {
    topic: TOPICS.alerts.name,
    key: alertKey(alert.tenant_id, alert.alert_id),
    type: 'event',
    value: alert,
    id: `${alert.alert_id}/${alert.revision}`,
    subject: alert.subject.agent_uid,
    time: alert.detected_at,
  };
}
