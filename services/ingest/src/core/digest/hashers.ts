/**
 * What ingest passes in to hash words. The digest is pure and holds no key: `token` is salted per
 * chain (matching is inside one chain, so a short word can't be looked up in a table across chains),
 * `identifier` is keyed per tenant (identifiers are followed across chains).
 */
export interface Hashers {
  readonly token: (word: string) => string;
  readonly identifier: (value: string) => string;
}
