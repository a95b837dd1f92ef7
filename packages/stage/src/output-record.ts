/**
 * From an output of the core to records of the log: CloudEvents 1.0 attributes as headers (Kafka
 * binary mode), our own headers beside them, the value as JSON.
 */
import type { AppendRecord, LogHeaders, LogRecord } from '@waywarden/event-log';
import { cloudEventType, HEADERS, TOPICS } from '@waywarden/schemas';
import type { Output } from './port.ts';

interface OutputContext {
  /** Of the output's topic, when the output goes to all. */
  readonly partitions: number;
  readonly source: string;
  /** The next `ww_src` of the causing record. */
  readonly src: () => string;
  readonly producedAt: string;
}

function headersOf(output: Output, context: OutputContext): LogHeaders {
  const headers: Record<string, string> = {
    [HEADERS.ceSpecversion]: '1.0',
    [HEADERS.ceId]: output.id,
    [HEADERS.ceSource]: `urn:waywarden:${context.source}`,
    [HEADERS.ceType]: cloudEventType(output.topic),
  };
  if (output.subject !== undefined) headers[HEADERS.ceSubject] = output.subject;
  if (output.time !== undefined) headers[HEADERS.ceTime] = output.time;
  if (output.headers !== undefined) Object.assign(headers, output.headers);
  headers[HEADERS.contentType] = 'application/json';
  headers[HEADERS.type] = output.type;
  headers[HEADERS.src] = context.src();
  headers[HEADERS.producedAt] = context.producedAt;
  return headers;
}

/** One record, or one for each partition when the output goes to all. */
export function toAppendRecords(output: Output, context: OutputContext): readonly AppendRecord[] {
  const value = Buffer.from(JSON.stringify(output.value));
  if (output.partition === 'all') {
    return Array.from({ length: context.partitions }, (_, partition) => ({
      topic: output.topic,
      partition,
      key: null,
      value,
      headers: headersOf(output, context),
      decoded: output.value,
    }));
  }
  return [
    {
      topic: output.topic,
      ...(output.partition === undefined ? {} : { partition: output.partition }),
      key: output.key,
      value,
      headers: headersOf(output, context),
      decoded: output.value,
    },
  ];
}

const DETAIL_CHARS_MAX = 500;
/** What no header of Kafka's clients should have to carry. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}]/gu;

/**
 * The dead letter of a record that a stage may not believe or can't decide: place and reason, in
 * the value and in the headers that ingest's letters have.
 */
export function refusedRecord(stage: string, record: LogRecord, reason: string): Output {
  const where = `${record.topic}/${record.incarnation}/${record.partition}/${record.offset}`;
  const detail = reason.slice(0, DETAIL_CHARS_MAX);
  return {
    topic: TOPICS.auditDeadletter.name,
    key: stage,
    type: 'event',
    id: `${stage}/${where}`,
    headers: {
      [HEADERS.deadReason]: 'stage_refused',
      [HEADERS.deadDetail]: `${detail.replace(UNPRINTABLE, ' ')} at ${where}`,
      [HEADERS.deadSource]: stage,
    },
    value: { reason: 'stage_refused', stage, detail, where },
  };
}
