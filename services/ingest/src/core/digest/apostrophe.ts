/**
 * What an apostrophe within a word is: of "d'envoyer" and "l'elenco" two words are made, so that the verb is read,
 * while "don't" is "dont". Only after what a language elides, so English loses nothing by it.
 */
import { classOf, foldLetter, LETTER } from './char-class.ts';
import { hashStep, type Lexicon, slotOf, WORD } from './lexicon/compile.ts';

/** The place of the letter after an apostrophe, single or doubled by YAML, that stands within a word; -1 if it does not. */
export function afterApostrophe(text: string, at: number, before: number, after: number): number {
  const next = after === 39 ? at + 2 : at + 1;
  if (classOf(before) !== LETTER || classOf(text.charCodeAt(next) || 32) !== LETTER) return -1;
  return next - at === 1 || text.charCodeAt(next + 1) === 32 ? next : -1;
}

/**
 * Whether what has this hash is a word that lost its vowel before the word at `next`. Where both together are a verb,
 * the apostrophe merely splits it: "t'ransfer".
 */
export function isElided(lexicon: Lexicon, text: string, hash: number, next: number): boolean {
  const slot = slotOf(lexicon, hash);
  if (slot < 0 || ((lexicon.kinds[slot] ?? 0) & WORD.elided) === 0) return false;
  let whole = hash;
  for (let at = next; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (classOf(unit) !== LETTER) break;
    whole = hashStep(whole, foldLetter(unit));
  }
  const known = slotOf(lexicon, whole);
  return known < 0 || (lexicon.verbActions[known] ?? 0) === 0;
}
