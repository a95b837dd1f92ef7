/** Since when all raw rows must be there. */
import type { ClickHouseClient } from '@clickhouse/client';
import { clickhouseMs } from '../rows/clickhouse-time.ts';
import { select } from './stored-rows.ts';

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
