/** Functions: the core can't leak keys. */

interface Hashers {
  readonly token: (word: string) => string;
  readonly identifier: (value: string) => string;
}

/** Part of what is hashed. */
export type HashDomain = 'chain' | 'args' | 'request' | 'tool-definition';

export interface ChainKeys {
  readonly id: string;
  readonly hashers: Hashers;
}

export interface TenantKeys {
  readonly keyId: string;
  /** HMAC-SHA-256, base64url. */
  readonly hash: (domain: HashDomain, text: string) => string;
  readonly identifier: Hashers['identifier'];
  /** As the schemas define. */
  readonly fingerprint: (kind: string, canonical: string) => string;
  readonly chain: (rootKey: string) => ChainKeys;
}
