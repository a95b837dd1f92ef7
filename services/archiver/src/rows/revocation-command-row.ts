/** A revocation command as a row of `revocation_commands_v1`; `target` whole, as JSON. */
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
