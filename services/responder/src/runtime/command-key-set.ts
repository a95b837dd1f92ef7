import type { JwsKeyRing } from '@waywarden/schemas';

/** The public keys by which commands are believed, as a JWK Set. */
export function commandKeySet(keys: JwsKeyRing): { readonly keys: readonly object[] } {
  return {
    keys: [...keys.values()].map(({ kid, alg, publicKey }) => ({
      ...publicKey.export({ format: 'jwk' }),
      kid,
      alg,
      use: 'sig',
    })),
  };
}
