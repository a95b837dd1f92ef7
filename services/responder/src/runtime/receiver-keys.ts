/** Keys of receipts, from the registry. Only the named receiver's signature counts. */
import type { EventLog, LogRecord } from '@waywarden/event-log';
import {
  agentKey,
  HEADERS,
  type JwsKeyRing,
  jwsPublicKey,
  type Receipt,
  type Registry,
  receiptSchema,
  signedAtOf,
  TOPICS,
  verifyDetached,
} from '@waywarden/schemas';
import { parseJson } from '@waywarden/stage';
import type { VerifiedReceipt } from '../core/stages/decide-intake.ts';
import { keyPrint } from '../files/registry-checks/entries.ts';
import { type RegistryTrust, readRegistryRecord } from '../sequencer/read-registry-record.ts';

const READ_RECORDS_MAX = 256;
/** As the shipped `limits.clock_skew`. */
const SIGNED_AHEAD_MS_MAX = 120_000;
const NO_KEYS: JwsKeyRing = new Map();

function ringOf(id: string, jwk: Readonly<Record<string, unknown>>): JwsKeyRing {
  const kid = typeof jwk['kid'] === 'string' ? jwk['kid'] : id;
  try {
    return new Map([[kid, jwsPublicKey(kid, jwk)]]);
  } catch {
    return NO_KEYS;
  }
}

function keySharers({ operators = [], receivers }: Registry): readonly string[] {
  const holders = [...operators, ...receivers].flatMap(({ key }) => keyPrint(key ?? {}) ?? []);
  const isShared = (print: string | undefined) =>
    print !== undefined && holders.indexOf(print) !== holders.lastIndexOf(print);
  return operators.filter(({ key }) => isShared(keyPrint(key))).map(({ uid }) => uid);
}

/** By the broker, else its writer. */
function arrivedAt({ appendedMs, headers }: LogRecord): number | undefined {
  const ms = appendedMs ?? Date.parse(headers[HEADERS.producedAt] ?? '');
  return Number.isSafeInteger(ms) && ms >= 0 ? ms : undefined;
}

/** A replayed one is no later word. */
export function parseReceipt(
  record: LogRecord,
): { readonly value: VerifiedReceipt } | { readonly refused: string } {
  const parsed = parseJson(record);
  if ('refused' in parsed) return parsed;
  const receipt = receiptSchema.safeParse(parsed.value);
  if (!receipt.success) return { refused: 'receipt_invalid' };
  const { tenant_id: tenantId, agent_uid: agentUid } = receipt.data;
  if (record.key !== agentKey(tenantId, agentUid)) return { refused: 'key_mismatch' };
  const signedAt = signedAtOf(record.headers[HEADERS.sig]);
  // Unknown fields stay.
  return {
    value: { receipt: parsed.value as Receipt, signedAt, arrivedMs: arrivedAt(record) },
  };
}

export class ReceiverKeys {
  readonly #byReceiver = new Map<string, JwsKeyRing>();
  readonly #lastSeenAt = new Map<string, number>();
  readonly #byOperator = new Map<string, JwsKeyRing>();
  readonly #shared = new Map<string, true>();
  readonly #rates = new Map<string, number>();

  readonly #nowMs: () => number;

  /** `nowMs`: wall clock. */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  async load(log: EventLog, registry: RegistryTrust): Promise<void> {
    const [start = 0] = await log.startOffsets(TOPICS.registry.name);
    let offset = start;
    for (;;) {
      const records = await log.read(TOPICS.registry.name, 0, offset, READ_RECORDS_MAX);
      if (records.length === 0) return;
      for (const record of records) {
        offset = record.offset + 1;
        const read = await readRegistryRecord(record, registry);
        if ('record' in read && read.record.kind === 'registry') {
          this.learn(read.record.tenant_id, read.record.registry);
        }
      }
    }
  }

  learn(tenantId: string, registry: Registry): void {
    for (const known of [this.#byReceiver, this.#byOperator, this.#shared, this.#rates]) {
      for (const key of known.keys()) if (key.startsWith(`${tenantId}|`)) known.delete(key);
    }
    for (const { uid, key } of registry.operators ?? []) {
      this.#byOperator.set(`${tenantId}|${uid}`, ringOf(uid, key));
    }
    for (const uid of keySharers(registry)) this.#shared.set(`${tenantId}|${uid}`, true);
    for (const receiver of registry.receivers) {
      const { id, rate_per_second: rate } = receiver;
      if (rate !== undefined) this.#rates.set(`${tenantId}|${id}`, rate);
      if (receiver.key === undefined) continue;
      this.#byReceiver.set(`${tenantId}|${receiver.id}`, ringOf(receiver.id, receiver.key));
    }
  }

  /** Undefined: unnamed, or no key. */
  ringOf(tenantId: string, receiver: string): JwsKeyRing | undefined {
    return this.#byReceiver.get(`${tenantId}|${receiver}`);
  }

  /** By `tenant|receiver`. */
  rateOf(key: string): number | undefined {
    return this.#rates.get(key);
  }

  /** Undefined: unnamed. */
  ringOfOperator(tenantId: string, uid: string): JwsKeyRing | undefined {
    return this.#byOperator.get(`${tenantId}|${uid}`);
  }

  isKeyShared(tenantId: string, uid: string): boolean {
    return this.#shared.has(`${tenantId}|${uid}`);
  }

  silentForMs(tenantId: string, receiver: string): number {
    return performance.now() - (this.#lastSeenAt.get(`${tenantId}|${receiver}`) ?? -Infinity);
  }

  /** Undefined: it may be believed. */
  async refuse(record: LogRecord): Promise<string | undefined> {
    const parsed = parseReceipt(record);
    if ('refused' in parsed) return parsed.refused;
    const { tenant_id: tenantId, receiver } = parsed.value.receipt;
    const ring = this.ringOf(tenantId, receiver);
    if (ring === undefined) return 'receiver_without_key';
    const binding = { topic: TOPICS.revocationReceipts.name };
    const verdict = await verifyDetached(record.value, record.headers[HEADERS.sig], ring, binding);
    if (!verdict.ok) return `signature_${verdict.reason}`;
    if (verdict.iat * 1000 > this.#nowMs() + SIGNED_AHEAD_MS_MAX) return 'signature_ahead';
    this.#lastSeenAt.set(`${tenantId}|${receiver}`, performance.now());
    return undefined;
  }
}
