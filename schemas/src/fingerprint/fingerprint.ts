/** Fingerprints: HMAC-SHA-256 (RFC 2104), tenant's key, canonical form, 16 bytes. */
import { createHash, createHmac, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import { canonicalJson } from '../crypto/canonical-json.ts';
import { fingerprintSecret, type KeyFile } from '../crypto/key-file.ts';
import { canonicalCredential } from './secret.ts';
import { fingerprintDomain } from './value-kind.ts';

/** Rises with every canonical form. */
export const FINGERPRINT_VERSION = 1;
export const FINGERPRINT_LENGTH = 22;
const KEY_BYTES = 32;

export interface FingerprintKey {
  /** Different ids never meet. */
  readonly id: string;
  readonly secret: KeyObject;
}

/** RangeError: not 32 bytes. */
export function fingerprintKey(id: string, secret: Uint8Array): FingerprintKey {
  if (secret.length !== KEY_BYTES) {
    throw new RangeError(`Fingerprint key ${id} has ${secret.length} bytes, not ${KEY_BYTES}.`);
  }
  return { id, secret: createSecretKey(secret) };
}

/** Published: results agree everywhere. */
export const REPLAY_KEY: FingerprintKey = fingerprintKey(
  'replay-v1',
  Buffer.from('waywarden published replay key 1', 'latin1'),
);

/** Own, else HKDF of the master (RFC 5869). */
export function tenantFingerprintKey(file: KeyFile, tenantId: string): FingerprintKey {
  const { keyId, secret, isMaster } = fingerprintSecret(file, tenantId);
  if (!isMaster) return fingerprintKey(keyId, secret);
  const info = `waywarden/fingerprint/v1|${tenantId}`;
  return fingerprintKey(keyId, new Uint8Array(hkdfSync('sha256', secret, '', info, KEY_BYTES)));
}

/** Kinds of one domain agree. */
export function fingerprintOf(kind: string, canonical: string, key: FingerprintKey): string {
  const mac = createHmac('sha256', key.secret);
  mac.update(`${fingerprintDomain(kind)}\n${canonical}`);
  return mac.digest('base64url').slice(0, FINGERPRINT_LENGTH);
}

export function credentialFingerprint(presented: string, key: FingerprintKey): string {
  return fingerprintOf('credential', canonicalCredential(presented), key);
}

/** TypeError: no JSON. */
export function keyedHash(value: unknown, key: FingerprintKey): string {
  const mac = createHmac('sha256', key.secret).update(`json\n${canonicalJson(value)}`);
  return `hmac-sha256:${mac.digest('base64url')}`;
}

/** Of the RFC 8785 form. */
export function isPlainHash(name: string, value: unknown): boolean {
  const [scheme, digest] = name.split(':', 2);
  if (scheme !== 'sha256' || digest === undefined) return false;
  const own = createHash('sha256').update(canonicalJson(value)).digest();
  return digest === own.toString('base64url') || digest.toLowerCase() === own.toString('hex');
}
