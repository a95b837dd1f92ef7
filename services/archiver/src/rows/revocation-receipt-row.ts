/** A receipt as a row of `revocation_receipts_v1`; an absent time is the epoch. */
import { TOPICS } from '@waywarden/schemas';
import type { ArchivedTopic, Row, RowContext, Wire } from './archived-topic.ts';
import { clickhouseTime } from './clickhouse-time.ts';
import { columnsOf, parseRecord, placeCells, uuid, wireText } from './wire-field.ts';

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
