/** An alert revision as a row of `alerts_v1`: what the queue of analysts sorts and filters by. */
import { TOPICS } from '@waywarden/schemas';
import type { ArchivedTopic, Row, RowContext, Wire } from './archived-topic.ts';
import { clickhouseTime } from './clickhouse-time.ts';
import {
  columnsOf,
  list,
  parseRecord,
  part,
  placeCells,
  real,
  realOrNull,
  UINT32_MAX,
  uuid,
  whole,
  wireText,
} from './wire-field.ts';

function alertRow(alert: Wire, context: RowContext): readonly Row[] {
  const subject = part(alert['subject']);
  const own = {
    tenant_id: wireText(alert['tenant_id']),
    alert_id: uuid(alert['alert_id']),
    revision: whole(alert['revision'], UINT32_MAX),
    state: wireText(alert['state']),
    count: whole(alert['count']),
    incident_id: uuid(alert['incident_id']),
    kind: wireText(alert['kind']),
    hygiene: alert['hygiene'] === true,
    rule_id: wireText(alert['rule_id']),
    rule_version: wireText(alert['rule_version']),
    severity: wireText(alert['severity']),
    confidence: realOrNull(alert['confidence']),
    confidence_basis: wireText(alert['confidence_basis']),
    score: real(alert['score']),
    evaluable: alert['evaluable'] === true,
    agent_uid: wireText(subject['agent_uid']),
    instance_uid: wireText(subject['instance_uid']),
    chain_id: wireText(subject['chain_id']),
    task_id: wireText(subject['task_id']),
    credential_uid: wireText(subject['credential_uid']),
    first_event_time: clickhouseTime(alert['first_event_time']),
    last_event_time: clickhouseTime(alert['last_event_time']),
    first_detected_at: clickhouseTime(alert['first_detected_at']),
    detected_at: clickhouseTime(alert['detected_at']),
    title: wireText(alert['title']),
    summary: wireText(alert['summary']),
    evidence_event_ids: list(alert['evidence']).map((e) => wireText(part(e)['event_id'])),
    combination: wireText(part(alert['assembly'])['combination']),
    policy_version: wireText(alert['policy_version']),
    detector_version: wireText(alert['detector_version']),
  };
  return [own, placeCells(context)];
}

export const ALERTS: ArchivedTopic = {
  topic: TOPICS.alerts.name,
  table: 'alerts_v1',
  columns: columnsOf(alertRow),
  idColumns: ['tenant_id', 'alert_id', 'revision'],
  parse: parseRecord,
  row: alertRow,
};
