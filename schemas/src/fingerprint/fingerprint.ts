/**
 * Fingerprints: HMAC-SHA-256 (RFC 2104) with the tenant's key over the canonical form, truncated to
 * 16 bytes. Two of a billion values meet with a probability below 10^-20.
 */
import { createHash, createHmac, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import { canonicalJson } from '../crypto/canonical-json.ts';
import { fingerprintSecret, type KeyFile } from '../crypto/key-file.ts';
import { canonicalCredential } from './secret.ts';
import { fingerprintDomain } from './value-kind.ts';

/** `fp_version` of an event: rises whenever a canonical form changes. */
export const FINGERPRINT_VERSION = 1;
/** Characters of base64url. */
export const FINGERPRINT_LENGTH = 22;
const KEY_BYTES = 32;

export interface FingerprintKey {
  /** `key_id` of an event: values under different ids never meet. */
  readonly id: string;
  readonly secret: KeyObject;
}

/** RangeError when the secret has not 32 bytes. */
export function fingerprintKey(id: string, secret: Uint8Array): FingerprintKey {
  if (secret.length !== KEY_BYTES) {
    throw new RangeError(`Fingerprint key ${id} has ${secret.length} bytes, not ${KEY_BYTES}.`);
  }
  return { id, secret: createSecretKey(secret) };
}

/** The published key of `replay`: results of one file are the same on every machine. */
export const REPLAY_KEY: FingerprintKey = fingerprintKey(
  'replay-v1',
  Buffer.from('waywarden published replay key 1', 'latin1'),
);

/**
 * The tenant's key from the key file of ingest: its own, or else derived from the master by HKDF
 * (RFC 5869) with the tenant id as info.
 */
export function tenantFingerprintKey(file: KeyFile, tenantId: string): FingerprintKey {
  const { keyId, secret, isMaster } = fingerprintSecret(file, tenantId);
  if (!isMaster) return fingerprintKey(keyId, secret);
  const info = `waywarden/fingerprint/v1|${tenantId}`;
  return fingerprintKey(keyId, new Uint8Array(hkdfSync('sha256', secret, '', info, KEY_BYTES)));
}

/** Fingerprint of a canonical form: 22 characters of base64url. Kinds of one domain agree. */
export function fingerprintOf(kind: string, canonical: string, key: FingerprintKey): string {
  const mac = createHmac('sha256', key.secret);
  mac.update(`${fingerprintDomain(kind)}\n${canonical}`);
  return mac.digest('base64url').slice(0, FINGERPRINT_LENGTH);
}

/** `credential.fp` of a credential as presented: that of the same secret found in a result. */
export function credentialFingerprint(presented: string, key: FingerprintKey): string {
  return fingerprintOf('credential', canonicalCredential(presented), key);
}

/** `args.hash`: `hmac-sha256:` and 43 characters over the RFC 8785 form. TypeError on no JSON. */
export function keyedHash(value: unknown, key: FingerprintKey): string {
  const mac = createHmac('sha256', key.secret).update(`json\n${canonicalJson(value)}`);
  return `hmac-sha256:${mac.digest('base64url')}`;
}

/** Whether a source's plain hash (`sha256:` and hex or base64url) is that of the RFC 8785 form. */
export function isPlainHash(name: string, value: unknown): boolean {
  const [scheme, digest] = name.split(':', 2);
  if (scheme !== 'sha256' || digest === undefined) return false;
  const own = createHash('sha256').update(canonicalJson(value)).digest();
  return digest === own.toString('base64url') || digest.toLowerCase() === own.toString('hex');
}
