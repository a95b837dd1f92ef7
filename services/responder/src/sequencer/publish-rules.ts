/** Publishes a signed policy or registry. Version is the content's hash; the same is not appended twice. */
import { createHash } from 'node:crypto';
import type { EventLog, LogRecord } from '@waywarden/event-log';
import {
  canonicalJson,
  HEADERS,
  type JwsKeyRing,
  type JwsSigningKey,
  type Policy,
  type Registry,
  registryKey,
  signDetached,
  TOPICS,
} from '@waywarden/schemas';
import type { RegistryRecord } from '../core/stages/registry-record.ts';
import { RegistryOrder, readRegistryRecord } from './read-registry-record.ts';

const TOPIC = TOPICS.registry.name;
const READ_RECORDS_MAX = 256;
const ENCODER = new TextEncoder();

export interface RulesPublisherOptions {
  readonly log: EventLog;
  readonly signingKey: JwsSigningKey;
  /** No decision uses it. */
  readonly wallClock: () => string;
}

export interface Published {
  readonly version: string;
  /** False: this version was the current one already. */
  readonly appended: boolean;
}

export function contentVersion(content: unknown): string {
  return createHash('sha256').update(canonicalJson(content)).digest('hex');
}

/** Undefined: none. */
export async function publishedRules<K extends RegistryRecord['kind']>(
  log: EventLog,
  of: { readonly tenantId: string; readonly kind: K },
  keys: JwsKeyRing,
): Promise<Extract<RegistryRecord, { readonly kind: K }> | undefined> {
  return (await lastPublished(log, of, keys))?.record;
}

interface LastPublished<K extends RegistryRecord['kind']> {
  readonly record: Extract<RegistryRecord, { readonly kind: K }>;
  readonly iat: number;
}

async function lastPublished<K extends RegistryRecord['kind']>(
  log: EventLog,
  of: { readonly tenantId: string; readonly kind: K },
  keys: JwsKeyRing,
): Promise<LastPublished<K> | undefined> {
  const trust = { keys, order: new RegistryOrder() };
  const key = registryKey(of.tenantId, of.kind, of.kind);
  const isAsked = (record: RegistryRecord): record is LastPublished<K>['record'] =>
    record.kind === of.kind;
  const [start = 0] = await log.startOffsets(TOPIC);
  let found: LastPublished<K> | undefined;
  let offset = start;
  for (;;) {
    const records: readonly LogRecord[] = await log.read(TOPIC, 0, offset, READ_RECORDS_MAX);
    if (records.length === 0) return found;
    for (const record of records) {
      offset = record.offset + 1;
      if (record.key !== key) continue;
      const read = await readRegistryRecord(record, trust);
      if ('record' in read && isAsked(read.record)) found = { record: read.record, iat: read.iat };
    }
  }
}

async function publish(options: RulesPublisherOptions, record: RegistryRecord): Promise<Published> {
  const { log, signingKey, wallClock } = options;
  const { version, kind, tenant_id: tenantId } = record;
  const key = registryKey(tenantId, kind, kind);
  const keys = new Map([[signingKey.kid, signingKey]]);
  const current = await lastPublished(log, { tenantId, kind }, keys);
  if (current?.record.version === version) return { version, appended: false };
  const value = ENCODER.encode(JSON.stringify(record));
  const producedAt = wallClock();
  // Else it would count as old.
  const iat = Math.max(Math.floor(Date.parse(producedAt) / 1000), (current?.iat ?? -1) + 1);
  const headers = {
    [HEADERS.ceSpecversion]: '1.0',
    [HEADERS.ceId]: `${key}|${version}`,
    [HEADERS.ceSource]: 'urn:waywarden:registry',
    [HEADERS.ceType]: `dev.${TOPIC}`,
    [HEADERS.contentType]: 'application/json',
    [HEADERS.type]: 'event',
    [HEADERS.producedAt]: producedAt,
    [HEADERS.sig]: await signDetached(value, signingKey, { topic: TOPIC, iat }),
  };
  await log.append([{ topic: TOPIC, partition: 0, key, value, headers }]);
  return { version, appended: true };
}

export function publishRegistry(
  options: RulesPublisherOptions,
  tenantId: string,
  registry: Registry,
): Promise<Published> {
  const version = contentVersion(registry);
  return publish(options, { kind: 'registry', tenant_id: tenantId, version, registry });
}

export function publishPolicy(
  options: RulesPublisherOptions,
  tenantId: string,
  policy: Policy,
): Promise<Published> {
  const version = contentVersion(policy);
  return publish(options, { kind: 'policy', tenant_id: tenantId, version, policy });
}
