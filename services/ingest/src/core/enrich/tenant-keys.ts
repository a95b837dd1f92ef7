/** Functions, not keys, so that the core can neither leak nor log one. */

interface Hashers {
  readonly token: (word: string) => string;
  readonly identifier: (value: string) => string;
}

/** Keeps hashes of one use from being looked up in another: part of what is hashed. */
export type HashDomain = 'chain' | 'args' | 'request' | 'tool-definition';

export interface ChainKeys {
  readonly id: string;
  readonly hashers: Hashers;
}

export interface TenantKeys {
  readonly keyId: string;
  /** Keyed hash (HMAC-SHA-256, base64url) of text, apart by domain. */
  readonly hash: (domain: HashDomain, text: string) => string;
  readonly identifier: Hashers['identifier'];
  /** Fingerprint of a value in canonical form, as the schemas define both. */
  readonly fingerprint: (kind: string, canonical: string) => string;
  readonly chain: (rootKey: string) => ChainKeys;
}
