/**
 * Cuts text into words and segments in one pass over its UTF-16 units.
 *
 * A scanner written by hand and not regular expressions: a regular expression per token kind costs
 * 37 to 93 µs a KB and invites catastrophic backtracking on text that attackers write. Here each unit
 * is read once (a look ahead is bounded), words are hashed while they are read, and no substring is
 * made, so only words of kept passages ever become strings.
 *
 * Results come as JSON, YAML or Python literals of text, so literal `\n`, `\"` and folded lines are
 * unfolded on the way: a planted sentence stays one sentence however its carrier was printed.
 */
import { afterApostrophe, isElided } from './apostrophe.ts';
import {
  CLASS,
  classOf,
  DIGIT,
  foldLetter,
  isUpper,
  isWordUnit,
  LETTER,
  SPACE,
} from './char-class.ts';
import { slotBeforePronoun } from './enclitic.ts';
import { HASH_SEED, hashStep, type Lexicon, slotOf } from './lexicon/compile.ts';
import { maskedSlot } from './masked-word.ts';
import { grow, newScan, type Scan } from './scan.ts';

/** What is known of a word beyond its letters; bits of `info`. Digit count is from DIGITS_SHIFT. */
export const INFO = {
  upper: 1,
  letter: 2,
  at: 4,
  joined: 8,
  url: 16,
  comma: 32,
  colon: 64,
  quote: 128,
  line: 256,
  glue: 512,
  wide: 1024,
} as const;
export const DIGITS_SHIFT = 16;
const DIGITS_MAX = 255;

/** A longer segment is cut, so that one endless line can't be one endless passage. */
const SEGMENT_WORDS_MAX = 64;
/** A line at least this long may have been folded by its carrier (YAML folds at 80). */
const FOLD_LINE_MIN = 56;
const KEY_LENGTH_MAX = 32;

export type { Scan } from './scan.ts';

/** What stood between the last word and the next one. */
interface Gap {
  bits: number;
  stop: boolean;
  hard: boolean;
  tag: boolean;
  lineStart: number;
}

/** Whether a mark between two word units belongs to the word: e-mail, URL, time, id, decimals. */
function joins(mark: number, before: number, after: number, info: number): boolean {
  switch (mark) {
    case 46: // `.`, but not in "done.Then", a sentence end without its space.
      return !(isUpper(after) && before >= 97 && before <= 122 && (info & INFO.url) === 0);
    case 45:
    case 95:
    case 47:
    case 64:
    case 43:
      return true; // `-`, `_`, `/`, `@`, `+`
    case 58: // `:` in a time, or a port.
      return CLASS[before & 127] === DIGIT && CLASS[after & 127] === DIGIT;
    case 61: // `=`, `?`, `&`, `#`, `%`, `~` only inside a URL.
    case 63:
    case 38:
    case 35:
    case 37:
    case 126:
      return (info & INFO.url) !== 0;
    default:
      return false;
  }
}

/** The slot of the known word in one that is not: behind digits, or before a pronoun that hangs on it. */
function disguisedSlot(
  lexicon: Lexicon,
  text: string,
  info: number,
  word: { readonly from: number; readonly to: number; readonly digits: number },
): number {
  const isJoined = (info & INFO.joined) !== 0;
  if ((info & INFO.letter) === 0 || isJoined === word.digits > 0) return -1;
  if (!isJoined) return maskedSlot(lexicon, text, word);
  return (info & (INFO.at | INFO.url)) === 0 ? slotBeforePronoun(lexicon, text, word) : -1;
}

/** Reads the word at `from`, appends it, and returns the position after it. */
function readWord(scan: Scan, lexicon: Lexicon, gap: Gap, from: number): number {
  const { text } = scan;
  let info = isUpper(text.charCodeAt(from)) ? INFO.upper : 0;
  let hash = HASH_SEED;
  let digits = 0;
  let at = from;
  let before = 0;
  let resume = -1;
  // Most words are ASCII letters only; this loop is the same as the next one for them.
  for (; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit >= 128 || CLASS[unit] !== LETTER) break;
    before = unit | 32;
    hash = Math.imul(hash ^ before, 0x01000193);
  }
  if (at > from) info |= INFO.letter;
  for (; at < text.length; at++) {
    let unit = text.charCodeAt(at);
    const kind = unit < 128 ? CLASS[unit] : classOf(unit);
    if (kind === SPACE) break;
    if (kind === LETTER) {
      info |= unit < 128 ? INFO.letter : INFO.letter | INFO.wide;
      unit = foldLetter(unit);
    } else if (kind === DIGIT) {
      digits++;
    } else {
      const after = at + 1 < text.length ? text.charCodeAt(at + 1) : 0;
      if (unit === 58 && after === 47 && text.charCodeAt(at + 2) === 47) {
        info |= INFO.url | INFO.joined;
        at += 2;
        continue;
      }
      if ((unit === 39 || unit === 0x2019) && isWordUnit(before)) {
        const next = afterApostrophe(text, at, before, after);
        if (next < 0) break;
        if ((info & INFO.joined) === 0 && isElided(lexicon, text, hash, next)) {
          resume = next;
          break;
        }
        at = next - 1;
        continue;
      }
      if (!isWordUnit(after) || !joins(unit, text.charCodeAt(at - 1), after, info)) break;
      info |= unit === 64 ? INFO.at | INFO.joined : INFO.joined;
    }
    hash = hashStep(hash, unit);
    before = unit;
  }
  const digitBits = Math.min(digits, DIGITS_MAX) << DIGITS_SHIFT;
  const index = scan.words;
  if (index >= scan.start.length) grow(scan);
  scan.start[index] = from;
  scan.end[index] = at;
  scan.info[index] = info | digitBits | gap.bits;
  scan.hash[index] = hash;
  const slot = slotOf(lexicon, hash);
  scan.slot[index] = slot < 0 ? disguisedSlot(lexicon, text, info, { from, to: at, digits }) : slot;
  scan.words = index + 1;
  placeWord(scan, gap, index);
  return resume < 0 ? at : resume;
}

