/** What looks like a secret: issuer's prefix, form (JWT, PEM), label, or randomness. */
import { DIGIT, isAlnum, isLetter, LOWER, maskOf, UPPER } from './char-class.ts';

/** With the shortest key length. */
const PREFIXES: readonly (readonly [prefix: string, lengthMin: number])[] = [
  ['ghp_', 36],
  ['gho_', 36],
  ['ghu_', 36],
  ['ghs_', 36],
  ['ghr_', 36],
  ['github_pat_', 40],
  ['glpat-', 20],
  ['xoxa-', 20],
  ['xoxb-', 20],
  ['xoxe-', 20],
  ['xoxp-', 20],
  ['xoxr-', 20],
  ['xoxs-', 20],
  ['xapp-', 20],
  ['sk-', 20],
  ['sk_live_', 20],
  ['sk_test_', 20],
  ['rk_live_', 20],
  ['whsec_', 20],
  ['AIza', 39],
  ['ya29.', 20],
  ['GOCSPX-', 20],
  ['npm_', 36],
  ['pypi-', 40],
  ['SG.', 40],
  ['hf_', 30],
  ['hvs.', 20],
  ['hvb.', 20],
  ['dop_v1_', 40],
  ['dckr_pat_', 24],
  ['shpat_', 32],
  ['shpss_', 32],
  ['lin_api_', 32],
  ['nvapi-', 40],
  ['gsk_', 40],
  ['xai-', 40],
  ['tskey-', 20],
  ['key-', 36],
  ['AGE-SECRET-KEY-', 50],
];
const byFirst = new Map<number, (readonly [string, number])[]>();
for (const entry of PREFIXES) {
  const first = entry[0].charCodeAt(0);
  byFirst.set(first, [...(byFirst.get(first) ?? []), entry]);
}

const AWS_KEY_LENGTH = 20;
const AWS_KEY = /^A[KS]IA[A-Z2-7]{16}$/;
const JWT_LENGTH_MIN = 40;

/** The header begins `{"`. */
function isJwt(word: string): boolean {
  if (word.length < JWT_LENGTH_MIN || !word.startsWith('eyJ')) return false;
  const first = word.indexOf('.');
  const second = word.indexOf('.', first + 1);
  return first > 0 && second > first + 1 && word.indexOf('.', second + 1) === -1;
}

export function isIssuedSecret(word: string): boolean {
  if (word.length === AWS_KEY_LENGTH && AWS_KEY.test(word)) return true;
  if (isJwt(word)) return true;
  const entries = byFirst.get(word.charCodeAt(0));
  if (entries === undefined) return false;
  return entries.some(([prefix, min]) => word.length >= min && word.startsWith(prefix));
}

const RANDOM_LENGTH_MIN = 20;
const RANDOM_LENGTH_MAX = 256;
/** Two classes say less than three. */
const TWO_CLASS_LENGTH_MIN = 32;
const LONG_RUN = 3;

interface Counts {
  readonly transitions: number;
  readonly punctuation: number;
  readonly inLongRuns: number;
  readonly digits: number;
}

function count(word: string): Counts {
  let [transitions, punctuation, inLongRuns, digits, run, previous] = [0, 0, 0, 0, 0, 0];
  for (let i = 0; i <= word.length; i++) {
    const kind = i === word.length ? 0 : maskOf(word, i, i + 1);
    if (kind !== previous) transitions++;
    if (kind === LOWER) run++;
    else {
      if (run >= LONG_RUN) inLongRuns += run;
      run = 0;
    }
    if (kind === DIGIT) digits++;
    else if (i < word.length && kind !== LOWER && kind !== UPPER) punctuation++;
    previous = kind;
  }
  return { transitions: transitions - 2, punctuation, inLongRuns, digits };
}

const HEX = /^[0-9a-fA-F-]+$/;

