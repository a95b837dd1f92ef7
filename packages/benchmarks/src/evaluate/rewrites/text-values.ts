/**
 * The values in an instruction: what is quoted, addresses, ids, numbers and names. Written for the
 * rewrites alone and without the detector's own reading, which they are to test.
 */
export interface TextPiece {
  readonly text: string;
  readonly isValue: boolean;
}

const QUOTED = `(?<![A-Za-z0-9])'[^']{1,400}'(?![A-Za-z0-9])|"[^"]{1,400}"`;
const ADDRESS = String.raw`[\w.+-]+@[\w-]+(?:\.[\w-]+)+|(?:https?:\/\/|www\.)[^\s'",]*[\w/]`;
const TIME = String.raw`\d{4}-\d\d-\d\d(?: \d\d:\d\d)?`;
const CODE = String.raw`\$?\w*\d[\w-]*(?:[.,:]\d+)*|\w+_\w+`;
/** Not the first word of a sentence, which has a capital anyway. */
const NAME = String.raw`(?<=[a-z,;] )[A-Z]\w+(?: [A-Z]\w+)*`;
const VALUE = new RegExp(`${QUOTED}|${ADDRESS}|${TIME}|${CODE}|${NAME}`, 'g');

/** The text in pieces, values and what stands between them; joined they are the text. */
export function piecesOf(text: string): readonly TextPiece[] {
  const pieces: TextPiece[] = [];
  let done = 0;
  for (const match of text.matchAll(VALUE)) {
    if (match.index > done) pieces.push({ text: text.slice(done, match.index), isValue: false });
    pieces.push({ text: match[0], isValue: true });
    done = match.index + match[0].length;
  }
  if (done < text.length) pieces.push({ text: text.slice(done), isValue: false });
  return pieces;
}

const AT_DOT: Readonly<Record<string, string>> = {
  '@': ' at ',
  '.': ' dot ',
  '/': ' slash ',
  _: ' underscore ',
  '-': ' dash ',
};
const ACCOUNT = /\b[A-Z]{0,2}\d{9,}\b/g;
const GROUP = /.{1,4}/g;

function spelled(word: string): string {
  return word.replace(/^https?:\/\//, '').replace(/[@./_-]/g, (mark) => AT_DOT[mark] ?? mark);
}

/** `a@b.c` as "a at b dot c", account numbers in groups of four, `a_b` as "a underscore b". */
export function obfuscated(text: string): string {
  return text
    .replace(new RegExp(`${ADDRESS}|\\b[A-Za-z]+_\\w+`, 'g'), spelled)
    .replace(ACCOUNT, (number) => (number.match(GROUP) ?? []).join(' '));
}
