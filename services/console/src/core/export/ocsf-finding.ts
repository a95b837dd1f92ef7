/**
 * An alert as a Detection Finding of OCSF 1.8.0 (class 2004): one revision, one event. What people did about it is its
 * status. Nothing is made up: what an alert does not say is left out.
 */
import { type Alert, epochMs, type Severity } from '@waywarden/schemas';
import type { AlertTriage, EffectiveState } from '../triage/alert-triage.ts';

const CLASS_UID = 2004;
const CATEGORY_UID = 2;
const PER_CLASS = 100;
const ACTIVITY = { create: 1, update: 2, close: 3 } as const;
const SEVERITY_ID: Readonly<Record<Severity, number>> = {
  info: 1,
  low: 2,
  medium: 3,
  high: 4,
  critical: 5,
};
const STATUS: Readonly<Record<EffectiveState, readonly [number, string]>> = {
  new: [1, 'New'],
  in_progress: [2, 'In Progress'],
  suppressed: [3, 'Suppressed'],
  closed: [4, 'Resolved'],
  withdrawn: [4, 'Resolved'],
};
const EVIDENCE_MAX = 50;

export interface Work {
  readonly state: EffectiveState;
  readonly triage: Pick<AlertTriage, 'assignee' | 'closed' | 'tags'>;
}

export interface ExportedAlert {
  /** Of the document: the same whoever sends it again. */
  readonly id: string;
  readonly alert: Alert;
  readonly work: Work;
  /** The page of the alert. */
  readonly url: string;
}

function activityOf({ revision }: Alert, { state }: Work): keyof typeof ACTIVITY {
  if (state === 'closed' || state === 'withdrawn') return 'close';
  return revision === 1 ? 'create' : 'update';
}

function attacksOf({ taxonomy }: Alert) {
  const attack = (taxonomy.attack ?? []).map((uid) => ({ technique: { uid } }));
  return attack.length === 0 ? {} : { attacks: attack.map((one) => ({ ...one, version: '20' })) };
}

function findingInfo(alert: Alert, url: string) {
  return {
    uid: alert.alert_id,
    title: alert.title,
    desc: alert.summary,
    types: [alert.kind],
    created_time: epochMs(alert.first_detected_at),
    modified_time: epochMs(alert.detected_at),
    first_seen_time: epochMs(alert.first_event_time),
    last_seen_time: epochMs(alert.last_event_time),
    product_uid: 'waywarden',
    src_url: url,
    analytic: {
      uid: alert.rule_id,
      name: alert.rule_id,
      type_id: 1,
      type: 'Rule',
      version: alert.detector_version,
    },
    ...attacksOf(alert),
  };
}

function statusDetail({ state, triage }: Work): { readonly status_detail?: string } {
  if (state === 'withdrawn') return { status_detail: 'withdrawn by the detector' };
  return state === 'closed' && triage.closed !== null
    ? { status_detail: triage.closed.classification }
    : {};
}

export function ocsfFinding({ id, alert, work, url }: ExportedAlert) {
  const activity = activityOf(alert, work);
  const [status_id, status] = STATUS[work.state];
  const agents = [
    ...new Set([alert.subject.agent_uid, ...alert.evidence.map((one) => one.agent_uid)]),
  ];
  const { owasp, atlas, maestro, nist } = alert.taxonomy;
  const tactics = { owasp, atlas, maestro, nist };
  return {
    class_uid: CLASS_UID,
    class_name: 'Detection Finding',
    category_uid: CATEGORY_UID,
    category_name: 'Findings',
    activity_id: ACTIVITY[activity],
    activity_name: activity.charAt(0).toUpperCase() + activity.slice(1),
    type_uid: CLASS_UID * PER_CLASS + ACTIVITY[activity],
    time: epochMs(alert.detected_at),
    start_time: epochMs(alert.first_event_time),
    end_time: epochMs(alert.last_event_time),
    count: alert.count,
    severity_id: SEVERITY_ID[alert.severity],
    severity: alert.severity,
    ...{ status_id, status },
    ...statusDetail(work),
    is_alert: alert.hygiene !== true,
    message: alert.title,
    ...(alert.confidence === null ? {} : { confidence_score: Math.round(alert.confidence * 100) }),
    metadata: {
      version: '1.8.0',
      product: { name: 'Waywarden', vendor_name: 'Waywarden', version: alert.detector_version },
      uid: id,
      correlation_uid: alert.incident_id,
      tenant_uid: alert.tenant_id,
      labels: [...work.triage.tags],
    },
    finding_info: findingInfo(alert, url),
    resources: agents.map((uid) => ({ uid, name: uid, type: 'AI agent' })),
    evidences: alert.evidence.slice(0, EVIDENCE_MAX).map((one) => ({
      uid: one.event_id,
      data: { role: one.role, agent_uid: one.agent_uid, capability: one.capability ?? null },
    })),
    unmapped: {
      kind: alert.kind,
      revision: alert.revision,
      assignee: work.triage.assignee,
      evaluable: alert.evaluable,
      taxonomy: tactics,
    },
  };
}
