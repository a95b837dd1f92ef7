/**
 * The form in which two spellings of one word compare equal, before it is hashed.
 *
 * Ordinary words are stemmed by suffix (a light stemmer; a full one buys nothing when both sides are
 * cut alike). Dates become day and month, since "the 13th of May" and 2024-05-13 are one date.
 * Everything with inner marks (addresses, ids, file names) is squashed to its letters and digits, so
 * that "x at y dot z" can be squashed to the same form; the loss of marks costs nothing measurable.
 */
import type { Lexicon } from './lexicon/compile.ts';
import { WORD } from './lexicon/compile.ts';
import { TOKEN_LENGTH_MAX } from './limits.ts';
import { unmasked } from './masked-word.ts';
import { DIGITS_SHIFT, INFO, type Scan } from './scan-text.ts';

const STEM_LENGTH_MIN = 3;

function isDigits(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 48 || unit > 57) return false;
  }
  return text !== '';
}

/** Whatever is neither letter nor digit; one class and one `+`, so linear on any text. */
const MARKS = /[^a-z0-9\u00c0-\uffff]+/g;

/** Letters and digits only, lower case. */
export function squash(text: string): string {
  return text.toLowerCase().replace(MARKS, '');
}

function stem(word: string, lexicon: Lexicon): string {
  // Most words end in no suffix at all; the last letter tells, without a comparison for each.
  const suffixes = lexicon.suffixes.get(word.charCodeAt(word.length - 1));
  if (suffixes !== undefined) {
    for (const [ending, replacement] of suffixes) {
      if (word.length - ending.length < STEM_LENGTH_MIN || !word.endsWith(ending)) continue;
      if (ending === 's' && word.endsWith('ss')) continue;
      const cut = word.slice(0, word.length - ending.length) + replacement;
      // "submitting" and "submit" meet when a doubled consonant is halved.
      const last = cut.length - 1;
      const doubled = ending !== 's' && ending !== 'e' && cut[last] === cut[last - 1];
      const bare = doubled ? cut.slice(0, last) : cut;
      return bare.endsWith('e') && bare.length > STEM_LENGTH_MIN ? bare.slice(0, -1) : bare;
    }
  }
  return word;
}

/** `2024-05-13` and `2024-05-13T10:20` as day and month; undefined if it is no such date. */
function isoDate(word: string): readonly string[] | undefined {
  if (word.length < 10 || word[4] !== '-' || word[7] !== '-') return undefined;
  const month = word.slice(5, 7);
  const day = word.slice(8, 10);
  if (!isDigits(word.slice(0, 4)) || !isDigits(month) || !isDigits(day)) return undefined;
  if (word.length > 10 && isDigits(word[10] ?? '')) return undefined;
  const rest = squash(word.slice(11));
  const date = [`#d${Number(day)}`, `#m${Number(month)}`];
  return rest === '' ? date : [...date, rest];
}

/** "13th": the number, if an ordinal ending follows it. */
function ordinal(word: string, lexicon: Lexicon): number | undefined {
  if (word.length > 4) return undefined;
  for (const language of lexicon.languages) {
    for (const ending of language.ordinals) {
      const number = word.slice(0, word.length - ending.length);
      if (word.endsWith(ending) && isDigits(number)) return Number(number);
    }
  }
  return undefined;
}

function isMonth(scan: Scan, lexicon: Lexicon, index: number): boolean {
  if (index < 0 || index >= scan.words) return false;
  const slot = scan.slot[index] ?? -1;
  return slot >= 0 && ((lexicon.kinds[slot] ?? 0) & WORD.month) !== 0;
}

function canonicalNumber(word: string): string {
  const point = word.indexOf('.');
  if (point < 0) return word.length > 1 && word[0] === '0' ? word.replace(/^0+(?=\d)/, '') : word;
  let end = word.length;
  while (word[end - 1] === '0') end--;
  return word.slice(0, end - 1 === point ? point : end);
}

/** The word as it was written, cut to what is worth hashing. */
export function rawWord(scan: Scan, index: number): string {
  const from = scan.start[index] ?? 0;
  return scan.text.slice(from, Math.min(scan.end[index] ?? from, from + TOKEN_LENGTH_MAX));
}

/** An address without its scheme, `www.` and last slash. */
function bareAddress(word: string): string {
  const scheme = word.indexOf('://');
  const rest = scheme < 0 ? word : word.slice(scheme + 3);
  return rest.startsWith('www.') ? rest.slice(4) : rest;
}

/** Whether the word carries meaning: no stop word, and long enough or with a digit. */
export function isSalient(scan: Scan, lexicon: Lexicon, index: number): boolean {
  const slot = scan.slot[index] ?? -1;
  if (slot >= 0 && ((lexicon.kinds[slot] ?? 0) & WORD.stop) !== 0) return false;
  const info = scan.info[index] ?? 0;
  if (info >>> DIGITS_SHIFT > 0) return true;
  return (scan.end[index] ?? 0) - (scan.start[index] ?? 0) >= 3;
}

/** The canonical forms of a salient word: one, or day and month of a date. */
export function canonicalWord(scan: Scan, lexicon: Lexicon, index: number): readonly string[] {
  const info = scan.info[index] ?? 0;
  const word = rawWord(scan, index).toLowerCase();
  if ((info & INFO.joined) !== 0) {
    const date = isoDate(word);
    if (date !== undefined) return date;
    if (
      (info & INFO.letter) === 0 &&
      word.split('.').length === 2 &&
      squash(word).length === word.length - 1
    ) {
      return [canonicalNumber(word)];
    }
    return [squash(bareAddress(word))];
  }
  if (info >>> DIGITS_SHIFT > 0) {
    const day = (info & INFO.letter) !== 0 ? ordinal(word, lexicon) : undefined;
    if (day !== undefined) return [`#d${day}`];
    if ((info & INFO.letter) !== 0) {
      const isMasked = (scan.slot[index] ?? -1) >= 0;
      return [isMasked ? stem(unmasked(word, lexicon), lexicon) : word];
    }
    const beside = isMonth(scan, lexicon, index - 1) || isMonth(scan, lexicon, index + 1);
    return [word.length <= 2 && beside ? `#d${Number(word)}` : canonicalNumber(word)];
  }
  if (isMonth(scan, lexicon, index)) {
    return [`#m${lexicon.months[scan.slot[index] ?? 0] ?? 0}`];
  }
  if ((info & INFO.wide) !== 0) return [stem(squash(word), lexicon)];
  return [stem(word.includes("'") ? word.replaceAll("'", '') : word, lexicon)];
}

/** The words inside a joined word that is no address ("packing-list.docx"), for the reading side. */
export function innerWords(scan: Scan, lexicon: Lexicon, index: number): readonly string[] {
  const info = scan.info[index] ?? 0;
  if ((info & INFO.joined) === 0 || (info & (INFO.at | INFO.url)) !== 0) return [];
  if ((info & INFO.letter) === 0) return [];
  const parts = rawWord(scan, index)
    .toLowerCase()
    .split(/[-_./:+]/);
  return parts.filter((part) => part.length >= 3).map((part) => stem(part, lexicon));
}

/** The form in which an identifier is hashed, the same for results, arguments and requests. */
export function identifierForm(scan: Scan, lexicon: Lexicon, index: number): string {
  return canonicalWord(scan, lexicon, index)[0] ?? squash(rawWord(scan, index));
}
