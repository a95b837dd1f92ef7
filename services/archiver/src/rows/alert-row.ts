/** An alert revision as a row of `alerts_v1`: what the queue of analysts sorts and filters by. */
import { TOPICS } from '@waywarden/schemas';
import type { ArchivedTopic, Row, RowContext, Wire } from './archived-topic.ts';
import { clickhouseTime } from './clickhouse-time.ts';
import {
  columnsOf,
  list,
  parseJson,
  part,
  placeCells,
  real,
  realOrNull,
  text,
  UINT32_MAX,
  uuid,
  whole,
} from './wire-field.ts';

function alertRow(alert: Wire, context: RowContext): readonly Row[] {
  const subject = part(alert['subject']);
  const own = {
    tenant_id: text(alert['tenant_id']),
    alert_id: uuid(alert['alert_id']),
    revision: whole(alert['revision'], UINT32_MAX),
    state: text(alert['state']),
    count: whole(alert['count']),
    incident_id: uuid(alert['incident_id']),
    kind: text(alert['kind']),
    posture: alert['posture'] === true,
    rule_id: text(alert['rule_id']),
    rule_version: text(alert['rule_version']),
    severity: text(alert['severity']),
    confidence: realOrNull(alert['confidence']),
    confidence_basis: text(alert['confidence_basis']),
    score: real(alert['score']),
    evaluable: alert['evaluable'] === true,
    agent_uid: text(subject['agent_uid']),
    instance_uid: text(subject['instance_uid']),
    chain_id: text(subject['chain_id']),
    task_id: text(subject['task_id']),
    credential_uid: text(subject['credential_uid']),
    first_event_time: clickhouseTime(alert['first_event_time']),
    last_event_time: clickhouseTime(alert['last_event_time']),
    first_detected_at: clickhouseTime(alert['first_detected_at']),
    detected_at: clickhouseTime(alert['detected_at']),
    title: text(alert['title']),
    summary: text(alert['summary']),
    evidence_event_ids: list(alert['evidence']).map((e) => text(part(e)['event_id'])),
    combination: text(part(alert['assembly'])['combination']),
    policy_version: text(alert['policy_version']),
    detector_version: text(alert['detector_version']),
  };
  return [own, placeCells(context)];
}

export const ALERTS: ArchivedTopic = {
  topic: TOPICS.alerts.name,
  table: 'alerts_v1',
  columns: columnsOf(alertRow),
  idColumns: ['tenant_id', 'alert_id', 'revision'],
  parse: parseJson,
  row: alertRow,
};
