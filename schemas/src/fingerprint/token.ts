/** Opaque identifiers: ten characters with four digits and a letter, and UUIDs. */
import { DIGIT, isDigit, isLetter, maskOf } from './char-class.ts';

const LENGTH_MIN = 10;
const LENGTH_MAX = 256;
const DIGITS_MIN = 4;

/** `2026-11-24…`, `20261124T09…`. */
const DATE = /^(?:19|20|21)\d\d(?:-?\d\d){2}(?:[Tt_-]|$)/;

/** `00.123456789Z`. */
const SECONDS = /^\d\d(?:\.\d{1,9})?(?:[Zz]|[+-]\d\d)?$/;

export function isToken(word: string): boolean {
  if (word.length < LENGTH_MIN || word.length > LENGTH_MAX) return false;
  if ((maskOf(word, 0, word.length) & DIGIT) === 0) return false;
  let [digits, letters] = [0, 0];
  for (let i = 0; i < word.length; i++) {
    const code = word.charCodeAt(i);
    if (isDigit(code)) digits++;
    else if (isLetter(code)) letters++;
  }
  return digits >= DIGITS_MIN && letters > 0 && !DATE.test(word) && !SECONDS.test(word);
}
