/**
 * A topic's archiving: its table, and how a record becomes a row. A mapper gives the row in parts,
 * as spreading sixty properties into one object costs 80 µs.
 */
import type { LogRecord } from '@waywarden/event-log';
import { HEADERS } from '@waywarden/schemas';

/** By topic, the offset below which every record of each partition must be archived. */
export type EndOffsets = Readonly<Record<string, readonly number[]>>;

/** A parsed JSON object whose fields nobody has checked here. */
export type Wire = Readonly<Record<string, unknown>>;
export type Row = Readonly<Record<string, unknown>>;

export interface ParsedRecord {
  readonly value: Wire;
  /** The text that the value was parsed from, or its UTF-8, for the column `raw`. */
  readonly raw: string | Uint8Array;
}

export interface RowContext {
  readonly record: LogRecord;
  readonly raw: string | Uint8Array;
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
  row(value: Wire, context: RowContext): readonly Row[];
}

/** The values of a row's columns, in their order. */
export type Cells = readonly unknown[];

export function cellsOf(parts: readonly Row[]): Cells {
  const cells: unknown[] = [];
  for (const part of parts) for (const cell of Object.values(part)) cells.push(cell);
  return cells;
}

/** Watermarks and control records pass through every topic and are no rows of it. */
export function isEvent(record: LogRecord): boolean {
  const type = record.headers[HEADERS.type];
  return type === undefined || type === 'event';
}
