/**
 * Fields of unchecked JSON as cells that ClickHouse always takes: absent or of another kind becomes
 * the empty value, numbers go into the column's range. A refused cell would hold up its batch for
 * ever.
 */
import { isUtf8 } from 'node:buffer';
import type { LogRecord } from '@waywarden/event-log';
import type { ParsedRecord, Row, RowContext, Wire } from './archived-topic.ts';

const NONE: Wire = {};
const NIL_UUID = '00000000-0000-0000-0000-000000000000';
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
export const UINT8_MAX = 0xff;
export const UINT32_MAX = 0xffff_ffff;

export function wireText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

export function part(value: unknown): Wire {
  return typeof value === 'object' && value !== null ? (value as Wire) : NONE;
}

/** A whole number from 0 to `max` (safe integers at most). */
export function whole(value: unknown, max: number = Number.MAX_SAFE_INTEGER): number {
  if (typeof value !== 'number' || !(value > 0)) return 0;
  return value > max ? max : Math.floor(value);
}

export function real(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : 0;
}

export function realOrNull(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

export function uuid(value: unknown): string {
  if (typeof value !== 'string') return NIL_UUID;
  if (UUID.test(value)) return value;
  const lower = value.toLowerCase();
  return UUID.test(lower) ? lower : NIL_UUID;
}

export function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The record's value as JSON object; undefined when it is none. */
export function parseRecord(record: LogRecord): ParsedRecord | undefined {
  if (record.value === null) return undefined;
  const bytes = Buffer.from(record.value.buffer, record.value.byteOffset, record.value.byteLength);
  try {
    const value: unknown = record.decoded ?? JSON.parse(bytes.toString('utf8'));
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    return { value: value as Wire, raw: isUtf8(bytes) ? bytes : bytes.toString('utf8') };
  } catch {
    return undefined;
  }
}

/** The columns that every table ends with. */
export function placeCells(context: RowContext): Row {
  const { record, raw, storedAt } = context;
  return {
    raw,
    log_topic: record.topic,
    log_incarnation: record.incarnation,
    log_partition: record.partition,
    log_offset: record.offset,
    stored_at: storedAt,
  };
}

/** Column names of a row function, by asking it. */
export function columnsOf(
  row: (value: Wire, context: RowContext) => readonly Row[],
): readonly string[] {
  const record: LogRecord = {
    topic: '',
    incarnation: '',
    partition: 0,
    offset: 0,
    key: null,
    value: null,
    headers: {},
  };
  return row(NONE, { record, raw: '', storedAt: '' }).flatMap((part) => Object.keys(part));
}
