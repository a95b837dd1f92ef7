/**
 * Verbs with a pronoun tied to them by a hyphen ("envoyez-les", "pourriez-vous", "envie-o"): the verb is what is
 * read. Only before known pronouns, so that "send-off" and "order-4711" stay what they are.
 */

import { foldLetter } from './char-class.ts';
import { HASH_SEED, hashStep, type Lexicon, slotOf, WORD } from './lexicon/compile.ts';

/** A longer word is an id. */
const LENGTH_MAX = 32;
const HYPHEN = 45;

function hashOf(text: string, from: number, to: number): number {
  let hash = HASH_SEED;
  for (let at = from; at < to; at++) {
    hash = hashStep(hash, foldLetter(text.charCodeAt(at)));
  }
  return hash;
}

/** The slot of the word before the first hyphen of `from` to `to`, if a pronoun follows it; else -1. */
export function slotBeforePronoun(
  lexicon: Lexicon,
  text: string,
  { from, to }: { readonly from: number; readonly to: number },
): number {
  if (to - from > LENGTH_MAX) return -1;
  let hyphen = from;
  while (hyphen < to && text.charCodeAt(hyphen) !== HYPHEN) hyphen++;
  let end = hyphen + 1;
  while (end < to && text.charCodeAt(end) !== HYPHEN) end++;
  if (hyphen + 1 >= to) return -1;
  const pronoun = slotOf(lexicon, hashOf(text, hyphen + 1, end));
  if (pronoun < 0 || ((lexicon.kinds[pronoun] ?? 0) & WORD.enclitic) === 0) return -1;
  return slotOf(lexicon, hashOf(text, from, hyphen));
}