/** Puts the word at `index` into the segment before it or begins one, and clears the gap. */
function placeWord(scan: Scan, gap: Gap, index: number): void {
  const first = scan.segments[scan.segments.length - 1] ?? 0;
  const sentence = gap.stop && ((scan.info[index] ?? 0) & (INFO.upper | INFO.quote)) !== 0;
  if (index > first && (gap.hard || sentence || index - first >= SEGMENT_WORDS_MAX)) {
    scan.segments.push(index);
  }
  if (gap.tag) {
    scan.tagged ??= new Set();
    scan.tagged.add(scan.segments.length - 1);
  }
  gap.bits = 0;
  gap.stop = false;
  gap.hard = false;
  gap.tag = false;
}

/** Whether the line after the break at `at` continues the one before it, as folded YAML or mail does. */
function continuesLine(text: string, at: number, lineLength: number): boolean {
  if (lineLength < FOLD_LINE_MIN) return false;
  let next = at + 1;
  while (text.charCodeAt(next) === 32) next++;
  const unit = text.charCodeAt(next);
  if (!isWordUnit(unit) && unit !== 39 && unit !== 34 && unit !== 40) return false;
  const keyEnd = Math.min(text.length, next + KEY_LENGTH_MAX);
  for (let i = next; i < keyEnd; i++) {
    const c = text.charCodeAt(i);
    if (c === 58) {
      const after = text.charCodeAt(i + 1);
      return !(after === 32 || after === 10);
    }
    if (c !== 95 && !isWordUnit(c)) break;
  }
  return true;
}

function breakLine(scan: Scan, gap: Gap, at: number): void {
  if (!continuesLine(scan.text, at, at - gap.lineStart)) {
    gap.hard = true;
    gap.bits |= INFO.line;
  }
  gap.lineStart = at + 1;
}

/** A backslash: a printed line break, tab or quote, or a folded line. Returns the position after it. */
function readEscape(scan: Scan, gap: Gap, at: number): number {
  const next = scan.text.charCodeAt(at + 1);
  if (next === 110 || next === 114) {
    gap.hard = true;
    gap.bits |= INFO.line;
    gap.lineStart = at + 2;
    return at + 2;
  }
  if (next === 10) {
    gap.lineStart = at + 2;
    return at + 2;
  }
  if (next === 34 || next === 39) gap.bits |= INFO.quote;
  if (next === 116 || next === 34 || next === 39) return at + 2;
  if (next === 117) return at + 6;
  return at + 1;
}

/** `<` before a name: a tag breaks the segment, one in three or more capitals is remarkable. */
function readTag(scan: Scan, gap: Gap, at: number): void {
  const from = scan.text.charCodeAt(at + 1) === 47 ? at + 2 : at + 1;
  let to = from;
  while (to - from < KEY_LENGTH_MAX && isUpper(scan.text.charCodeAt(to))) to++;
  if (to - from >= 3) gap.tag = true;
  if (isWordUnit(scan.text.charCodeAt(from))) gap.hard = true;
}

/** Notes the mark at `at` for the next word and returns the position after it. */
function readMark(scan: Scan, gap: Gap, at: number): number {
  const unit = scan.text.charCodeAt(at);
  switch (unit) {
    case 10:
      breakLine(scan, gap, at);
      return at + 1;
    case 92:
      return readEscape(scan, gap, at);
    case 46: // `.`
    case 64:
    case 45:
    case 95:
    case 47:
      if (unit === 46) gap.stop = true;
      gap.bits |= unit === 45 ? INFO.glue | INFO.comma : INFO.glue;
      return at + 1;
    case 33:
    case 63:
    case 0x3002:
      gap.stop = true;
      return at + 1;
    case 59: // `;`
      gap.hard = true;
      return at + 1;
    case 60:
      readTag(scan, gap, at);
      return at + 1;
    case 58:
      gap.bits |= INFO.colon;
      return at + 1;
    case 34:
    case 39:
    case 96:
      gap.bits |= INFO.quote;
      return at + 1;
    case 62:
      gap.hard = true;
      return at + 1;
    default:
      // Whatever else stands between words may begin a clause: comma, bracket, bullet, dash.
      if (unit >= 0x2018 && unit <= 0x201f) gap.bits |= INFO.quote;
      gap.bits |= INFO.comma;
      return at + 1;
  }
}

/** Scans the whole text; time and memory grow with its length and nothing else. */
export function scanText(text: string, lexicon: Lexicon): Scan {
  const scan = newScan(text);
  const gap: Gap = { bits: INFO.line, stop: false, hard: false, tag: false, lineStart: 0 };
  let at = 0;
  while (at < text.length) {
    const unit = text.charCodeAt(at);
    const kind = unit < 128 ? CLASS[unit] : classOf(unit);
    if (kind === SPACE) at++;
    else if (kind === 0) at = readMark(scan, gap, at);
    else at = readWord(scan, lexicon, gap, at);
  }
  return scan;
}
