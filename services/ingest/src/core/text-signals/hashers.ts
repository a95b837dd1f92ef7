/**
 * How the words of a digest are hashed: `token` is salted per chain, so that no table of short
 * words serves across chains; `identifier` is keyed per tenant, to be followed across chains.
 */
export interface Hashers {
  readonly token: (word: string) => string;
  readonly identifier: (value: string) => string;
}
