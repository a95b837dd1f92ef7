/** A service's keys, mode 0600. One active key a use; readers take all. */
import { z } from 'zod';
import { type JwsKeyRing, type JwsSigningKey, jwsSigningKey } from './jws.ts';
import { MAC_KEY_BYTES_MIN, type MacKey, type MacKeyRing, macKey } from './mac.ts';

export const KEY_FILE_MODE = 0o600;
/** Oldest retired go first. */
export const KEYS_PER_USE_MAX = 16;

const name = z.string().regex(/^[A-Za-z0-9._-]{1,128}$/);
const base64url = z.string().regex(/^[A-Za-z0-9_-]{43,}$/);
const shared = { id: name, state: z.enum(['active', 'retired']), created_at: z.string().max(40) };

const keyEntry = z.discriminatedUnion('use', [
  z.strictObject({ ...shared, use: z.literal('mac'), secret: base64url }),
  z.strictObject({ ...shared, use: z.literal('sign'), jwk: z.record(z.string(), z.unknown()) }),
  z.strictObject({
    ...shared,
    use: z.literal('fingerprint'),
    secret: base64url,
    /** Absent: the master of derived keys. */
    tenant: z.string().min(1).optional(),
  }),
]);
export type KeyEntry = z.infer<typeof keyEntry>;
export type KeyUse = KeyEntry['use'];

/** Fingerprint keys: by tenant. */
export function familyOf(entry: KeyEntry): string {
  return entry.use === 'fingerprint' ? `fingerprint/${entry.tenant ?? ''}` : entry.use;
}

export const keyFileSchema = z
  .strictObject({ version: z.literal(1), service: name, keys: z.array(keyEntry) })
  .superRefine((file, context) => {
    const ids = new Set<string>();
    const active = new Map<string, number>();
    for (const [at, entry] of file.keys.entries()) {
      if (ids.has(entry.id)) {
        const message = `${entry.id} is given twice`;
        context.addIssue({ code: 'custom', path: ['keys', at, 'id'], message });
      }
      ids.add(entry.id);
      const family = familyOf(entry);
      active.set(family, (active.get(family) ?? 0) + (entry.state === 'active' ? 1 : 0));
    }
    for (const [family, count] of active) {
      if (count === 1) continue;
      const message = `${family} has ${count} active keys; exactly one is needed`;
      context.addIssue({ code: 'custom', path: ['keys'], message });
    }
  });
export type KeyFile = z.infer<typeof keyFileSchema>;

export const KEY_FILE_ERROR_CODES = [
  'missing',
  'unreadable',
  'open_to_others',
  'malformed',
  'wrong_service',
  'no_such_key',
] as const;
export type KeyFileErrorCode = (typeof KEY_FILE_ERROR_CODES)[number];

/** Never holds a key. */
export class KeyFileError extends Error {
  readonly code: KeyFileErrorCode;
  readonly retryable = false;

  constructor(code: KeyFileErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'KeyFileError';
    this.code = code;
  }
}

function entries<U extends KeyUse>(file: KeyFile, use: U): Extract<KeyEntry, { use: U }>[] {
  return file.keys.filter((k): k is Extract<KeyEntry, { use: U }> => k.use === use);
}

function onlyActive<E extends KeyEntry>(file: KeyFile, found: readonly E[], what: string): E {
  const entry = found.find((k) => k.state === 'active');
  if (entry !== undefined) return entry;
  throw new KeyFileError('no_such_key', `The key file of ${file.service} has no ${what} key.`);
}

function toMacKey(entry: { readonly id: string; readonly secret: string }): MacKey {
  return macKey(entry.id, Buffer.from(entry.secret, 'base64url'));
}

/** KeyFileError `no_such_key`. */
export function activeMacKey(file: KeyFile): MacKey {
  return toMacKey(onlyActive(file, entries(file, 'mac'), 'MAC'));
}

/** Active and retired. */
export function macKeyRing(file: KeyFile): MacKeyRing {
  return new Map(entries(file, 'mac').map((entry) => [entry.id, toMacKey(entry)]));
}

export function activeSigningKey(file: KeyFile): JwsSigningKey {
  const entry = onlyActive(file, entries(file, 'sign'), 'signing');
  return jwsSigningKey(entry.id, entry.jwk);
}

export function signingKeyRing(file: KeyFile): JwsKeyRing {
  return new Map(entries(file, 'sign').map((k) => [k.id, jwsSigningKey(k.id, k.jwk)]));
}

export function publicJwks(file: KeyFile): Record<string, Record<string, unknown>> {
  const all: Record<string, Record<string, unknown>> = {};
  for (const [kid, key] of signingKeyRing(file)) {
    all[kid] = { ...key.publicKey.export({ format: 'jwk' }), kid, alg: key.alg };
  }
  return all;
}

export interface FingerprintSecret {
  readonly keyId: string;
  readonly secret: Buffer;
  /** Still to be derived. */
  readonly isMaster: boolean;
}

/** Else the master. KeyFileError `no_such_key`. */
export function fingerprintSecret(file: KeyFile, tenantId: string): FingerprintSecret {
  const all = entries(file, 'fingerprint');
  const own = all.filter((k) => k.tenant === tenantId);
  const usable = own.length > 0 ? own : all.filter((k) => k.tenant === undefined);
  const entry = onlyActive(file, usable, 'fingerprint');
  const secret = Buffer.from(entry.secret, 'base64url');
  if (secret.length < MAC_KEY_BYTES_MIN) throw new RangeError(`Key ${entry.id} is too short.`);
  return { keyId: entry.id, secret, isMaster: own.length === 0 };
}
