/**
 * What the core asks of a tenant's key: functions, so that the core stays pure and can't log a key.
 */
import type { Hashers } from './text-signals/hashers.ts';

/** Keeps hashes of one use from being looked up in another: part of what is hashed. */
export type HashDomain = 'chain' | 'args' | 'request' | 'tool-definition';

/** One chain: its id, and the hash functions whose words match inside this chain only. */
export interface ChainKeys {
  readonly id: string;
  readonly hashers: Hashers;
}

export interface TenantKeys {
  /** Stands in `key_id`: which key the event's hashes were made with. */
  readonly keyId: string;
  /** Keyed hash (HMAC-SHA-256, base64url) of text, apart by domain. */
  readonly hash: (domain: HashDomain, text: string) => string;
  readonly identifier: Hashers['identifier'];
  /** Fingerprint of a value in canonical form, as the schemas define both. */
  readonly fingerprint: (kind: string, canonical: string) => string;
  readonly chain: (rootKey: string) => ChainKeys;
}
