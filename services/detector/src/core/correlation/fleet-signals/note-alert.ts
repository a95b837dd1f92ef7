import {
  type Alert,
  ASSURANCES,
  type Assurance,
  alertId,
  incidentId,
  type PrivilegeStep,
  type Severity,
} from '@waywarden/schemas';
import { EVIDENCE_MAX } from '../../alerting/alarm.ts';
import { DETECTOR_VERSION } from '../../domain/detector-version.ts';
import {
  SHOWN_NAME_LENGTH_MAX,
  shortAgentName,
  shorten,
  TITLE_LENGTH_MAX,
} from '../../domain/short-text.ts';

interface NoteWords {
  readonly title: string;
  readonly summary: string;
  readonly expected: string;
  readonly observed: string;
  readonly notVisible: readonly string[];
}

export interface NoteFinding extends NoteWords {
  readonly kind: string;
  readonly ruleId: string;
  readonly severity: Severity;
  readonly alertKey: string;
  readonly causeKey: string;
  readonly subject: PrivilegeStep;
  readonly evidence: readonly (readonly [step: PrivilegeStep, role: string])[];
  readonly count: number;
  readonly taxonomy: Alert['taxonomy'];
  readonly detectedAt: string;
  /** Left out: shipped. */
  readonly threshold?: 'static' | 'learned' | 'operator';
}

export function noteAssurance(step: PrivilegeStep): Assurance {
  const { task, conversation } = step.claims;
  const claims = [step.agent_assurance, step.task_id === undefined ? conversation : task];
  return ASSURANCES[Math.max(...claims.map((one) => ASSURANCES.indexOf(one)))] ?? 'unresolved';
}

export function shortAgent(uid: string): string {
  return shorten(shortAgentName(uid), SHOWN_NAME_LENGTH_MAX);
}

export function noteAlert(of: NoteFinding): Alert {
  const { subject, evidence, kind, ruleId } = of;
  const tenantId = subject.tenant_id;
  const times = evidence.map(([step]) => step.event_time).sort();
  return {
    alert_id: alertId({ tenantId, kind, ruleId, alertKey: of.alertKey }),
    revision: 1,
    state: 'open',
    count: of.count,
    incident_id: incidentId(tenantId, of.causeKey),
    tenant_id: tenantId,
    kind,
    rule_id: ruleId,
    rule_version: '1',
    severity: of.severity,
    confidence: null,
    confidence_basis: of.threshold === 'learned' ? 'history' : 'rule',
    score: of.count,
    evaluable: true,
    subject: {
      agent_uid: subject.agent_uid,
      ...(subject.task_id === undefined ? {} : { task_id: subject.task_id }),
    },
    first_event_time: times[0] ?? subject.event_time,
    last_event_time: times.at(-1) ?? subject.event_time,
    first_detected_at: of.detectedAt,
    detected_at: of.detectedAt,
    title: shorten(of.title, TITLE_LENGTH_MAX),
    summary: of.summary,
    reasons: [
      {
        feature: ruleId,
        text: of.summary,
        expected: of.expected,
        observed: of.observed,
        threshold_source: of.threshold ?? 'static',
      },
    ],
    evidence: evidence.slice(0, EVIDENCE_MAX).map(([step, role]) => ({
      event_id: step.event_id,
      ...(step.native_id === undefined ? {} : { native_id: step.native_id }),
      agent_uid: step.agent_uid,
      role,
      assurance: noteAssurance(step),
    })),
    not_visible: [...of.notVisible],
    taxonomy: of.taxonomy,
    policy_version: subject.policy_version,
    detector_version: DETECTOR_VERSION,
    decisive_assurance: noteAssurance(subject),
    subject_class: 'unknown',
  };
}

export function revisedAlert(last: Alert, fresh: Alert): Alert {
  return {
    ...fresh,
    alert_id: last.alert_id,
    revision: last.revision + 1,
    first_detected_at: last.first_detected_at,
  };
}
