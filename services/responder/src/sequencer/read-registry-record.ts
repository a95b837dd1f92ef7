/** Whether a registry record is believed: signed, under its own key, not replayed, valid. */
import type { LogRecord } from '@waywarden/event-log';
import { HEADERS, type JwsKeyRing, registryKey, TOPICS, verifyDetached } from '@waywarden/schemas';
import { type RegistryRecord, registryRecordSchema } from '../core/stages/registry-record.ts';

interface High {
  readonly offset: number;
  readonly iat: number;
  readonly value: LogRecord['value'];
}

function isSameValue(a: LogRecord['value'], b: LogRecord['value']): boolean {
  return a !== null && b !== null && Buffer.compare(a, b) === 0;
}

/** Whether a signed registry record is a replayed old one. */
export class RegistryOrder {
  /** Later than all before. */
  readonly #highs = new Map<string, High[]>();

  isReplayed({ key, offset, value }: Pick<LogRecord, 'key' | 'offset' | 'value'>, iat: number) {
    const highs = this.#highs.get(key ?? '') ?? [];
    const before = highs.findLast((one) => one.offset < offset);
    if (before !== undefined && before.iat > iat) return true;
    if (before?.iat === iat && !isSameValue(before.value, value)) return true;
    const last = highs.at(-1);
    if (last === undefined || (offset > last.offset && iat > last.iat)) {
      this.#highs.set(key ?? '', [...highs, { offset, iat, value }]);
    }
    return false;
  }
}

const DECODER = new TextDecoder();

export type RegistryParsed = { readonly record: RegistryRecord } | { readonly refused: string };
export type RegistryRead =
  | { readonly record: RegistryRecord; readonly iat: number }
  | { readonly refused: string };

export interface RegistryTrust {
  readonly keys: JwsKeyRing;
  readonly order: RegistryOrder;
}

async function signedAt(
  record: LogRecord,
  { keys, order }: RegistryTrust,
): Promise<{ readonly iat: number } | { readonly refused: string }> {
  const signature = record.headers[HEADERS.sig];
  const binding = { topic: TOPICS.registry.name };
  const verdict = await verifyDetached(record.value, signature, keys, binding);
  if (!verdict.ok) return { refused: `signature_${verdict.reason}` };
  return order.isReplayed(record, verdict.iat) ? { refused: 'replayed' } : { iat: verdict.iat };
}

/** Undefined: good. */
export async function refuseRegistryRecord(
  record: LogRecord,
  trust: RegistryTrust,
): Promise<string | undefined> {
  const signed = await signedAt(record, trust);
  return 'refused' in signed ? signed.refused : undefined;
}

export function parseRegistryRecord(record: LogRecord): RegistryParsed {
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
  trust: RegistryTrust,
): Promise<RegistryRead> {
  const signed = await signedAt(record, trust);
  if ('refused' in signed) return signed;
  const parsed = parseRegistryRecord(record);
  return 'refused' in parsed ? parsed : { ...parsed, iat: signed.iat };
}
