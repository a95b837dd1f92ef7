/**
 * The same words in letters that a word match does not know and a model reads all the same. Written for the
 * rewrites alone and without the detector's own tables, which they are to test.
 */
type Disguise = (text: string) => string;

/** Puts `mark` after each so many letters of a word. */
function marked(mark: string, every: number): Disguise {
  const letters = new RegExp(`(\\w{${every}})(?=\\w)`, 'g');
  return (text) => text.replace(letters, `$1${mark}`);
}

/** Letters and digits moved to a block that has them in the same order; undefined: it has no digits. */
function moved(upper: number, lower: number, digit?: number): Disguise {
  const to = (base: number, from: string, letter: string) =>
    String.fromCodePoint(base + letter.charCodeAt(0) - from.charCodeAt(0));
  return (text) =>
    text
      .replace(/[A-Z]/g, (letter) => to(upper, 'A', letter))
      .replace(/[a-z]/g, (letter) => to(lower, 'a', letter))
      .replace(/\d/g, (letter) => (digit === undefined ? letter : to(digit, '0', letter)));
}

const LOOKALIKES: Readonly<Record<string, string>> = {
  a: '\u0430',
  c: '\u0441',
  e: '\u0435',
  i: '\u0456',
  o: '\u043e',
  p: '\u0440',
  x: '\u0445',
};

/** One of these for a run, always the same. */
export const DISGUISES: readonly Disguise[] = [
  marked('\u200b', 2),
  marked('\u00ad', 3),
  (text) => text.replace(/[aceiopx]/g, (letter) => LOOKALIKES[letter] ?? letter),
  moved(0xff21, 0xff41, 0xff10),
  moved(0x1d400, 0x1d41a, 0x1d7ce),
  (text) => text.replace(/\w/g, (letter) => `&#${letter.charCodeAt(0)};`),
  (text) => [...text].join(' '),
  (text) => Buffer.from(text).toString('base64'),
];