/** Not hexadecimal: hashes and ids look alike. */
export function isRandom(word: string): boolean {
  const length = word.length;
  if (length < RANDOM_LENGTH_MIN || length > RANDOM_LENGTH_MAX) return false;
  const mask = maskOf(word, 0, length);
  if ((mask & DIGIT) === 0 || HEX.test(word)) return false;
  const { transitions, punctuation, inLongRuns, digits } = count(word);
  if (punctuation * 6 > length) return false;
  if ((mask & LOWER) !== 0 && (mask & UPPER) !== 0) {
    return transitions * 10 >= length * 3 && inLongRuns * 20 <= length * 9;
  }
  if (length < TWO_CLASS_LENGTH_MIN || punctuation > 0) return false;
  return digits >= 4 && transitions * 4 >= length;
}

/** Page cursors are called tokens too. */
const LABEL =
  /(?:pass(?:word|wd|phrase)?|pwd|secret|(?:api|access|private|secret|account|auth)[_-]?key|apikey|token|credentials?|authorization|cookie)$/i;
const NO_SECRET =
  /(?:next|page|continuation|sync|cursor|max|min|num|total|prompt|completion)[_-]?tokens?$/i;
const LABEL_LENGTH_MAX = 32;
/** Dismisses nearly every other word. */
const LABEL_ENDS: ReadonlySet<number> = new Set([...'sdetyln'].map((c) => c.charCodeAt(0)));

export function isSecretLabel(text: string, start: number, end: number): boolean {
  if (end - start < 3 || !LABEL_ENDS.has(text.charCodeAt(end - 1) | 32)) return false;
  const label = text.slice(Math.max(start, end - LABEL_LENGTH_MAX), end);
  return LABEL.test(label) && !NO_SECRET.test(label);
}

const LABELLED_LENGTH_MIN = 6;
export const LABELLED_LENGTH_MAX = 512;

/** "password: required" names none. */
export function isLabelledSecret(text: string): boolean {
  if (text.length < LABELLED_LENGTH_MIN || text.length > LABELLED_LENGTH_MAX) return false;
  const first = text.charCodeAt(0);
  // `$VAR`, `{{var}}`, `<your key>`, `****`.
  if (first === 36 || first === 123 || first === 60 || first === 42) return false;
  let isTelling = false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code <= 32) return false;
    // `-./:_` join names, paths and addresses.
    const joins = (code >= 45 && code <= 47) || code === 58 || code === 95;
    if (!isLetter(code) && !joins) isTelling = true;
  }
  return isTelling && !text.includes('://');
}

/** Placeholders. */
export function canonicalOpaque(text: string): string {
  let [from, to] = [0, text.length];
  while (from < to && !isAlnum(text.charCodeAt(from))) from++;
  while (to > from && !isAlnum(text.charCodeAt(to - 1))) to--;
  const opaque = text.slice(from, to);
  return HEX.test(opaque) ? opaque.toLowerCase() : opaque;
}

/** Without its scheme (RFC 6750). */
export function canonicalCredential(presented: string): string {
  return canonicalOpaque(presented.trim().replace(/^(?:bearer|basic|token|apikey|dpop) +/i, ''));
}

export interface Pem {
  /** Without quotes and padding, hexadecimal in small letters. */
  readonly body: string;
  readonly isPrivateKey: boolean;
  readonly end: number;
}

/** An RSA key of 8,192 bits has 6,400 characters. */
const PEM_LENGTH_MAX = 8192;
const PEM_LABEL_LENGTH_MAX = 64;
/** Else it is text to be read. */
const PEM_BODY = /^\s+[A-Za-z0-9+/=\s]+$/;
const PEM_BODY_LENGTH_MIN = 64;

export const PEM_HEAD = '-----BEGIN ';
export const PEM_FOOT = '-----END ';

/** RFC 7468. */
export function pemBetween(text: string, start: number, foot: number): Pem | undefined {
  if (foot - start > PEM_LENGTH_MAX) return undefined;
  const label = text.slice(start + PEM_HEAD.length, start + PEM_HEAD.length + PEM_LABEL_LENGTH_MAX);
  const labelEnd = label.indexOf('-----');
  if (labelEnd === -1) return undefined;
  const content = text.slice(start + PEM_HEAD.length + labelEnd + 5, foot);
  if (content.length < PEM_BODY_LENGTH_MIN || !PEM_BODY.test(content)) return undefined;
  const isPrivateKey = label.slice(0, labelEnd).includes('PRIVATE KEY');
  return { body: content.replace(/[\s=]+/g, ''), isPrivateKey, end: foot };
}
