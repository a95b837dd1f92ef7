/**
 * A dead letter as a row of `dead_letters_v1`: what ingest refused, and what is no JSON object in
 * another topic. Bytes as base64, since they need be no text.
 */
import type { LogRecord } from '@waywarden/event-log';
import { HEADERS, TOPICS } from '@waywarden/schemas';
import type { ArchivedTopic, ParsedRecord, Row, RowContext, Wire } from './archived-topic.ts';
import { clickhouseTime } from './clickhouse-time.ts';
import { columnsOf } from './wire-field.ts';

/** The reason of a record that no row could be made of. */
const UNREADABLE = 'unarchivable';

function base64(record: LogRecord): string {
  return record.value === null ? '' : Buffer.from(record.value).toString('base64');
}

function parseBytes(record: LogRecord): ParsedRecord {
  return { value: {}, raw: base64(record) };
}

function cellsFor(
  { record, raw, storedAt }: RowContext,
  reason: string,
  detail: string,
): readonly Row[] {
  const { headers } = record;
  const own = {
    log_topic: record.topic,
    log_incarnation: record.incarnation,
    log_partition: record.partition,
    log_offset: record.offset,
    dead_letter_id: headers[HEADERS.ceId] ?? '',
    source: headers[HEADERS.deadSource] ?? record.key ?? '',
    reason,
    detail,
    received_at: clickhouseTime(headers[HEADERS.ceTime] ?? headers[HEADERS.producedAt]),
    size: record.value?.byteLength ?? 0,
    raw,
    stored_at: storedAt,
  };
  return [own];
}

function deadLetterRow(_value: Wire, context: RowContext): readonly Row[] {
  const { headers } = context.record;
  return cellsFor(context, headers[HEADERS.deadReason] ?? '', headers[HEADERS.deadDetail] ?? '');
}

export function unreadableRow(record: LogRecord, storedAt: string): readonly Row[] {
  const context = { record, raw: base64(record), storedAt };
  return cellsFor(
    context,
    UNREADABLE,
    'No row can be made of the record: it holds no JSON object.',
  );
}

export const DEAD_LETTERS: ArchivedTopic = {
  topic: TOPICS.auditDeadletter.name,
  table: 'dead_letters_v1',
  columns: columnsOf(deadLetterRow),
  idColumns: ['log_topic', 'log_incarnation', 'log_partition', 'log_offset'],
  parse: parseBytes,
  row: deadLetterRow,
};
