/**
 * The keys by which ingest believes what the topic `registry` says: a JSON Web Key Set of public keys,
 * which is all that a reader needs (`deploy/split-keys.mjs` makes it), or the publisher's key file where
 * everything stands on one machine anyway.
 */
import { readFileSync } from 'node:fs';
import { type JwsKeyRing, jwsPublicKey, loadKeyFile, signingKeyRing } from '@waywarden/schemas';
import { z } from 'zod';

/** Rotated keys stay for as long as what they signed is read; more than this is no rotation. */
const REGISTRY_KEYS_MAX = 64;

const jwks = z.object({
  keys: z
    .array(z.record(z.string(), z.unknown()).and(z.object({ kid: z.string().min(1) })))
    .max(REGISTRY_KEYS_MAX),
});

/** Throws naming the file when it can't be used. */
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
