/** Whether a request comes from its receiver: method, address and body signed within a minute, used once. */
import { createHash } from 'node:crypto';
import { epochMs, verifyDetached } from '@waywarden/schemas';
import { audienceOf } from '../core/commands/build-command.ts';
import type { ReceiverKeys } from './receiver-keys.ts';

const REQUEST_TOPIC = 'waywarden.receiver.requests.v1';
const PROOF_MS_MAX = 60_000;
/** Requests of one receiver within that time. */
const USED_PER_RECEIVER_MAX = 10_000;
const PROOF_ID_LENGTH_MAX = 128;
const ENCODER = new TextEncoder();

export interface ProvenRequest {
  readonly tenantId: string;
  readonly receiver: string;
  readonly method: string;
  readonly path: string;
  /** Hex SHA-256. */
  readonly bodyDigest: string;
}

export const NO_BODY = createHash('sha256').digest('hex');

export class RequestProof {
  readonly #keys: Pick<ReceiverKeys, 'ringOf'>;
  readonly #wallClock: () => string;
  readonly #sinceS: number;
  /** With expiry. */
  readonly #used = new Map<string, Map<string, number>>();

  constructor(keys: Pick<ReceiverKeys, 'ringOf'>, wallClock: () => string) {
    this.#keys = keys;
    this.#wallClock = wallClock;
    this.#sinceS = Math.floor(epochMs(wallClock()) / 1000);
  }

  async refuse(of: ProvenRequest, proof: string | undefined): Promise<string | undefined> {
    const { tenantId, receiver, method, path, bodyDigest } = of;
    const ring = this.#keys.ringOf(tenantId, receiver);
    if (ring === undefined) return 'receiver_without_key';
    const value = ENCODER.encode(`${method} ${path}\n${bodyDigest}`);
    const binding = { topic: REQUEST_TOPIC, audience: audienceOf(tenantId) };
    const verdict = await verifyDetached(value, proof, ring, binding);
    if (!verdict.ok) return `proof_${verdict.reason}`;
    const { iat, jti } = verdict;
    if (!jti || jti.length > PROOF_ID_LENGTH_MAX) return 'proof_without_id';
    const nowMs = epochMs(this.#wallClock());
    if (Math.abs(nowMs - iat * 1000) > PROOF_MS_MAX) return 'proof_too_old';
    if (iat < this.#sinceS) return 'proof_from_before_start';
    return this.#use(`${tenantId}|${receiver}`, { jti, iat, nowMs });
  }

  #use(
    name: string,
    { jti, iat, nowMs }: { readonly jti: string; readonly iat: number; readonly nowMs: number },
  ): string | undefined {
    const used = this.#used.get(name) ?? new Map<string, number>();
    this.#used.set(name, used);
    if (used.has(jti)) return 'proof_replayed';
    if (used.size >= USED_PER_RECEIVER_MAX) {
      for (const [id, untilMs] of used) if (untilMs < nowMs) used.delete(id);
    }
    if (used.size >= USED_PER_RECEIVER_MAX) return 'proof_too_many';
    used.set(jti, iat * 1000 + PROOF_MS_MAX);
    return undefined;
  }
}
