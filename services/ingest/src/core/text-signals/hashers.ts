/**
 * How the words of a digest are hashed before they leave: `token` is salted per
 * chain (matching is inside one chain, so a short word can't be looked up in a table across chains),
 * `identifier` is keyed per tenant (identifiers are followed across chains).
 */
export interface Hashers {
  readonly token: (word: string) => string;
  readonly identifier: (value: string) => string;
}
