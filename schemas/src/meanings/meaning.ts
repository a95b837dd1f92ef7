/**
 * What a field means, apart from its shape: one sub-schema means different things in different places. Every public
 * field has one.
 */

/** `Since 1.1: …` for later fields. */
export interface OpenVocabulary {
  readonly text: string;
  /** Others are valid. */
  readonly known: readonly string[];
}
export type Meaning = string | OpenVocabulary;

export type Meanings = Readonly<Record<string, Meaning>>;

/** `prefixed('target', { level })` is `target.level`. */
export function prefixed(prefix: string, meanings: Meanings): Meanings {
  return Object.fromEntries(
    Object.entries(meanings).map(([path, meaning]) => [`${prefix}.${path}`, meaning]),
  );
}

/** By their first part. */
export function only(names: readonly string[], meanings: Meanings): Meanings {
  return Object.fromEntries(
    Object.entries(meanings).filter(([path]) => names.includes(path.split(/[.[]/)[0] ?? '')),
  );
}
