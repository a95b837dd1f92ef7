/** A receipt as a row of `revocation_receipts_v1`; an absent time is the epoch. */
import { TOPICS } from '@waywarden/schemas';
import type { ArchivedTopic, Row, RowContext, Wire } from './archived-topic.ts';
import { clickhouseTime } from './clickhouse-time.ts';
import { columnsOf, parseJson, placeCells, text, uuid } from './wire-field.ts';

function revocationReceiptRow(receipt: Wire, context: RowContext): readonly Row[] {
  const own = {
    tenant_id: text(receipt['tenant_id']),
    command_id: uuid(receipt['command_id']),
    receiver: text(receipt['receiver']),
    agent_uid: text(receipt['agent_uid']),
    state: text(receipt['state']),
    applied_at: clickhouseTime(receipt['applied_at']),
    usable_until: clickhouseTime(receipt['usable_until']),
    received_at: clickhouseTime(receipt['received_at']),
    detail: text(receipt['detail']),
    error: text(receipt['error']),
  };
  return [own, placeCells(context)];
}

export const REVOCATION_RECEIPTS: ArchivedTopic = {
  topic: TOPICS.revocationReceipts.name,
  table: 'revocation_receipts_v1',
  columns: columnsOf(revocationReceiptRow),
  idColumns: ['log_incarnation', 'log_partition', 'log_offset'],
  parse: parseJson,
  row: revocationReceiptRow,
};
