/**
 * The part of the log that can be compared: what retention keeps, and whether the store knows what
 * came before. A store filled from a shortened log is excused; one that has any of it must have
 * all.
 */
import type { ClickHouseClient } from '@clickhouse/client';
import type { EventLog, LogRecord } from '@waywarden/event-log';
import type { LmdbLog } from '@waywarden/event-log/lmdb';
import type { ArchivedTopic, Cells } from '../rows/archived-topic.ts';
import { clickhouseMs } from '../rows/clickhouse-time.ts';
import type { Findings } from './problem.ts';

/** The embedded log knows more of itself than the port tells. */
export type VerifiedLog = EventLog & Partial<Pick<LmdbLog, 'retained' | 'appendedAfter'>>;

export interface StoredRange {
  readonly starts: readonly number[];
  /** Retention has removed something of the front of one partition at least. */
  readonly isShortened: boolean;
  /** The store has nothing of what was removed, or the archiver had not read all of it. */
  readonly isForgotten: boolean;
  /** Whatever was appended after this (Unix ms) is kept; undefined: not known. */
  readonly wholeSinceMs: number | undefined;
  /** The last records that were removed, where they are kept apart. */
  readonly anchors: readonly LogRecord[];
}

/** Whether the store has a row of the removed part of each partition that was shortened. */
async function knowsRemoved(
  client: ClickHouseClient,
  topic: ArchivedTopic,
  starts: readonly number[],
  incarnation: string,
): Promise<boolean> {
  for (const [partition, start] of starts.entries()) {
    if (start === 0) continue;
    const rows = await select(
      client,
      `SELECT 1 FROM ${topic.table} WHERE log_topic = {topic: String}
  AND log_incarnation = {incarnation: String} AND log_partition = {partition: UInt32}
  AND log_offset < {start: UInt64} LIMIT 1`,
      { topic: topic.topic, incarnation, partition, start },
    );
    if (rows.length > 0) return true;
  }
  return false;
}

export async function storedRange(
  log: VerifiedLog,
  client: ClickHouseClient,
  topic: ArchivedTopic,
  findings: Findings,
): Promise<StoredRange> {
  const starts = await log.startOffsets(topic.topic);
  const isShortened = starts.some((start) => start > 0);
  const { incarnation } = await log.describe(topic.topic);
  const retained = (await log.retained?.(topic.topic)) ?? [];
  for (const [partition, { start, removed }] of retained.entries()) {
    if (start === (removed?.records ?? 0)) continue;
    findings.add({
      code: 'log_damaged',
      what: 'The log begins later than what retention has removed.',
      where: `${topic.topic}/${partition}/0-${start - 1}`,
      expected: `a start at ${removed?.records ?? 0}`,
      found: `a start at ${start}`,
    });
  }
  const since = retained.flatMap(({ start, sinceMs }) => (start > 0 && sinceMs ? [sinceMs] : []));
  const isLost = retained.some(({ lost }) => lost.length > 0);
  const isKnown = isShortened && (await knowsRemoved(client, topic, starts, incarnation));
  return {
    starts,
    isShortened,
    isForgotten: isShortened && (isLost || !isKnown),
    wholeSinceMs: since.length === 0 ? undefined : Math.max(...since),
    anchors: retained.flatMap(({ lastRemoved }) => lastRemoved ?? []),
  };
}

/** TTLs are applied when parts are merged, and event times may run ahead a little. */
const SLACK_MS = 86_400_000;

/** Unix ms; -Infinity: no row can have expired. */
export async function rawSince(
  client: ClickHouseClient,
  lifeMs: number,
  nowMs: number,
): Promise<number> {
  const [row] = await select(client, 'SELECT toString(min(applied_at)) FROM schema_migrations_v1');
  const bornMs = clickhouseMs(String(row?.[0]));
  return nowMs - lifeMs < bornMs ? Number.NEGATIVE_INFINITY : nowMs - lifeMs + SLACK_MS;
}

/** So that a query over all rows spills to disk instead of failing on a large store. */
const SETTINGS = {
  output_format_json_quote_64bit_integers: 0,
  max_bytes_before_external_group_by: '1000000000',
  max_bytes_before_external_sort: '1000000000',
} as const;

/** Reading the store for `verify`: plain queries, rows as positional arrays. */
export async function select(
  client: ClickHouseClient,
  query: string,
  params: Readonly<Record<string, unknown>> = {},
): Promise<readonly Cells[]> {
  const result = await client.query({
    query,
    format: 'JSONCompactEachRow',
    query_params: { ...params },
    clickhouse_settings: SETTINGS,
  });
  return result.json<Cells>();
}

export async function* selectStream(
  client: ClickHouseClient,
  query: string,
): AsyncGenerator<readonly Cells[]> {
  const result = await client.query({
    query,
    format: 'JSONCompactEachRow',
    clickhouse_settings: SETTINGS,
  });
  for await (const rows of result.stream<Cells>()) yield rows.map((row) => row.json());
}

interface LogRange {
  readonly topic: string;
  readonly incarnation: string;
  readonly partition: number;
  readonly from: number;
  readonly to: number;
}

/** All physical rows (no FINAL) of a table that come from a range of the log, by offset. */
export async function rowsOfRange(
  client: ClickHouseClient,
  table: Pick<ArchivedTopic, 'table' | 'columns'>,
  range: LogRange,
): Promise<ReadonlyMap<number, readonly Cells[]>> {
  const rows = await select(
    client,
    `SELECT ${table.columns.join(', ')} FROM ${table.table}
WHERE log_topic = {topic: String} AND log_incarnation = {incarnation: String}
  AND log_partition = {partition: UInt32}
  AND log_offset >= {from: UInt64} AND log_offset < {to: UInt64}`,
    { ...range },
  );
  const at = table.columns.indexOf('log_offset');
  const byOffset = new Map<number, Cells[]>();
  for (const row of rows) {
    const offset = Number(row[at]);
    const same = byOffset.get(offset);
    if (same === undefined) byOffset.set(offset, [row]);
    else same.push(row);
  }
  return byOffset;
}

function storedCell(cell: unknown): unknown {
  if (Array.isArray(cell)) return cell.map(storedCell);
  if (typeof cell === 'string') return Buffer.from(cell).toString('utf8');
  return cell instanceof Uint8Array ? Buffer.from(cell).toString('utf8') : cell;
}

/**
 * A row's cells as the store gives them back, for `verify`: bytes as text, half a surrogate pair as
 * U+FFFD.
 */
export function storedCells(cells: Cells): Cells {
  return cells.map(storedCell);
}
