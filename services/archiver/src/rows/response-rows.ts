/** Commands, receipts and decisions as rows. */
import { TOPICS } from '@waywarden/schemas';
import type { ArchivedTopic, Row, RowContext, Wire } from './archived-topic.ts';
import { clickhouseTime } from './clickhouse-time.ts';
import {
  columnsOf,
  parseRecord,
  part,
  placeCells,
  realOrNull,
  texts,
  UINT32_MAX,
  uuid,
  whole,
  wireText,
} from './wire-field.ts';

function revocationCommandRow(command: Wire, context: RowContext): readonly Row[] {
  const target = part(command['target']);
  const own = {
    tenant_id: wireText(command['tenant_id']),
    command_id: uuid(command['command_id']),
    sequence: whole(command['sequence']),
    containment_id: uuid(command['containment_id']),
    restores: wireText(command['restores']),
    incident_id: uuid(command['incident_id']),
    alert_ids: texts(command['alert_ids']),
    agent_uid: wireText(target['agent_uid']),
    action: wireText(command['action']),
    target_level: wireText(target['level']),
    target: JSON.stringify(target),
    receivers: texts(command['receivers']),
    audience: wireText(command['audience']),
    drain: wireText(command['drain']),
    severity: wireText(command['severity']),
    confidence: realOrNull(command['confidence']),
    confidence_basis: wireText(command['confidence_basis']),
    initiating_entity: wireText(command['initiating_entity']),
    reason: wireText(command['reason']),
    issued_at: clickhouseTime(command['issued_at']),
    expires_at: clickhouseTime(command['expires_at']),
  };
  return [own, placeCells(context)];
}

export const REVOCATION_COMMANDS: ArchivedTopic = {
  topic: TOPICS.revocationCommands.name,
  table: 'revocation_commands_v1',
  columns: columnsOf(revocationCommandRow),
  idColumns: ['tenant_id', 'command_id', 'sequence'],
  parse: parseRecord,
  row: revocationCommandRow,
};

/** An absent time is the epoch. */
function revocationReceiptRow(receipt: Wire, context: RowContext): readonly Row[] {
  const own = {
    tenant_id: wireText(receipt['tenant_id']),
    command_id: uuid(receipt['command_id']),
    receiver: wireText(receipt['receiver']),
    agent_uid: wireText(receipt['agent_uid']),
    state: wireText(receipt['state']),
    applied_at: clickhouseTime(receipt['applied_at']),
    usable_until: clickhouseTime(receipt['usable_until']),
    received_at: clickhouseTime(receipt['received_at']),
    detail: wireText(receipt['detail']),
    error: wireText(receipt['error']),
  };
  return [own, placeCells(context)];
}

export const REVOCATION_RECEIPTS: ArchivedTopic = {
  topic: TOPICS.revocationReceipts.name,
  table: 'revocation_receipts_v1',
  columns: columnsOf(revocationReceiptRow),
  idColumns: ['log_incarnation', 'log_partition', 'log_offset'],
  parse: parseRecord,
  row: revocationReceiptRow,
};

/** The chain of hashes is verified from `raw`. */

/** All that the decision issued; decisions of before 1.0 name only the first. */
function issuedCommandIds(decision: Wire, command: Wire): readonly string[] {
  if (Array.isArray(decision['issued_command_ids'])) return texts(decision['issued_command_ids']);
  const enforced = decision['withheld_reason'] === null ? wireText(command['command_id']) : '';
  return enforced === '' ? [] : [enforced];
}

function decisionRow(decision: Wire, context: RowContext): readonly Row[] {
  const command = part(decision['would_be_command']);
  const own = {
    tenant_id: wireText(decision['tenant_id']),
    decision_id: uuid(decision['decision_id']),
    seq: whole(decision['seq']),
    alert_ids: texts(decision['alert_ids']),
    alert_revision: whole(decision['alert_revision'], UINT32_MAX),
    agent_uid: wireText(decision['agent_uid']),
    rule_id: wireText(decision['rule_id']),
    mode: wireText(decision['mode']),
    issued_command_ids: issuedCommandIds(decision, command),
    action: wireText(command['action']),
    withheld_reason: wireText(decision['withheld_reason']),
    policy_version: wireText(decision['policy_version']),
    decided_at: clickhouseTime(decision['decided_at']),
    prev_hash: wireText(decision['prev_hash']),
    hash: wireText(decision['hash']),
  };
  return [own, placeCells(context)];
}

export const DECISIONS: ArchivedTopic = {
  topic: TOPICS.decisions.name,
  table: 'decisions_v1',
  columns: columnsOf(decisionRow),
  idColumns: ['tenant_id', 'decision_id'],
  parse: parseRecord,
  row: decisionRow,
};
