/**
 * Whether a record of the topic `registry` may be believed, and what it says. Signed by a key of the
 * ring, under the key that its own content names, and valid: else it is refused with a reason. A
 * signature over the value cannot know under which key it travels, hence the comparison.
 */
import type { LogRecord } from '@waywarden/event-log';
import { HEADERS, type JwsKeyRing, registryKey, TOPICS, verifyDetached } from '@waywarden/schemas';
import { type RegistryRecord, registryRecordSchema } from '../core/registry-record.ts';

const DECODER = new TextDecoder();

export type RegistryRead = { readonly record: RegistryRecord } | { readonly refused: string };

/** Why the record may not be believed; undefined when its signature is good. */
export async function refuseRegistryRecord(
  record: LogRecord,
  keys: JwsKeyRing,
): Promise<string | undefined> {
  const signature = record.headers[HEADERS.sig];
  const binding = { topic: TOPICS.registry.name };
  const verdict = await verifyDetached(record.value, signature, keys, binding);
  return verdict.ok ? undefined : `signature_${verdict.reason}`;
}

export function parseRegistryRecord(record: LogRecord): RegistryRead {
  if (record.value === null) return { refused: 'value_missing' };
  let json: unknown;
  try {
    json = JSON.parse(DECODER.decode(record.value));
  } catch {
    return { refused: 'json_malformed' };
  }
  const parsed = registryRecordSchema.safeParse(json);
  if (!parsed.success) return { refused: 'schema_mismatch' };
  const { tenant_id: tenantId, kind } = parsed.data;
  if (record.key !== registryKey(tenantId, kind, kind)) return { refused: 'key_mismatch' };
  return { record: parsed.data };
}

export async function readRegistryRecord(
  record: LogRecord,
  keys: JwsKeyRing,
): Promise<RegistryRead> {
  const refused = await refuseRegistryRecord(record, keys);
  return refused === undefined ? parseRegistryRecord(record) : { refused };
}
