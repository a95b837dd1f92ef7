/**
 * What a field means, in words, apart from its shape.
 *
 * Apart, and not `.describe()` in the zod sources, because one sub-schema (a target, an envelope)
 * means different things in different places, and because words change for other reasons than
 * shapes do. They are laid over the JSON Schema, so that pages and editors show them; validation
 * never reads them. A test holds that every field of a public contract has one.
 */

/** A sentence; `Since 1.1: …` opens that of a field which the first released contract lacks. */
export interface OpenVocabulary {
  readonly text: string;
  /** Values known today. Others are valid: readers keep what they do not know. */
  readonly known: readonly string[];
}
export type Meaning = string | OpenVocabulary;

/** By path: `.` goes into an object, `[]` into a list's items, `.*` into a map's values. */
export type Meanings = Readonly<Record<string, Meaning>>;

/** The same meanings one level further in: `prefixed('target', { level })` is `target.level`. */
export function prefixed(prefix: string, meanings: Meanings): Meanings {
  return Object.fromEntries(
    Object.entries(meanings).map(([path, meaning]) => [`${prefix}.${path}`, meaning]),
  );
}

/** The meanings of some fields only, named by their first part. */
export function only(names: readonly string[], meanings: Meanings): Meanings {
  return Object.fromEntries(
    Object.entries(meanings).filter(([path]) => names.includes(path.split(/[.[]/)[0] ?? '')),
  );
}
