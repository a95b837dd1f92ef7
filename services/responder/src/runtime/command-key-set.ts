import type { JwsKeyRing } from '@waywarden/schemas';

/** Public keys of commands, as a JWK Set. */
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
