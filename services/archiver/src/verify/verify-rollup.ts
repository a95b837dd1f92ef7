/**
 * Computes a roll-up anew from what it is made of and compares every cell, month by month so that
 * memory is bounded by the buckets of one month. The statement is the refresh's own.
 */
import type { ClickHouseClient } from '@clickhouse/client';
import type { Cells } from '../rows/archived-topic.ts';
import { clickhouseMs } from '../rows/clickhouse-time.ts';
import type { RollUp } from '../rows/rollup-statements.ts';
import type { Findings } from './problem.ts';
import { select } from './stored-range.ts';

/** Differing buckets looked at, of one month. */
const BUCKETS_MAX = 1_000;

async function monthsOf(client: ClickHouseClient, rollUp: RollUp): Promise<readonly string[]> {
  const rows = await select(
    client,
    `SELECT DISTINCT toString(toStartOfMonth(t)) AS month FROM (
SELECT toDateTime(event_time, 'UTC') AS t FROM audit_events_v1
UNION ALL SELECT ${rollUp.bucket} AS t FROM ${rollUp.table}) ORDER BY month`,
  );
  return rows.map(([month]) => String(month));
}

function nextMonth(month: string): string {
  const year = Number(month.slice(0, 4));
  const of = Number(month.slice(5, 7));
  return of === 12 ? `${year + 1}-01-01` : `${year}-${String(of + 1).padStart(2, '0')}-01`;
}

function keyed(rollUp: RollUp, rows: readonly Cells[]): ReadonlyMap<string, Cells> {
  return new Map(rows.map((row) => [JSON.stringify(row.slice(0, rollUp.keys.length)), row]));
}

function bucketName(rollUp: RollUp, row: Cells): string {
  const keys = rollUp.keys.map((key, at) => `${key}=${row[at]}`);
  return `${rollUp.table}: ${keys.join(' ')}`;
}

/** Whether the bucket's raw rows may have expired: it then counts more rows than are left. */
function hasOutlived(
  rollUp: RollUp,
  rawSinceMs: number,
  want: Cells | undefined,
  have: Cells,
): boolean {
  const bucket = have[rollUp.keys.indexOf(rollUp.bucket)];
  const version = rollUp.keys.length + rollUp.cells.indexOf('version');
  const isOld = clickhouseMs(String(bucket)) < rawSinceMs;
  return isOld && Number(have[version]) > Number(want?.[version] ?? 0);
}

function compare(
  rollUp: RollUp,
  findings: Findings,
  want: Cells | undefined,
  have: Cells | undefined,
): void {
  const row = want ?? have;
  if (row === undefined) return;
  const where = bucketName(rollUp, row);
  if (want === undefined) {
    const what = 'The bucket has no raw row in it.';
    findings.add({ code: 'roll_up_unfounded', what, where, found: have });
    return;
  }
  if (have === undefined) {
    const what = 'The bucket is not there.';
    findings.add({ code: 'roll_up_missing', what, where, expected: want });
    return;
  }
  for (const [at, cell] of rollUp.cells.entries()) {
    const column = rollUp.keys.length + at;
    if (want[column] === have[column]) continue;
    findings.add({
      code: 'roll_up_differs',
      what: `The cell ${cell} is not what the raw rows say.`,
      where,
      expected: want[column],
      found: have[column],
    });
  }
}

export interface RollUpCounts {
  readonly buckets: number;
  /** Of a time whose raw rows have expired. */
  readonly outlived: number;
}

/** `rawSinceMs`: raw rows of events before this time may have expired; -Infinity: none has. */
export async function verifyRollUp(
  client: ClickHouseClient,
  rollUp: RollUp,
  findings: Findings,
  rawSinceMs = Number.NEGATIVE_INFINITY,
): Promise<RollUpCounts> {
  const columns = [...rollUp.keys, ...rollUp.cells].join(', ');
  let buckets = 0;
  let outlived = 0;
  for (const month of await monthsOf(client, rollUp)) {
    const [from, to] = [`${month} 00:00:00`, `${nextMonth(month)} 00:00:00`];
    const computed = `SELECT ${columns} FROM (${rollUp.select(from, to, undefined)})`;
    const stored = `SELECT ${columns} FROM ${rollUp.table} FINAL WHERE ${rollUp.bucket} >= toDateTime('${from}', 'UTC') AND ${rollUp.bucket} < toDateTime('${to}', 'UTC')`;
    const [wanted, had, [count]] = await Promise.all([
      select(client, `SELECT * FROM (${computed} EXCEPT ${stored}) LIMIT ${BUCKETS_MAX}`),
      select(client, `SELECT * FROM (${stored} EXCEPT ${computed}) LIMIT ${BUCKETS_MAX}`),
      select(client, `SELECT count() FROM (${stored})`),
    ]);
    buckets += Number(count?.[0] ?? 0);
    const [wants, haves] = [keyed(rollUp, wanted), keyed(rollUp, had)];
    for (const key of new Set([...wants.keys(), ...haves.keys()])) {
      const [want, have] = [wants.get(key), haves.get(key)];
      if (have !== undefined && hasOutlived(rollUp, rawSinceMs, want, have)) outlived += 1;
      else compare(rollUp, findings, want, have);
    }
  }
  return { buckets, outlived };
}
