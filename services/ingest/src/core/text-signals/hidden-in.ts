/**
 * Whether a text may hold letters that are not simply what they are, or something encoded: one look at each
 * unit, since nearly all texts hold neither and regular expressions over each were half the cost of a digest.
 * It may be wrong in one direction only: what it names is read more slowly, and reads the same.
 */
import { CLASS, DIGIT, isUpper, LETTER } from './char-class.ts';

export const HIDDEN = { letters: 1, encoded: 2 } as const;

/** A shorter run holds no order, and hardly an address. */
const ENCODED_LENGTH_MIN = 16;
/** So many single letters in a row spell a word. */
const SINGLES_MIN = 4;

/** Beyond ASCII: compatible forms, letters of other scripts, and what is not seen. */
const RANGES: readonly (readonly [number, number])[] = [
  [0xad, 0xad],
  [0x131, 0x131],
  [0x250, 0x52f],
  [0x180e, 0x180e],
  [0x1d00, 0x1dbf],
  [0x200b, 0x200f],
  [0x202a, 0x202e],
  [0x2060, 0x206f],
  [0x2100, 0x218f],
  [0x2460, 0x24ff],
  [0xa730, 0xa731],
  [0xfb00, 0xfb06],
  [0xfe00, 0xfe0f],
  [0xfeff, 0xff5e],
  // Halves of the pairs in which styled letters, squared ones and tags stand.
  [0xd835, 0xd835],
  [0xd83c, 0xd83c],
  [0xdb40, 0xdb40],
];

function isOdd(unit: number): boolean {
  return RANGES.some(([from, to]) => unit >= from && unit <= to);
}

function isHex(unit: number): boolean {
  return (unit >= 48 && unit <= 57) || ((unit | 32) >= 97 && (unit | 32) <= 102);
}

/** Whether a mark at `at` begins an escape, an entity, a sign in per cent, puts two pieces together or parts letters. */
function isEscape(text: string, at: number, unit: number): boolean {
  const next = text.charCodeAt(at + 1);
  if (unit === 92) return (next === 117 || next === 120) && isHex(text.charCodeAt(at + 2));
  if (unit === 37) return isHex(next) && isHex(text.charCodeAt(at + 2));
  if (unit === 47) return text.charCodeAt(at + 2) === 47 && CLASS[next] === LETTER;
  if (unit === 38) return next === 35 || CLASS[next] === LETTER;
  // `+` after a quote and perhaps a blank.
  const before = text.charCodeAt(at - 1) === 32 ? at - 2 : at - 1;
  const quote = text.charCodeAt(before);
  return unit === 43 && (quote === 34 || quote === 39);
}

/** What an ASCII unit is and has, as bits: a run of word units and `+ / - _` is what base64 and hexadecimal are written in. */
const UPPER = 1;
const LOWER = 2;
const NO_HEX = 4;
const IN_RUN = 8;
const ESCAPE = 16;
const BASE_64 = UPPER | LOWER;

const BACKSLASH = 92;
const BREAKS = new Set([...'nrt'].map((letter) => letter.charCodeAt(0)));

const FLAGS = new Uint8Array(128);
for (let unit = 0; unit < 128; unit++) {
  if (CLASS[unit] === DIGIT) FLAGS[unit] = IN_RUN;
  if (CLASS[unit] !== LETTER) continue;
  FLAGS[unit] = IN_RUN | (isUpper(unit) ? UPPER : LOWER) | (isHex(unit) ? 0 : NO_HEX);
}
for (const mark of '+/-_') FLAGS[mark.charCodeAt(0)] = IN_RUN | NO_HEX;
for (const mark of '&%+/\\') FLAGS[mark.charCodeAt(0)] = (FLAGS[mark.charCodeAt(0)] ?? 0) | ESCAPE;

/** Whether a long run that has these may be something encoded. */
function isEncoded(has: number): boolean {
  return (has & NO_HEX) === 0 || (has & BASE_64) === BASE_64;
}

function isWord(unit: number): boolean {
  return unit < 128 && (CLASS[unit] ?? 0) >= LETTER;
}

/** Whether the unit at `at` stands alone and so do the three before it, with a mark or blank between. */
function endsSingles(text: string, at: number): boolean {
  for (let i = at; i > at - 2 * SINGLES_MIN; i -= 2) {
    if (i < 0 || !isWord(text.charCodeAt(i)) || (i > 0 && isWord(text.charCodeAt(i - 1)))) {
      return false;
    }
  }
  return true;
}

/** So many pairs of hexadecimal digits in a row are a text, and no address of a machine. */
const PAIRS_MIN = 8;

/** Bits of `HIDDEN`. */
export function hiddenIn(text: string): number {
  let bits = 0;
  let from = 0;
  let has = 0;
  let pairs = 0;
  let lines = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    const flags = unit < 128 ? (FLAGS[unit] ?? 0) : 0;
    if ((flags & ESCAPE) !== 0 && isEscape(text, at, unit)) bits |= HIDDEN.letters;
    if ((flags & IN_RUN) !== 0) {
      has |= flags;
      continue;
    }
    if (unit >= 128 && isOdd(unit)) bits |= HIDDEN.letters;
    const length = at - from;
    if (length >= ENCODED_LENGTH_MIN && isEncoded(has)) bits |= HIDDEN.encoded;
    if (length === 1 && endsSingles(text, at - 1)) bits |= HIDDEN.letters;
    pairs = length === 2 && (has & NO_HEX) === 0 ? pairs + 1 : 0;
    if (pairs >= PAIRS_MIN) bits |= HIDDEN.encoded;
    // The letter of a printed line break is no part of what follows.
    if (unit === BACKSLASH && BREAKS.has(text.charCodeAt(at + 1))) {
      at++;
      lines = length === 1 ? lines + 1 : 0;
      if (lines >= SINGLES_MIN - 1) bits |= HIDDEN.letters;
    }
    from = at + 1;
    has = 0;
  }
  const rest = text.length - from;
  if (rest >= ENCODED_LENGTH_MIN && isEncoded(has)) bits |= HIDDEN.encoded;
  if (rest === 1 && endsSingles(text, text.length - 1)) bits |= HIDDEN.letters;
  if (rest === 2 && (has & NO_HEX) === 0 && pairs + 1 >= PAIRS_MIN) bits |= HIDDEN.encoded;
  return bits;
}
