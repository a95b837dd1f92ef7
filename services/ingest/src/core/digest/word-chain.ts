/**
 * Undoes the cheap ways of hiding a value from a word match while a model still reads it: "x at y dot
 * com", "x @ y . com", account numbers in groups or digit by digit in words, spelled letters. A chain of such words is squashed
 * to one word, in the form that the argument's whole value squashes to.
 */
import { rawWord, squash } from './canonical-word.ts';
import { type Lexicon, WORD } from './lexicon/compile.ts';
import { DIGITS_SHIFT, INFO, type Scan } from './scan-text.ts';

const CHAIN_WORDS_MAX = 40;
const GROUP_LENGTH_MAX = 12;
const IDENTIFIER_DIGITS_MIN = 9;
/** So many digits in words make a number. */
const TOLD_DIGITS_MIN = 4;

export interface WordChain {
  readonly word: string;
  readonly identifier: boolean;
  /** The word after the chain. */
  readonly to: number;
}

function kindsOf(scan: Scan, lexicon: Lexicon, index: number): number {
  const slot = scan.slot[index] ?? -1;
  return slot < 0 ? 0 : (lexicon.kinds[slot] ?? 0);
}

function lengthOf(scan: Scan, index: number): number {
  return (scan.end[index] ?? 0) - (scan.start[index] ?? 0);
}

function hasDigits(scan: Scan, index: number): boolean {
  return (scan.info[index] ?? 0) >>> DIGITS_SHIFT > 0;
}

/** "DE 89 3704 …": the two capitals that an account begins with, apart from its digits. */
function isCountryCode({ text, start, end }: Scan, index: number): boolean {
  const from = start[index] ?? 0;
  if ((end[index] ?? 0) - from !== 2) return false;
  const [first, second] = [text.charCodeAt(from), text.charCodeAt(from + 1)];
  return first >= 65 && first <= 90 && second >= 65 && second <= 90;
}

/** Whether a sentence ends between the words; a stop that stands for itself ("x . Com") is spelled out. */
function endsSentence({ text, end, info }: Scan, index: number): boolean {
  if (((info[index] ?? 0) & INFO.upper) === 0) return false;
  const stop = end[index - 1] ?? 0;
  if (text.charCodeAt(stop) !== 46) return false;
  const after = text.charCodeAt(stop + 1);
  return after === 32 || after === 10;
}

/** Whether words `index - 1` and `index` look like two pieces of one value. */
export function linked(scan: Scan, lexicon: Lexicon, index: number): boolean {
  const info = scan.info[index] ?? 0;
  if ((info & INFO.line) !== 0 || endsSentence(scan, index)) return false;
  if ((info & INFO.glue) !== 0) return true;
  const before = kindsOf(scan, lexicon, index - 1);
  const here = kindsOf(scan, lexicon, index);
  if (((before | here) & WORD.spoken) !== 0) return true;
  const lengthBefore = lengthOf(scan, index - 1);
  const length = lengthOf(scan, index);
  if (lengthBefore === 1 && length === 1) return true;
  if ((here & WORD.digit) !== 0) {
    return (
      (before & WORD.digit) !== 0 || hasDigits(scan, index - 1) || isCountryCode(scan, index - 1)
    );
  }
  if (!hasDigits(scan, index)) return false;
  const isAfterDigits = hasDigits(scan, index - 1) || (before & WORD.digit) !== 0;
  if (!isAfterDigits && !isCountryCode(scan, index - 1)) return false;
  return lengthBefore <= GROUP_LENGTH_MAX && length <= GROUP_LENGTH_MAX;
}

/** The chain that begins at `from` and ends before `limit`, if there is one worth a word. */
export function wordChain(
  scan: Scan,
  lexicon: Lexicon,
  from: number,
  limit: number,
): WordChain | undefined {
  let to = from + 1;
  const end = Math.min(limit, from + CHAIN_WORDS_MAX);
  if (to >= end || !linked(scan, lexicon, to)) return undefined;
  while (to < end && linked(scan, lexicon, to)) to++;
  let word = '';
  let spoken = 0;
  let telling = 0;
  let digits = 0;
  let told = 0;
  for (let i = from; i < to; i++) {
    const kinds = kindsOf(scan, lexicon, i);
    if ((kinds & WORD.spoken) !== 0) {
      spoken++;
      if ((kinds & WORD.stop) === 0) telling++;
      continue;
    }
    if ((kinds & WORD.digit) !== 0) {
      told++;
      word += lexicon.digits.get(rawWord(scan, i).toLowerCase()) ?? '';
      continue;
    }
    digits += ((scan.info[i] ?? 0) >>> DIGITS_SHIFT) & 255;
    word += squash(rawWord(scan, i));
  }
  if (spoken === to - from || word.length < 2) return undefined;
  if (spoken === 1 && telling === 0 && digits === 0) return undefined;
  // "one or two" is no number that is told digit by digit.
  if (told > 0 && told < TOLD_DIGITS_MIN && spoken === 0 && digits === 0) return undefined;
  digits += told;
  const address = spoken - telling >= 1 && telling >= 1;
  return { word, identifier: address || digits >= IDENTIFIER_DIGITS_MIN, to };
}
