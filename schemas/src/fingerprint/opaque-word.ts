/** What one word may be: secret, encoded, identifier, number, or several parts. */
import * as chars from './char-class.ts';
import { decodeLayer } from './decode-layer.ts';
import type { ValueSink } from './fingerprint.ts';
import { documentNumberOf, isPointInTime } from './number-meaning.ts';
import {
  canonicalOpaque,
  isIssuedSecret,
  isLabelledSecret,
  isRandom,
  LABELLED_LENGTH_MAX,
} from './secret.ts';

const TOKEN_LENGTH_MIN = 10;
const TOKEN_LENGTH_MAX = 256;
const TOKEN_DIGITS_MIN = 4;

/** `2026-11-24…`, `20261124T09…`. */
const DATE = /^(?:19|20|21)\d\d(?:-?\d\d){2}(?:[Tt_-]|$)/;

/** `00.123456789Z`. */
const SECONDS = /^\d\d(?:\.\d{1,9})?(?:[Zz]|[+-]\d\d)?$/;

/** Opaque identifiers: ten characters with four digits and a letter, and UUIDs. */
export function isToken(word: string): boolean {
  if (word.length < TOKEN_LENGTH_MIN || word.length > TOKEN_LENGTH_MAX) return false;
  if ((chars.maskOf(word, 0, word.length) & chars.DIGIT) === 0) return false;
  let [digits, letters] = [0, 0];
  for (let i = 0; i < word.length; i++) {
    const code = word.charCodeAt(i);
    if (chars.isDigit(code)) digits++;
    else if (chars.isLetter(code)) letters++;
  }
  return digits >= TOKEN_DIGITS_MIN && letters > 0 && !DATE.test(word) && !SECONDS.test(word);
}

const SLASH = 47;
const DOT = 46;
const PERCENT_SIGN = 37;
export const VALUE_LENGTH_MIN = 7;
export const ENCODED_LENGTH_MIN = 12;
const ACCOUNT_DIGITS_MIN = 9;
const ACCOUNT_DIGITS_MAX = 34;
const SPLITTING = chars.SLASH | chars.DOT | chars.AT | chars.PERCENT | chars.TILDE | chars.PLUS;

function isHexDigit(code: number): boolean {
  const lower = code | 32;
  return chars.isDigit(code) || (lower >= 97 && lower <= 102);
}

/** Also `%22`. */
function opensValue(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  if (code !== PERCENT_SIGN) return chars.isAlnum(code);
  return isHexDigit(text.charCodeAt(at + 1)) && isHexDigit(text.charCodeAt(at + 2));
}

export function withoutMarks(text: string, from: number, to: number): readonly [number, number] {
  let [start, end] = [from, to];
  while (start < end && !opensValue(text, start)) start++;
  while (end > start && !chars.isAlnum(text.charCodeAt(end - 1))) end--;
  return [start, end];
}

function isHidden(word: string, mask: number, sink: ValueSink): boolean {
  if (word.length < ENCODED_LENGTH_MIN) return false;
  if (isIssuedSecret(word)) {
    sink.add('secret', canonicalOpaque(word));
    return true;
  }
  const inside = decodeLayer(word, mask);
  if (inside !== undefined) {
    sink.decoded(inside);
    return true;
  }
  if (!isRandom(word)) return false;
  sink.add('secret', canonicalOpaque(word));
  return true;
}

function isPlain(word: string, mask: number, sink: ValueSink): boolean {
  if ((mask & chars.DIGIT) === 0) return false;
  if ((mask & chars.LETTER) === 0) {
    const isNumber = mask === chars.DIGIT && word.length >= ACCOUNT_DIGITS_MIN;
    const isAccount = isNumber && word.length <= ACCOUNT_DIGITS_MAX && !isPointInTime(word);
    if (isAccount) sink.add('account', word);
    return isNumber;
  }
  const paper = documentNumberOf(word);
  if (paper !== undefined) {
    sink.add('document_number', paper);
    return true;
  }
  // Its parts are the identifiers.
  if ((mask & chars.SLASH) !== 0 || !isToken(word)) return false;
  sink.add('token', canonicalOpaque(word));
  return true;
}

/** Only hidden ones: versions have dots. */
export function inspectDotted(text: string, start: number, end: number, sink: ValueSink): void {
  if (end - start < ENCODED_LENGTH_MIN) return;
  let from = start;
  for (let at = start; at <= end; at++) {
    if (at < end && text.charCodeAt(at) !== DOT) continue;
    if (at - from >= ENCODED_LENGTH_MIN && at - from < end - start) {
      isHidden(text.slice(from, at), chars.maskOf(text, from, at), sink);
    }
    from = at + 1;
  }
}

function inspectPath(text: string, start: number, end: number, sink: ValueSink): void {
  let from = start;
  for (let at = start; at <= end; at++) {
    if (at < end && text.charCodeAt(at) !== SLASH) continue;
    if (at - from >= VALUE_LENGTH_MIN) {
      const mask = chars.maskOf(text, from, at);
      const part = text.slice(from, at);
      const isWhole = at - from === end - start;
      const isDone = !isWhole && (isHidden(part, mask, sink) || isPlain(part, mask, sink));
      if (!isDone && (mask & chars.DOT) !== 0) inspectDotted(text, from, at, sink);
    }
    from = at + 1;
  }
}

export function inspectOpaque(
  text: string,
  { start, end, mask }: { readonly start: number; readonly end: number; readonly mask: number },
  sink: ValueSink,
): void {
  const word = text.slice(start, end);
  if (isHidden(word, mask, sink) || isPlain(word, mask, sink)) return;
  if ((mask & SPLITTING) !== 0) inspectPath(text, start, end, sink);
}

/** Secrets by their name: `password: …`, `Authorization: Bearer …`. */
const SCHEME = /^(?:bearer|basic|token|apikey|dpop) +/i;
const SCHEME_LENGTH_MAX = 12;
const LEAD_MAX = 4;

function isQuote(code: number): boolean {
  return code === 34 || code === 39 || code === 96;
}

function endsValue(code: number): boolean {
  if (!(code > 32) || isQuote(code) || code === 44 || code === 59 || code === 38) return true;
  return code === 60 || code === 62 || code === 41 || code === 93 || code === 125;
}

interface LabelledValue {
  /** Undefined: none. */
  readonly secret: string | undefined;
  readonly end: number;
  /** False: cut at `end`. */
  readonly isEnded: boolean;
}

/** After `:` or `=`. */
export function labelledSecretAt(text: string, from: number): LabelledValue {
  let start = from;
  while (start < from + LEAD_MAX) {
    const code = text.charCodeAt(start);
    if (code !== 32 && !isQuote(code)) break;
    start++;
  }
  const scheme = SCHEME.exec(text.slice(start, start + SCHEME_LENGTH_MAX));
  if (scheme !== null) start += scheme[0].length;
  let end = start;
  while (end - start <= LABELLED_LENGTH_MAX && !endsValue(text.charCodeAt(end))) end++;
  const value = text.slice(start, end);
  const isEnded = end - start <= LABELLED_LENGTH_MAX;
  return { secret: isLabelledSecret(value) ? canonicalOpaque(value) : undefined, end, isEnded };
}
