/**
 * Signed records as they travel. A command is believed only when the responder's key signed it for
 * this topic and tenant, its key is its target's, and it names this receiver. HTTP: one JWS; Kafka:
 * detached (`ww_sig`).
 */
import { createHash, randomUUID } from 'node:crypto';
import {
  agentKey,
  type EnforcementNotice,
  enforcementNoticeSchema,
  type JwsKeyRing,
  type JwsSigningKey,
  jwsPublicKey,
  noticeKey,
  type Receipt,
  type RevocationCommand,
  revocationCommandSchema,
  signDetached,
  TOPICS,
  verifyDetached,
} from '@waywarden/schemas';

const DECODER = new TextDecoder();
const ENCODER = new TextEncoder();
const REQUEST_TOPIC = 'waywarden.receiver.requests.v1';

export interface SignedRecord {
  readonly key: string | null;
  readonly value: Uint8Array | null;
  readonly signature: string | undefined;
  /** It tells receivers something and orders nothing (`ww_type: control`). */
  readonly isNotice?: boolean;
}

export interface Believed {
  readonly command: RevocationCommand;
}
export interface BelievedNotice {
  readonly notice: EnforcementNotice;
}
export interface Refused {
  readonly refused: string;
}

export interface Addressee {
  readonly receiver: string;
  readonly tenantId: string;
  readonly commandKeys: JwsKeyRing;
}

const audienceOf = (tenantId: string) => `waywarden:${tenantId}`;

function parsed(value: Uint8Array | null): unknown {
  try {
    return JSON.parse(DECODER.decode(value ?? new Uint8Array()));
  } catch {
    return undefined;
  }
}

/** Whether enforcement is paused, as the responder told those who read the log. */
export async function believeNotice(
  { key, value, signature }: SignedRecord,
  { tenantId, commandKeys }: Pick<Addressee, 'tenantId' | 'commandKeys'>,
): Promise<BelievedNotice | Refused> {
  const binding = { topic: TOPICS.revocationCommands.name, audience: audienceOf(tenantId) };
  const verdict = await verifyDetached(value, signature, commandKeys, binding);
  if (!verdict.ok) return { refused: `signature_${verdict.reason}` };
  const checked = enforcementNoticeSchema.safeParse(parsed(value));
  if (!checked.success) return { refused: 'notice_invalid' };
  const { tenant_id: tenant, audience } = checked.data;
  const isOwn = tenant === tenantId && audience === binding.audience;
  if (!isOwn) return { refused: 'other_tenant' };
  return key === noticeKey(tenant) ? { notice: checked.data } : { refused: 'key_mismatch' };
}

export async function believeCommand(
  record: SignedRecord,
  { receiver, tenantId, commandKeys }: Addressee,
): Promise<Believed | Refused> {
  const binding = { topic: TOPICS.revocationCommands.name, audience: audienceOf(tenantId) };
  const verdict = await verifyDetached(record.value, record.signature, commandKeys, binding);
  if (!verdict.ok) return { refused: `signature_${verdict.reason}` };
  const checked = revocationCommandSchema.safeParse(parsed(record.value));
  if (!checked.success) return { refused: 'command_invalid' };
  const command = checked.data;
  const { tenant_id: tenant, target } = command;
  const isOwn = tenant === tenantId && target.tenant_id === tenantId;
  if (!isOwn || command.audience !== binding.audience) return { refused: 'other_tenant' };
  if (record.key !== agentKey(tenant, target.agent_uid)) return { refused: 'key_mismatch' };
  if (!command.receivers.includes(receiver)) return { refused: 'other_receiver' };
  return { command };
}

export interface SignedReceipt {
  readonly key: string;
  readonly value: Uint8Array;
  readonly signature: string;
}

export async function signReceipt(
  receipt: Receipt,
  key: JwsSigningKey,
  nowMs: number,
): Promise<SignedReceipt> {
  const value = ENCODER.encode(JSON.stringify(receipt));
  const topic = TOPICS.revocationReceipts.name;
  const signature = await signDetached(value, key, { topic, iat: Math.floor(nowMs / 1000) });
  return { key: agentKey(receipt.tenant_id, receipt.agent_uid), value, signature };
}

export interface AskedRequest {
  readonly tenantId: string;
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly body?: string | undefined;
}

/** Proves who asks, for what and with which body: under the receiver's own key, for a minute, once. */
export function signRequest(
  { tenantId, method, path, body = '' }: AskedRequest,
  key: JwsSigningKey,
  nowMs: number,
): Promise<string> {
  const digest = createHash('sha256').update(body).digest('hex');
  return signDetached(ENCODER.encode(`${method} ${path}\n${digest}`), key, {
    ...{ topic: REQUEST_TOPIC, audience: audienceOf(tenantId) },
    ...{ iat: Math.floor(nowMs / 1000), jti: randomUUID() },
  });
}

/** A detached signature and its value as one JWS, as it travels over HTTP. */
export function attach(signature: string, value: Uint8Array): string {
  return signature.replace('..', `.${Buffer.from(value).toString('base64url')}.`);
}

export function detach(jws: string): { readonly signature: string; readonly value: Uint8Array } {
  const [head = '', payload = '', mark = ''] = jws.split('.');
  return { signature: `${head}..${mark}`, value: Buffer.from(payload, 'base64url') };
}

/** Public keys as a JWK Set has them; keys that can't be used are left out. */
export function keyRing(jwks: { readonly keys: readonly Record<string, unknown>[] }): JwsKeyRing {
  const ring = new Map<string, ReturnType<typeof jwsPublicKey>>();
  for (const jwk of jwks.keys) {
    const { kid } = jwk;
    if (typeof kid !== 'string') continue;
    try {
      ring.set(kid, jwsPublicKey(kid, jwk));
    } catch {
      // A kind of key that nothing is verified with here.
    }
  }
  return ring;
}
