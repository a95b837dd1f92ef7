/** Which topics are archived, each into its table. The others feed later stages and hold no news. */
import type { LogRecord } from '@waywarden/event-log';
import { ALERTS } from './alert-row.ts';
import { type ArchivedTopic, type Cells, cellsOf, type ParsedRecord } from './archived-topic.ts';
import { AUDIT_EVENTS } from './audit-event-row.ts';
import { DEAD_LETTERS, unreadableRow } from './dead-letter-row.ts';
import { DECISIONS, REVOCATION_COMMANDS, REVOCATION_RECEIPTS } from './response-rows.ts';

export const ARCHIVED_TOPICS: readonly ArchivedTopic[] = [
  AUDIT_EVENTS,
  ALERTS,
  DECISIONS,
  REVOCATION_COMMANDS,
  REVOCATION_RECEIPTS,
  DEAD_LETTERS,
];

export const TOPICS_BY_NAME: ReadonlyMap<string, ArchivedTopic> = new Map(
  ARCHIVED_TOPICS.map((topic) => [topic.topic, topic]),
);

export const ARCHIVED_TOPIC_NAMES: readonly string[] = [...TOPICS_BY_NAME.keys()];

export interface MadeRow {
  readonly table: ArchivedTopic;
  readonly cells: Cells;
}

/**
 * The one row that a record makes: its topic's, or a dead letter. Never throws: a record that ended
 * the archiver would end it again at every start.
 */
export function makeRow(
  topic: ArchivedTopic,
  record: LogRecord,
  parsed: ParsedRecord | undefined,
  storedAt: string,
): MadeRow {
  if (parsed !== undefined) {
    try {
      const context = { record, raw: parsed.raw, storedAt };
      return { table: topic, cells: cellsOf(topic.row(parsed.value, context)) };
    } catch {
      // A defect of the mapper (a value nested too deep to be written again): kept as it came.
    }
  }
  return { table: DEAD_LETTERS, cells: cellsOf(unreadableRow(record, storedAt)) };
}
