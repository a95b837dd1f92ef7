/** Encoded layers in a word: percent, hex, base64. Only text counts. */
import { DASH, DIGIT, isAlnum, LETTER, LOWER, PERCENT, PLUS, SLASH, UPPER } from './char-class.ts';

const BASE64_LENGTH_MIN = 12;
const HEX_LENGTH_MIN = 16;
/** The rest is not read. A multiple of four. */
export const ENCODED_LENGTH_MAX = 262_144;

function sextet(code: number): number {
  if (code >= 97) return code - 71;
  if (code >= 65) return code === 95 ? 63 : code - 65;
  if (code >= 48) return code + 4;
  return code === 43 || code === 45 ? 62 : 63;
}

function isTextByte(byte: number): boolean {
  return byte >= 32 ? byte !== 127 : byte === 9 || byte === 10 || byte === 13;
}

/** Random data passes once in a few hundred. */
function startsLikeText(text: string, start: number): boolean {
  for (let at = start; at < start + BASE64_LENGTH_MIN; at += 4) {
    const bits =
      (sextet(text.charCodeAt(at)) << 18) |
      (sextet(text.charCodeAt(at + 1)) << 12) |
      (sextet(text.charCodeAt(at + 2)) << 6) |
      sextet(text.charCodeAt(at + 3));
    for (const shift of [16, 8, 0]) {
      const byte = (bits >> shift) & 255;
      if (!isTextByte(byte)) return false;
    }
  }
  return true;
}

/** Else undefined. */
function textOf(bytes: Buffer): string | undefined {
  const text = bytes.toString('utf8');
  let odd = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (!isTextByte(code)) return undefined;
    // Half a character at the cut.
    if (code === 0xfffd && ++odd > 1) return undefined;
  }
  return text;
}

function fromHex(word: string): string | undefined {
  if (word.length < HEX_LENGTH_MIN || word.length % 2 !== 0) return undefined;
  if (!/^(?:0x)?[0-9a-fA-F]+$/.test(word)) return undefined;
  return textOf(Buffer.from(word.startsWith('0x') ? word.slice(2) : word, 'hex'));
}

function fromPercent(word: string): string | undefined {
  return /%[0-9a-fA-F]{2}/.test(word) ? percentDecoded(word) : undefined;
}

export function percentDecoded(word: string): string {
  try {
    return decodeURIComponent(word);
  } catch {
    return fromBrokenPercent(word);
  }
}

const PERCENT_SIGN = 37;

function fromBrokenPercent(word: string): string {
  const bytes = Buffer.alloc(word.length);
  let length = 0;
  for (let at = 0; at < word.length; at++) {
    const code = word.charCodeAt(at);
    const byte = code === PERCENT_SIGN ? Number.parseInt(word.slice(at + 1, at + 3), 16) : code;
    if (code === PERCENT_SIGN && byte >= 16) at += 2;
    bytes[length++] = byte >= 16 ? byte : code;
  }
  return bytes.toString('utf8', 0, length);
}

const BASE64_MASK = LETTER | DIGIT | DASH | PLUS | SLASH;

/** Undefined: not encoded. */
export function decodeLayer(word: string, mask: number): string | undefined {
  if ((mask & PERCENT) !== 0) return fromPercent(word);
  if (word.length < BASE64_LENGTH_MIN || (mask & ~BASE64_MASK) !== 0) return undefined;
  // A plain word.
  if ((mask & DIGIT) === 0 && ((mask & LOWER) === 0 || (mask & UPPER) === 0)) return undefined;
  const hex = fromHex(word);
  if (hex !== undefined) return hex;
  if (!startsLikeText(word, 0)) return undefined;
  const encoded = word.length > ENCODED_LENGTH_MAX ? word.slice(0, ENCODED_LENGTH_MAX) : word;
  // Also the URL alphabet.
  return textOf(Buffer.from(encoded, 'base64'));
}

function isBase64(code: number): boolean {
  return isAlnum(code) || code === 43 || code === 47;
}

export function joinWrapped(
  text: string,
  start: number,
  end: number,
): { word: string; end: number } | undefined {
  const width = end - start;
  if (width < 60 || width > 76 || width % 4 !== 0) return undefined;
  let word = text.slice(start, end);
  let at = end;
  while (word.length < ENCODED_LENGTH_MAX) {
    const lineStart = text.charCodeAt(at) === 13 ? at + 2 : at + 1;
    if (text.charCodeAt(lineStart - 1) !== 10) break;
    let to = lineStart;
    while (to < lineStart + width && isBase64(text.charCodeAt(to))) to++;
    if (to === lineStart) break;
    word += text.slice(lineStart, to);
    at = to;
    if (to - lineStart < width) break;
  }
  return at === end ? undefined : { word, end: at };
}
