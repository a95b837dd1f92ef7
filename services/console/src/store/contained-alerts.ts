/** Alerts that access was taken for, whether or not it was given back since. */
import type { StorePort } from './console-store.ts';

const CONTAINED = `SELECT DISTINCT arrayJoin(alert_ids) AS id FROM revocation_commands_v1
WHERE tenant_id = {tenant:String} AND hasAny(alert_ids, {ids:Array(String)})
  AND action NOT IN ('restore', 'signal_risk', 'open_case', 'probe') LIMIT 2000`;

export async function containedAmong(
  store: StorePort,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set();
  const rows = await store.rows<{ readonly id: string }>(CONTAINED, { ids });
  const asked = new Set(ids);
  return new Set(rows.map(({ id }) => id).filter((id) => asked.has(id)));
}
