/**
 * An audit event as a row of `audit_events_v1`: what dashboards and analysts filter and group by has
 * its own column, and everything else is in `raw`.
 */
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
  text,
  texts,
  UINT8_MAX,
  UINT32_MAX,
  uuid,
  whole,
} from './wire-field.ts';

function symbolOf(capability: unknown): string {
  return text(part(capability)['symbol']);
}

/** Who acted, when, and on whose behalf. */
function callerCells(event: Wire): Row {
  const source = part(event['source']);
  const agent = part(event['agent']);
  const principal = part(event['principal']);
  const credential = part(event['credential']);
  const delegation = part(event['delegation']);
  return {
    tenant_id: text(event['tenant_id']),
    agent_uid: text(agent['uid']),
    event_time: clickhouseTime(event['event_time']),
    event_id: uuid(event['event_id']),
    native_id: text(event['native_id']),
    call_uid: text(event['call_uid']),
    event_time_quality: text(event['event_time_quality']),
    duration_ms: real(event['duration_ms']),
    observed_time: clickhouseTime(event['observed_time']),
    source_kind: text(source['kind']),
    source_instance: text(source['instance']),
    activity: text(event['activity']),
    phase: text(event['phase']),
    effect: text(event['effect']),
    outcome: text(event['outcome']),
    agent_assurance: text(agent['assurance']),
    agent_name: text(agent['name']),
    agent_version: text(agent['version']),
    agent_class: text(agent['class']),
    instance_uid: text(agent['instance_uid']),
    principal_uid: text(principal['uid']),
    principal_type: text(principal['type']),
    credential_uid: text(credential['uid']),
    credential_type: text(credential['type']),
    scopes: texts(event['scopes']),
    root_agent_uid: text(delegation['root_agent_uid']),
    parent_agent_uid: text(delegation['parent_agent_uid']),
    delegation_depth: whole(delegation['depth'], UINT8_MAX),
    conversation_id: text(event['conversation_id']),
    conversation_turn: whole(event['conversation_turn'], UINT32_MAX),
  };
}

/** What was done, with what, to what. */
function callCells(event: Wire): Row {
  const task = part(event['task']);
  const tool = part(event['tool']);
  const target = part(event['target']);
  const result = part(event['result']);
  return {
    chain_id: text(event['chain_id']),
    task_id: text(task['id']),
    workflow: text(task['workflow']),
    trace_id: text(event['trace_id']),
    span_id: text(event['span_id']),
    tool_name: text(tool['name']),
    tool_server: text(tool['server']),
    tool_type: text(tool['type']),
    target_system: text(target['system']),
    target_resource_type: text(target['resource_type']),
    target_resource_id: text(target['resource_id']),
    target_sensitivity: text(target['sensitivity']),
    target_environment: text(target['environment']),
    capabilities: list(event['capabilities']).map(symbolOf),
    args_size: whole(part(event['args'])['size']),
    result_size: whole(result['size']),
    result_trust: text(result['trust']),
    error_type: text(part(event['error'])['type']),
    policy_decision: text(part(event['policy'])['decision']),
    approval_mode: text(part(event['approval'])['mode']),
    model_name: text(part(event['model'])['name']),
    src_ip: text(part(event['src'])['ip']),
  };
}

function auditEventRow(event: Wire, context: RowContext): readonly Row[] {
  return [callerCells(event), callCells(event), placeCells(context)];
}

export const AUDIT_EVENTS: ArchivedTopic = {
  topic: TOPICS.auditEvents.name,
  table: 'audit_events_v1',
  columns: columnsOf(auditEventRow),
  idColumns: ['tenant_id', 'agent_uid', 'event_time', 'event_id'],
  idField: 'event_id',
  rollUpColumn: 'event_time',
  parse: parseJson,
  row: auditEventRow,
};
