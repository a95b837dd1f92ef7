/**
 * Canonical JSON (RFC 8785): one byte sequence for one value, so that hashes, signatures and
 * derived ids do not depend on the order of keys or on who serialised.
 */
import canonicalize from 'canonicalize';

/** RFC 8785 text of a JSON value. */
export function canonicalJson(value: unknown): string {
  let text: string | undefined;
  try {
    text = canonicalize(value);
  } catch (cause) {
    throw new TypeError('The value has no JSON form.', { cause });
  }
  if (text === undefined) throw new TypeError('The value has no JSON form.');
  return text;
}
