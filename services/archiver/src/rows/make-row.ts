/**
 * The one row that a record makes: its topic's, or a dead letter. Never throws: a record that ended
 * the archiver would end it again at every start.
 */
import type { LogRecord } from '@waywarden/event-log';
import { type ArchivedTopic, type Cells, cellsOf, type ParsedRecord } from './archived-topic.ts';
import { DEAD_LETTERS, unreadableRow } from './dead-letter-row.ts';

export interface MadeRow {
  readonly table: ArchivedTopic;
  readonly cells: Cells;
}

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
