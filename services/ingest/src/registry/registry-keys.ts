/**
 * The keys by which ingest believes the topic `registry`: a JWKS of public keys
 * (`deploy/split-keys.mjs` makes it), or the publisher's key file.
 */
import { readFileSync } from 'node:fs';
import { type JwsKeyRing, jwsPublicKey, loadKeyFile, signingKeyRing } from '@waywarden/schemas';
import { z } from 'zod';

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
