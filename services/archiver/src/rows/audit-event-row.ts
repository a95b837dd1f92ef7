/**
 * An audit event as a row of `audit_events_v1`: columns for what is filtered and grouped by,
 * everything else in `raw`.
 */
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
  texts,
  UINT8_MAX,
  UINT32_MAX,
  uuid,
  whole,
  wireText,
} from './wire-field.ts';

function symbolOf(capability: unknown): string {
  return wireText(part(capability)['symbol']);
}

function callerCells(event: Wire): Row {
  const source = part(event['source']);
  const agent = part(event['agent']);
  const principal = part(event['principal']);
  const credential = part(event['credential']);
  const delegation = part(event['delegation']);
  return {
    tenant_id: wireText(event['tenant_id']),
    agent_uid: wireText(agent['uid']),
    event_time: clickhouseTime(event['event_time']),
    event_id: uuid(event['event_id']),
    native_id: wireText(event['native_id']),
    call_uid: wireText(event['call_uid']),
    event_time_quality: wireText(event['event_time_quality']),
    duration_ms: real(event['duration_ms']),
    observed_time: clickhouseTime(event['observed_time']),
    source_kind: wireText(source['kind']),
    source_instance: wireText(source['instance']),
    activity: wireText(event['activity']),
    phase: wireText(event['phase']),
    effect: wireText(event['effect']),
    outcome: wireText(event['outcome']),
    agent_assurance: wireText(agent['assurance']),
    agent_name: wireText(agent['name']),
    agent_version: wireText(agent['version']),
    agent_class: wireText(agent['class']),
    instance_uid: wireText(agent['instance_uid']),
    principal_uid: wireText(principal['uid']),
    principal_type: wireText(principal['type']),
    credential_uid: wireText(credential['uid']),
    credential_type: wireText(credential['type']),
    scopes: texts(event['scopes']),
    root_agent_uid: wireText(delegation['root_agent_uid']),
    parent_agent_uid: wireText(delegation['parent_agent_uid']),
    delegation_depth: whole(delegation['depth'], UINT8_MAX),
    conversation_id: wireText(event['conversation_id']),
    conversation_turn: whole(event['conversation_turn'], UINT32_MAX),
  };
}

function callCells(event: Wire): Row {
  const task = part(event['task']);
  const tool = part(event['tool']);
  const target = part(event['target']);
  const result = part(event['result']);
  return {
    chain_id: wireText(event['chain_id']),
    task_id: wireText(task['id']),
    workflow: wireText(task['workflow']),
    trace_id: wireText(event['trace_id']),
    span_id: wireText(event['span_id']),
    tool_name: wireText(tool['name']),
    tool_server: wireText(tool['server']),
    tool_type: wireText(tool['type']),
    target_system: wireText(target['system']),
    target_resource_type: wireText(target['resource_type']),
    target_resource_id: wireText(target['resource_id']),
    target_sensitivity: wireText(target['sensitivity']),
    target_environment: wireText(target['environment']),
    capabilities: list(event['capabilities']).map(symbolOf),
    args_size: whole(part(event['args'])['size']),
    result_size: whole(result['size']),
    result_trust: wireText(result['trust']),
    error_type: wireText(part(event['error'])['type']),
    policy_decision: wireText(part(event['policy'])['decision']),
    approval_mode: wireText(part(event['approval'])['mode']),
    model_name: wireText(part(event['model'])['name']),
    src_ip: wireText(part(event['src'])['ip']),
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
  parse: parseRecord,
  row: auditEventRow,
};
