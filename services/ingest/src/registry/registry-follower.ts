/**
 * The registries as the topic `registry` tells them: signed records, of which a tenant's last
 * believed one counts. What is forged, damaged or no registry changes nothing. Looked at by offset:
 * a reader group would give each process a part, and every one must see all.
 */
import { readFileSync } from 'node:fs';
import type { EventLog, LogRecord } from '@waywarden/event-log';
import {
  HEADERS,
  type JwsKeyRing,
  jwsPublicKey,
  loadKeyFile,
  name,
  type Registry,
  registryKey,
  registrySchema,
  signingKeyRing,
  TOPICS,
  tenantId,
  verifyDetached,
} from '@waywarden/schemas';
import { z } from 'zod';
import { scanPartition } from '../adapters/scan-log.ts';

const REGISTRY_KEYS_MAX = 64;

const jwks = z.object({
  keys: z
    .array(z.record(z.string(), z.unknown()).and(z.object({ kid: z.string().min(1) })))
    .max(REGISTRY_KEYS_MAX),
});

export function loadRegistryKeys(path: string): JwsKeyRing {
  const read: unknown = JSON.parse(readFileSync(path, 'utf8'));
  const set = jwks.safeParse(read);
  if (!set.success) return signingKeyRing(loadKeyFile(path));
  try {
    return new Map(set.data.keys.map((jwk) => [jwk.kid, jwsPublicKey(jwk.kid, jwk)]));
  } catch (cause) {
    throw new Error(`The key set ${path} holds a key that can't be used for signatures.`, {
      cause,
    });
  }
}

const TOPIC = TOPICS.registry.name;
const SCANNED = { topic: TOPIC, readMax: 256 };
const LOOK_MS = 2_000;

const registryRecord = z.object({
  kind: z.literal('registry'),
  tenant_id: tenantId,
  version: name,
  registry: registrySchema,
});
const kindOnly = z.object({ kind: z.string() });

function isSameValue(a: LogRecord['value'], b: LogRecord['value']): boolean {
  return a !== null && b !== null && Buffer.compare(a, b) === 0;
}

interface RegistryFollowerOptions {
  readonly log: EventLog;
  readonly keys: JwsKeyRing;
  readonly lookMs?: number | undefined;
  readonly onChange: (tenant: string, version: string) => void;
  readonly onRefused: (at: { readonly offset: number; readonly reason: string }) => void;
  readonly onUnreadable: (cause: unknown) => void;
}

type Read =
  | { readonly is: 'registry'; readonly record: z.infer<typeof registryRecord> }
  | { readonly is: 'other' }
  | { readonly is: 'refused'; readonly reason: string };

function parsed(record: LogRecord): Read {
  if (record.value === null) return { is: 'refused', reason: 'value_missing' };
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder().decode(record.value));
  } catch {
    return { is: 'refused', reason: 'json_malformed' };
  }
  const kind = kindOnly.safeParse(json);
  if (kind.success && kind.data.kind !== 'registry') return { is: 'other' };
  const read = registryRecord.safeParse(json);
  if (!read.success) return { is: 'refused', reason: 'schema_mismatch' };
  // A signature over the value cannot know under which key it travels.
  const { tenant_id: tenant, kind: of } = read.data;
  if (record.key !== registryKey(tenant, of, of)) return { is: 'refused', reason: 'key_mismatch' };
  return { is: 'registry', record: read.data };
}

export class RegistryFollower {
  readonly #options: RegistryFollowerOptions;
  readonly #registries = new Map<
    string,
    { readonly version: string; readonly registry: Registry }
  >();
  /** The last record of each key: what was not signed later is an old one put there again, or the same. */
  readonly #last = new Map<string, { readonly iat: number; readonly value: LogRecord['value'] }>();
  #next = 0;
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> = Promise.resolve();
  #isStopped = false;

  constructor(options: RegistryFollowerOptions) {
    this.#options = options;
  }

  registryOf(tenant: string): Registry | undefined {
    return this.#registries.get(tenant)?.registry;
  }

  async start(): Promise<void> {
    await this.#lookSafely();
    if (this.#isStopped) return;
    this.#timer = setTimeout(() => {
      this.#looking = this.start();
    }, this.#options.lookMs ?? LOOK_MS);
    this.#timer.unref();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    await this.#looking;
  }

  async #lookSafely(): Promise<void> {
    try {
      await this.#look();
    } catch (cause) {
      this.#options.onUnreadable(cause);
    }
  }

  async #look(): Promise<void> {
    const { log } = this.#options;
    const [end = 0] = await log.endOffsets(TOPIC);
    if (end < this.#next) {
      this.#next = 0;
      this.#last.clear();
    }
    if (end === this.#next) return;
    const [start = 0] = await log.startOffsets(TOPIC);
    const from = Math.max(start, this.#next);
    for await (const record of scanPartition(log, SCANNED, 0, from)) {
      await this.#take(record);
      this.#next = record.offset + 1;
    }
    this.#next = Math.max(this.#next, end);
  }

  async #take(record: LogRecord): Promise<void> {
    const { keys, onChange, onRefused } = this.#options;
    const signature = record.headers[HEADERS.sig];
    const verdict = await verifyDetached(record.value, signature, keys, { topic: TOPIC });
    const read: Read = verdict.ok
      ? this.#inOrder(record, verdict.iat)
      : { is: 'refused', reason: `signature_${verdict.reason}` };
    if (read.is === 'refused') onRefused({ offset: record.offset, reason: read.reason });
    if (read.is !== 'registry') return;
    const { tenant_id: tenant, version, registry } = read.record;
    if (this.#registries.get(tenant)?.version === version) return;
    this.#registries.set(tenant, { version, registry });
    onChange(tenant, version);
  }

  #inOrder(record: LogRecord, iat: number): Read {
    const key = record.key ?? '';
    const last = this.#last.get(key);
    const isSame = last?.iat === iat && isSameValue(last.value, record.value);
    if (last !== undefined && last.iat >= iat && !isSame) {
      return { is: 'refused', reason: 'replayed' };
    }
    this.#last.set(key, { iat, value: record.value });
    return parsed(record);
  }
}
