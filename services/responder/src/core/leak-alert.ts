/**
 * The alert about a containment that did not hold: a call of the subject went through after somebody
 * said that the order was applied. It names who said so, because that is where to look first.
 *
 * An alert and no mere state: it has an owner's attention, a place in the queue and rules of its own,
 * and it stays true after the order has ended. One an order: the first call decides it.
 */
import {
  type Alert,
  alertId,
  alertKey,
  type Severity,
  type Sighting,
  TEXT_LENGTH_MAX,
  TOPICS,
} from '@waywarden/schemas';
import type { Output } from '@waywarden/stage';
import type { IssuedCommand } from './issued-command.ts';

const LEAK_RULE = 'containment-leak';
const LEAK_RULE_VERSION = '1';
const KIND = 'containment_leak';
const SEVERITY: Severity = 'critical';
const TITLE_LENGTH_MAX = 90;
/** Of a name in the title; all of it stands in the reasons. */
const NAME_LENGTH_MAX = 24;

function short(text: string): string {
  return text.length <= NAME_LENGTH_MAX ? text : `…${text.slice(1 - NAME_LENGTH_MAX)}`;
}

function titleOf({ command }: IssuedCommand, receivers: readonly string[]): string {
  const [first = 'nobody'] = receivers;
  const others = receivers.length > 1 ? ` and ${receivers.length - 1} more` : '';
  const who = short(command.target.agent_uid);
  return `${who} still acts, though ${short(first)}${others} said it is stopped`.slice(
    0,
    TITLE_LENGTH_MAX,
  );
}

function summaryOf({ command }: IssuedCommand, call: Sighting, receivers: readonly string[]) {
  const what = call.tool ?? call.activity;
  const token = call.credential_uid === undefined ? '' : ` with credential ${call.credential_uid}`;
  return `${receivers.join(', ')} answered that ${command.action} was applied. After that ${call.agent_uid} called ${what}${token}, and it went through (${call.outcome}). The containment does not hold.`.slice(
    0,
    TEXT_LENGTH_MAX,
  );
}

export interface LeakParts {
  readonly issued: IssuedCommand;
  readonly call: Sighting;
  readonly policyVersion: string;
  /** Journal time. */
  readonly detectedAt: string;
}

export function leakAlert({ issued, call, policyVersion, detectedAt }: LeakParts): Alert {
  const { command, proof } = issued;
  const tenantId = command.tenant_id;
  const receivers = proof.leak?.receivers ?? [];
  const { agentUid, taskId } = issued.subject;
  const credential = call.credential_uid;
  return {
    alert_id: alertId({ tenantId, kind: KIND, ruleId: LEAK_RULE, alertKey: command.command_id }),
    revision: 1,
    state: 'open',
    count: 1,
    incident_id: command.incident_id,
    tenant_id: tenantId,
    kind: KIND,
    rule_id: LEAK_RULE,
    rule_version: LEAK_RULE_VERSION,
    severity: SEVERITY,
    confidence: null,
    score: 1,
    evaluable: true,
    subject: {
      agent_uid: agentUid,
      ...(taskId === undefined ? {} : { task_id: taskId }),
      ...(credential === undefined ? {} : { credential_uid: credential }),
    },
    first_event_time: call.event_time,
    last_event_time: call.event_time,
    first_detected_at: detectedAt,
    detected_at: detectedAt,
    title: titleOf(issued, receivers),
    summary: summaryOf(issued, call, receivers),
    reasons: receivers.map((receiver) => ({
      feature: 'containment',
      text: `${receiver} said that it had applied ${command.action}; a later call went through.`,
      expected: 'denied',
      observed: call.outcome,
    })),
    evidence: [
      {
        event_id: call.event_id,
        agent_uid: call.agent_uid,
        role: 'went_through',
        assurance: call.assurance,
      },
    ],
    not_visible: [],
    taxonomy: { owasp: ['ASI03'] },
    policy_version: policyVersion,
    detector_version: 'responder',
    decisive_assurance: call.assurance,
    ...(issued.cause === null ? {} : { subject_class: issued.cause.subjectClass }),
  };
}

export function leakOutput(alert: Alert): Output {
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
