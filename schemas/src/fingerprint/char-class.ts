/** Character classes as bits; 0 ends a word. */
export const LOWER = 1;
export const UPPER = 2;
export const DIGIT = 4;
/** `-` and `_`. */
export const DASH = 8;
export const DOT = 16;
export const SLASH = 32;
export const PLUS = 64;
export const PERCENT = 128;
export const AT = 256;
export const TILDE = 512;

export const LETTER = LOWER | UPPER;
export const ALNUM = LETTER | DIGIT;

const ASCII_END = 128;
const classes = new Uint16Array(ASCII_END);
for (const [chars, bits] of [
  ['abcdefghijklmnopqrstuvwxyz', LOWER],
  ['ABCDEFGHIJKLMNOPQRSTUVWXYZ', UPPER],
  ['0123456789', DIGIT],
  ['-_', DASH],
  ['.', DOT],
  ['/', SLASH],
  ['+', PLUS],
  ['%', PERCENT],
  ['@', AT],
  ['~', TILDE],
] as const) {
  for (const char of chars) classes[char.charCodeAt(0)] = bits;
}

/** For hot loops. */
export const ASCII_CLASSES: Readonly<Uint16Array> = classes;

function classOf(code: number): number {
  return code < ASCII_END ? (classes[code] ?? 0) : 0;
}

export function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

export function isLetter(code: number): boolean {
  const lower = code | 32;
  return lower >= 97 && lower <= 122;
}

export function isAlnum(code: number): boolean {
  return isDigit(code) || isLetter(code);
}

export function maskOf(text: string, start: number, end: number): number {
  let mask = 0;
  for (let i = start; i < end; i++) mask |= classOf(text.charCodeAt(i));
  return mask;
}
