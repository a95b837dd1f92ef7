/**
 * What flows along a link, in a word: the kind of the value that stands in both calls. The values
 * themselves are not stored, only their fingerprints, so the kind is all that can be told.
 */
import type { AuditEvent } from '@waywarden/schemas';
import { linkWords, valueWords } from '../words.ts';

/** The most telling kind first, where calls share several. */
const KINDS_FIRST: readonly string[] = [
  'secret',
  'token',
  'iban',
  'account',
  'document_number',
  'email',
  'phone',
  'url',
  'shingle',
];

const rank = (kind: string): number => {
  const at = KINDS_FIRST.indexOf(kind);
  return at === -1 ? KINDS_FIRST.length : at;
};

export function mostTelling(kinds: readonly string[]): string | undefined {
  return kinds.toSorted((a, b) => rank(a) - rank(b))[0];
}

export function flowLabel(
  via: string,
  from: AuditEvent | undefined,
  to: AuditEvent | undefined,
): string {
  if (via !== 'data_flow' && via !== 'resource' && via !== 'secret_use') return linkWords(via);
  const given = new Map(
    [...(from?.result?.values ?? []), ...(from?.args?.values ?? [])].map((v) => [v.fp, v.kind]),
  );
  const taken = [...(to?.args?.values ?? [])].map((v) => v.fp);
  const credential = to?.credential?.fp;
  const shared = [...taken, ...(credential === undefined ? [] : [credential])].flatMap(
    (fp) => given.get(fp) ?? [],
  );
  const kind = mostTelling(shared);
  return kind === undefined ? linkWords(via) : valueWords(kind);
}
