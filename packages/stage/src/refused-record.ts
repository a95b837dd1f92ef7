/**
 * The dead letter of a record that a stage may not believe or can't decide: place and reason, in
 * the value and in the headers that ingest's letters have.
 */
import type { LogRecord } from '@waywarden/event-log';
import { HEADERS, TOPICS } from '@waywarden/schemas';
import type { Output } from './port.ts';

const DETAIL_CHARS_MAX = 500;
/** What no header of Kafka's clients should have to carry. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}]/gu;

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
