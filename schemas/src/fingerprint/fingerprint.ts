/** Fingerprints: HMAC-SHA-256 (RFC 2104), tenant's key, canonical form, 16 bytes. */
import { createHash, createHmac, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import { canonicalJson } from '../crypto/canonical-json.ts';
import { fingerprintSecret, type KeyFile } from '../crypto/key-file.ts';
import { canonicalCredential } from './secret.ts';

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

/** Kinds of linking values, most dangerous first; some share a domain, since kinds are guessed. */
export const VALUE_KINDS = [
  'secret',
  'iban',
  'account',
  'document_number',
  'phone',
  'email',
  'url',
  'token',
  'shingle',
] as const;
export type ValueKind = (typeof VALUE_KINDS)[number];

const DOMAINS: ReadonlyMap<string, string> = new Map([
  ['secret', 'opaque'],
  ['token', 'opaque'],
  ['credential', 'opaque'],
  ['account', 'number'],
  ['phone', 'number'],
  ['document_number', 'number'],
]);

/** Other kinds: a domain each. */
export function fingerprintDomain(kind: string): string {
  return DOMAINS.get(kind) ?? kind;
}

export interface FoundValue {
  readonly kind: ValueKind;
  /** It is fingerprinted. */
  readonly canonical: string;
  /** `items[].iban`; empty: bare string. */
  readonly path: string;
  /** Lower case. */
  readonly domain?: string;
}

export interface ValueSink {
  /** Empty: bare text. */
  readonly field: string;
  add(kind: ValueKind, canonical: string, domain?: string): void;
  decoded(text: string): void;
  /** One a line. */
  beside(text: string): void;
}

/** UTF-16 units; hitting one sets `truncated`. */
export const EXTRACTION_LIMITS = {
  valuesMax: 64,
  depthMax: 32,
  nodesMax: 50_000,
  stringLengthMax: 1_048_576,
  /** All scanned text of one call together, decoded layers included. */
  textLengthMax: 4_194_304,
  /** base64 in base64 in a text is read. */
  layersMax: 2,
  shinglesMax: 16,
  pathLengthMax: 256,
} as const;
export type ExtractionLimits = { readonly [K in keyof typeof EXTRACTION_LIMITS]: number };
