/** Canonical JSON (RFC 8785). */
import canonicalize from 'canonicalize';

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
