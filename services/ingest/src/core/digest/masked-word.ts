/**
 * Words in which digits stand for letters ("tr4nsf3r", "d3l3t3"): known words behind the mask are read as such.
 * Only of what is otherwise unknown, so that an id stays one.
 */
import { HASH_SEED, hashStep, type Lexicon, slotOf } from './lexicon/compile.ts';

/** A shorter word is an ordinal or a size ("1st", "4k"), a longer one an id. */
const LENGTH_MIN = 4;
const LENGTH_MAX = 16;

/** By digit; those of `1` are two. */
const LETTERS = 'oizeasgtbg';
const OTHER_ONE = 'l';

function hashOf(text: string, from: number, to: number, one: string): number {
  let hash = HASH_SEED;
  for (let at = from; at < to; at++) {
    const unit = text.charCodeAt(at);
    if (unit < 48 || unit > 57) hash = hashStep(hash, unit < 128 ? unit | 32 : unit);
    else hash = hashStep(hash, (unit === 49 ? one : LETTERS.charAt(unit - 48)).charCodeAt(0));
  }
  return hash;
}

/** The slot of the word behind the mask, or -1; `digits` are how many of its units are. */
export function maskedSlot(
  lexicon: Lexicon,
  text: string,
  { from, to, digits }: { readonly from: number; readonly to: number; readonly digits: number },
): number {
  const length = to - from;
  if (length < LENGTH_MIN || length > LENGTH_MAX || digits * 3 > length * 2) return -1;
  const slot = slotOf(lexicon, hashOf(text, from, to, 'i'));
  return slot >= 0 ? slot : slotOf(lexicon, hashOf(text, from, to, OTHER_ONE));
}

/** The known word behind the mask; the word itself where there is none. */
export function unmasked(word: string, lexicon: Lexicon): string {
  for (const one of ['i', OTHER_ONE]) {
    if (slotOf(lexicon, hashOf(word, 0, word.length, one)) < 0) continue;
    return word.replace(/\d/g, (digit) => (digit === '1' ? one : LETTERS.charAt(Number(digit))));
  }
  return word;
}
