/** The end of a task in the form of an alert, for the guards. */
import {
  type Alert,
  type Assurance,
  formatLogTime,
  incidentId,
  uuidV5,
  WAYWARDEN_NAMESPACE,
} from '@waywarden/schemas';
import { classOf } from '../guards/match-rule.ts';
import { TASK_END_RULE, TASK_ENDED } from '../model/built-in-rules.ts';
import type { ResponseContext } from '../model/response-context.ts';

const TITLE_TASK_LENGTH_MAX = 60;

export interface Ended {
  readonly tenantId: string;
  readonly agentUid: string;
  readonly taskId: string;
  readonly key: string;
  readonly time: string;
  readonly what: string;
  readonly summary: string;
  readonly evidence: Alert['evidence'];
  readonly assurance: Assurance;
}

export function endedAlert(
  { registry, policy, nowMs }: ResponseContext,
  { tenantId, agentUid, taskId, key, time, what, summary, evidence, assurance }: Ended,
): Alert {
  const at = formatLogTime({ ms: nowMs, ns: 0 });
  const alert: Alert = {
    alert_id: uuidV5(WAYWARDEN_NAMESPACE, `${TASK_ENDED}|${tenantId}|${key}`),
    revision: 1,
    state: 'open',
    count: 1,
    incident_id: incidentId(tenantId, `${TASK_ENDED}|${agentUid}|${taskId}`),
    tenant_id: tenantId,
    kind: TASK_ENDED,
    rule_id: TASK_END_RULE,
    rule_version: '1',
    severity: 'info',
    confidence: null,
    confidence_basis: 'rule',
    score: 0,
    evaluable: true,
    subject: { agent_uid: agentUid, task_id: taskId },
    first_event_time: time,
    last_event_time: time,
    first_detected_at: at,
    detected_at: at,
    title: `Task ${taskId.slice(0, TITLE_TASK_LENGTH_MAX)} ${what}`,
    summary,
    reasons: [],
    evidence,
    not_visible: [],
    taxonomy: {},
    policy_version: policy.version,
    detector_version: 'responder',
    decisive_assurance: assurance,
  };
  return { ...alert, subject_class: classOf(alert, registry) };
}
