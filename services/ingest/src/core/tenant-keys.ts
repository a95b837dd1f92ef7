/**
 * What the core asks of a tenant's key. The key itself never comes in here: the adapter holds it
 * and hands over functions, so the core stays pure and a key can't be logged or serialised by it.
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
  /** The hash of an identifier, the same in every chain: `Hashers.identifier`. */
  readonly identifier: Hashers['identifier'];
  /** Fingerprint of a value in canonical form, as the schemas define both. */
  readonly fingerprint: (kind: string, canonical: string) => string;
  /** The chain that a root key names. */
  readonly chain: (rootKey: string) => ChainKeys;
}
