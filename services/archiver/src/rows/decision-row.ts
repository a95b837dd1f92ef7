/** A response decision as a row of `decisions_v1`; the chain of hashes is verified from `raw`. */
import { TOPICS } from '@waywarden/schemas';
import type { ArchivedTopic, Row, RowContext, Wire } from './archived-topic.ts';
import { clickhouseTime } from './clickhouse-time.ts';
import {
  columnsOf,
  parseRecord,
  part,
  placeCells,
  texts,
  UINT32_MAX,
  uuid,
  whole,
  wireText,
} from './wire-field.ts';

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
