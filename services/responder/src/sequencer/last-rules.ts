/** The last believed rules of every tenant. */
import type { EventLog } from '@waywarden/event-log';
import { type JwsKeyRing, TOPICS } from '@waywarden/schemas';
import type { RegistryRecord } from '../core/stages/registry-record.ts';
import { RegistryOrder, readRegistryRecord } from './read-registry-record.ts';

const TOPIC = TOPICS.registry.name;
const READ_RECORDS_MAX = 256;

export interface PlacedRule {
  readonly record: RegistryRecord;
  readonly offset: number;
}

/** In log order: registries before policies. */
export async function lastRules(log: EventLog, keys: JwsKeyRing): Promise<readonly PlacedRule[]> {
  const last = new Map<string, PlacedRule>();
  const trust = { keys, order: new RegistryOrder() };
  let [offset = 0] = await log.startOffsets(TOPIC);
  for (;;) {
    const records = await log.read(TOPIC, 0, offset, READ_RECORDS_MAX);
    if (records.length === 0) break;
    for (const record of records) {
      offset = record.offset + 1;
      const read = await readRegistryRecord(record, trust);
      if (!('record' in read)) continue;
      const key = `${read.record.tenant_id}|${read.record.kind}`;
      last.delete(key);
      last.set(key, { record: read.record, offset: record.offset });
    }
  }
  return [...last.values()];
}
