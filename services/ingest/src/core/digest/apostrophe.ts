/**
 * What an apostrophe within a word is: of "d'envoyer" and "l'elenco" two words are made, so that the verb is read,
 * while "don't" is "dont". Only after what a language elides, so English loses nothing by it.
 */
import { classOf, LETTER } from './char-class.ts';
import { type Lexicon, slotOf, WORD } from './lexicon/compile.ts';

/** The place of the letter after an apostrophe, single or doubled by YAML, that stands within a word; -1 if it does not. */
export function afterApostrophe(text: string, at: number, before: number, after: number): number {
  const next = after === 39 ? at + 2 : at + 1;
  if (classOf(before) !== LETTER || classOf(text.charCodeAt(next) || 32) !== LETTER) return -1;
  return next - at === 1 || text.charCodeAt(next + 1) === 32 ? next : -1;
}

/** Whether what has this hash is a word that lost its vowel. */
export function isElided(lexicon: Lexicon, hash: number): boolean {
  const slot = slotOf(lexicon, hash);
  return slot >= 0 && ((lexicon.kinds[slot] ?? 0) & WORD.elided) !== 0;
}
