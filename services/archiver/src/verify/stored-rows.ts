/** Reading the store for `verify`: plain queries, rows as positional arrays. */
import type { ClickHouseClient } from '@clickhouse/client';
import type { ArchivedTopic, Cells } from '../rows/archived-topic.ts';

/** So that a query over all rows spills to disk instead of failing on a large store. */
const SETTINGS = {
  output_format_json_quote_64bit_integers: 0,
  max_bytes_before_external_group_by: '1000000000',
  max_bytes_before_external_sort: '1000000000',
} as const;

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

export interface LogRange {
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
