/** A hundred thousand alerts in the log of a stopped installation, as its detector writes them; one has words of its own. */
import { join } from 'node:path';
import { openLmdbLog } from '../../packages/event-log/src/lmdb/lmdb-log.ts';
import {
  activeMacKey,
  alertKey,
  HEADERS,
  loadOrCreateKeyFile,
  macHeaders,
  SEVERITIES,
  TOPICS,
} from '../../schemas/src/index.ts';
import { buildAlert, uuidOf } from '../../services/console/src/testing/triage-builders.ts';

export const ALERTS = 100_000;
const BATCH = 2_000;
export const NEEDLE = 71_303;

function alertOf(n: number, atMs: number) {
  const at = new Date(atMs - (ALERTS - n) * 1_000).toISOString();
  const agent = `spiffe://acme/agent/bot-${n % 300}`;
  const title =
    n === NEEDLE
      ? 'bot-203 copied the quarterly zebra ledger to an outside address'
      : `bot-${n % 300} sent file ${n} to an address for the first time`;
  return buildAlert({
    ...{ alert_id: uuidOf(n + 1), incident_id: uuidOf(1_000_000 + (n >> 3)), tenant_id: 'default' },
    ...{ first_detected_at: at, detected_at: at, first_event_time: at, last_event_time: at },
    ...{ title, subject: { agent_uid: agent }, severity: SEVERITIES[n % 4] ?? 'low' },
  });
}

export async function seedAlerts(data: string): Promise<void> {
  const file = loadOrCreateKeyFile(join(data, 'keys', 'detector.json'), {
    ...{ service: 'detector', uses: ['mac'], createdAt: new Date().toISOString() },
  });
  const key = activeMacKey(file);
  const log = await openLmdbLog({ path: join(data, 'log') });
  const encoder = new TextEncoder();
  const nowMs = Date.now();
  for (let from = 0; from < ALERTS; from += BATCH) {
    const records = Array.from({ length: BATCH }, (_, n) => {
      const alert = alertOf(from + n, nowMs);
      const headers = { [HEADERS.type]: 'event', [HEADERS.producedAt]: alert.detected_at };
      const record = {
        topic: TOPICS.alerts.name,
        key: alertKey(alert.tenant_id, alert.alert_id),
        value: encoder.encode(JSON.stringify(alert)),
      };
      return { ...record, headers: { ...headers, ...macHeaders({ ...record, headers }, key) } };
    });
    await log.append(records);
  }
  await log.close();
}
