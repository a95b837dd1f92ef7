/**
 * What a topic's archiving consists of: its table, and how a record becomes a row. Rows are plain
 * snake_case objects whose keys stand in the order of `columns`, so one function is both the
 * mapping and, in `verify`, what the store is held against.
 */
import type { LogRecord } from '@waywarden/event-log';

/** A parsed JSON object whose fields nobody has checked here. */
export type Wire = Readonly<Record<string, unknown>>;
export type Row = Readonly<Record<string, unknown>>;

export interface ParsedRecord {
  readonly value: Wire;
  /** The text that the value was parsed from, for the column `raw`. */
  readonly raw: string;
}

export interface RowContext {
  readonly record: LogRecord;
  readonly raw: string;
  /** As `clickhouseTime` gives it. */
  readonly storedAt: string;
}

export interface ArchivedTopic {
  readonly topic: string;
  readonly table: string;
  readonly columns: readonly string[];
  /** Columns that say which row it is: in messages, and to look it up in `verify`. */
  readonly idColumns: readonly string[];
  /** Whether records without `ww_src` are told apart by the id in this field. */
  readonly idField?: string;
  /** The column by whose minute the roll-ups are grouped. */
  readonly rollUpColumn?: string;
  /** Undefined when the record holds nothing that this topic is made of. */
  parse(record: LogRecord): ParsedRecord | undefined;
  row(value: Wire, context: RowContext): Row;
}
