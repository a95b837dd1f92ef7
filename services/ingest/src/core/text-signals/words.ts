/** The words of tokens that a match compares, and the identifiers among them. */
import { nameWords, squash, stem, type Token } from './tokens.ts';

/** Words that stand in any text; of languages that no list covers the short ones are left out. */
const STOP = new Set(
  'the and for you are not can this that with from your have will would there their them then than what when which where into about only also been being were they please could should must need want here just like some such very more most other over after before does done make sure using used use true false none null name type value text content data'.split(
    ' ',
  ),
);
const LENGTH_MIN = 3;

/** Whether the token names one thing: an address, an account, a document, a tool, a file. */
export const isIdentifier = ({ kind, form }: Token): boolean =>
  kind !== 'word' && kind !== 'number' && form.length >= 4;

const BEYOND_LATIN = /[^\0-\u024f]/;

export function matchWords({ kind, form, raw }: Token): readonly string[] {
  if (kind === 'word') {
    if (STOP.has(form) || (form.length < LENGTH_MIN && !BEYOND_LATIN.test(form))) return [];
    return [stem(form)];
  }
  // One of a thousand numbers stands anywhere.
  if (kind === 'number') return form.length < LENGTH_MIN ? [] : [form];
  if (kind === 'mail' || kind === 'url') return [form];
  const parts = nameWords(raw).filter((part) => part.length >= LENGTH_MIN);
  return parts.length < 2 ? [form] : [form, ...parts.map(stem)];
}

export const nameForm = (name: string): string => squash(name);
