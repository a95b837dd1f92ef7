/** The detached signature (RFC 7515, F), bound to topic and audience. The algorithm is the key's (RFC 8725, 3.1). */
import { createPrivateKey, createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { FlattenedSign, flattenedVerify } from 'jose';

export const JWS_ALGORITHMS = ['EdDSA', 'RS256'] as const;
export type JwsAlgorithm = (typeof JWS_ALGORITHMS)[number];
/** RFC 7518, section 3.3. */
export const RSA_MODULUS_BITS_MIN = 2048;
/** RFC 8725, 3.11. */
const TYPE = 'waywarden-record+jws';
const SIGNATURE_LENGTH_MAX = 4096;

export interface JwsPublicKey {
  readonly kid: string;
  readonly alg: JwsAlgorithm;
  readonly publicKey: KeyObject;
}
export interface JwsSigningKey extends JwsPublicKey {
  readonly privateKey: KeyObject;
}
export type JwsKeyRing = ReadonlyMap<string, JwsPublicKey>;

function algorithmOf(kid: string, key: KeyObject): JwsAlgorithm {
  if (key.asymmetricKeyType === 'ed25519') return 'EdDSA';
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  if (key.asymmetricKeyType === 'rsa' && bits >= RSA_MODULUS_BITS_MIN) return 'RS256';
  throw new RangeError(
    `Key ${kid} is ${key.asymmetricKeyType ?? 'symmetric'}; Ed25519 or RSA of ${RSA_MODULUS_BITS_MIN} bits is needed.`,
  );
}

export function jwsPublicKey(kid: string, jwk: Readonly<Record<string, unknown>>): JwsPublicKey {
  const publicKey = createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' });
  return { kid, alg: algorithmOf(kid, publicKey), publicKey };
}

export function jwsSigningKey(kid: string, jwk: Readonly<Record<string, unknown>>): JwsSigningKey {
  const privateKey = createPrivateKey({ key: jwk as JsonWebKey, format: 'jwk' });
  const publicKey = createPublicKey(privateKey);
  return { kid, alg: algorithmOf(kid, privateKey), publicKey, privateKey };
}

export interface JwsBinding {
  readonly topic: string;
  readonly audience?: string;
}

export interface JwsSignOptions extends JwsBinding {
  readonly iat: number;
  /** Taken once. */
  readonly jti?: string;
}

/** For `ww_sig`. */
export async function signDetached(
  value: Uint8Array,
  key: JwsSigningKey,
  options: JwsSignOptions,
): Promise<string> {
  const header = {
    alg: key.alg,
    kid: key.kid,
    typ: TYPE,
    topic: options.topic,
    iat: options.iat,
    ...(options.audience === undefined ? {} : { aud: options.audience }),
    ...(options.jti === undefined ? {} : { jti: options.jti }),
  };
  const jws = await new FlattenedSign(value).setProtectedHeader(header).sign(key.privateKey);
  return `${jws.protected}..${jws.signature}`;
}

export const JWS_REFUSALS = [
  'unsigned',
  'malformed',
  'unknown_key',
  'wrong_algorithm',
  'wrong_topic',
  'wrong_audience',
  'forged',
] as const;
export type JwsRefusal = (typeof JWS_REFUSALS)[number];

export type JwsVerdict =
  | {
      readonly ok: true;
      readonly kid: string;
      readonly iat: number;
      readonly jti: string | undefined;
    }
  | { readonly ok: false; readonly reason: JwsRefusal };

interface ProtectedHeader {
  readonly alg: string;
  readonly kid: string;
  readonly topic: string;
  readonly iat: number;
  readonly aud: string | undefined;
  readonly jti: string | undefined;
}

function readHeader(encoded: string): ProtectedHeader | undefined {
  let header: Record<string, unknown>;
  try {
    header = JSON.parse(Buffer.from(encoded, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
  if (typeof header !== 'object' || header === null) return undefined;
  const { alg, kid, topic, iat, aud, jti, typ } = header;
  if (typeof alg !== 'string' || typeof kid !== 'string' || typeof topic !== 'string') {
    return undefined;
  }
  if (typ !== TYPE || typeof iat !== 'number' || !Number.isSafeInteger(iat)) return undefined;
  if (aud !== undefined && typeof aud !== 'string') return undefined;
  if (jti !== undefined && typeof jti !== 'string') return undefined;
  return { alg, kid, topic, iat, aud, jti };
}

/** Undefined: none. */
export function signedAtOf(signature: string | undefined): number | undefined {
  const [encoded] = (signature ?? '').split('.');
  return encoded ? readHeader(encoded)?.iat : undefined;
}

/** Never throws on input. */
export async function verifyDetached(
  value: Uint8Array | null,
  signature: string | undefined,
  keys: JwsKeyRing,
  binding: JwsBinding,
): Promise<JwsVerdict> {
  if (signature === undefined || value === null) return { ok: false, reason: 'unsigned' };
  const parts = signature.length > SIGNATURE_LENGTH_MAX ? [] : signature.split('.');
  const [encoded, payload, sig] = parts;
  if (parts.length !== 3 || !encoded || payload !== '' || !sig) {
    return { ok: false, reason: 'malformed' };
  }
  const header = readHeader(encoded);
  if (header === undefined) return { ok: false, reason: 'malformed' };
  const key = keys.get(header.kid);
  if (key === undefined) return { ok: false, reason: 'unknown_key' };
  if (header.alg !== key.alg) return { ok: false, reason: 'wrong_algorithm' };
  if (header.topic !== binding.topic) return { ok: false, reason: 'wrong_topic' };
  if (binding.audience !== undefined && header.aud !== binding.audience) {
    return { ok: false, reason: 'wrong_audience' };
  }
  const attached = Buffer.from(value).toString('base64url');
  try {
    const jws = { protected: encoded, payload: attached, signature: sig };
    await flattenedVerify(jws, key.publicKey, { algorithms: [key.alg] });
  } catch {
    // `jose` throws alike on `crit`.
    return { ok: false, reason: 'forged' };
  }
  return { ok: true, kid: key.kid, iat: header.iat, jti: header.jti };
}
