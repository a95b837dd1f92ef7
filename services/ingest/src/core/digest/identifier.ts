/**
 * Which words name one thing in the world: an address, an account, a card, a document. They are
 * worth following across results and chains, and one of them in a passage and in an argument is much
 * stronger evidence than an ordinary word.
 */

import { rawWord } from './canonical-word.ts';
import { HASH_SEED, hashStep, type Lexicon, slotOf } from './lexicon/compile.ts';
import { CUES } from './lexicon/language.ts';
import { DIGITS_SHIFT, INFO, type Scan } from './scan-text.ts';

const LENGTH_MIN = 10;
const DIGITS_WITH_LETTERS_MIN = 4;
const DIGITS_ALONE_MIN = 9;
/** How many words may stand between "passport" and the number. */
const SECRET_REACH_WORDS = 6;
const SECRET_LENGTH_MIN = 4;
/** A shorter value of a setting is a flag or a number: `TOKEN_LIMIT=4k`. */
const SET_SECRET_LENGTH_MIN = 12;
const NAME_JOINTS = new Set('_-.');
const CARD_DIGITS_MIN = 13;
const CARD_DIGITS_MAX = 19;

/** In capitals: of keys in small letters and digits, one in twenty begins so. Its check digits tell it from a key. */
const ACCOUNT = /^[A-Z]{2}\d{2}[A-Z0-9]{10,30}$/;

const SECRET_CUE = 1 << CUES.indexOf('secret');
/** Common endings of host names; a list, since any `name.ext` would make every file name a host. */
const HOST_ENDINGS = new Set(
  'com org net io dev ai co info biz app edu gov uk de fr eu ch us nl me cloud site online xyz'.split(
    ' ',
  ),
);

function isHost(word: string): boolean {
  const slash = word.indexOf('/');
  const host = slash < 0 ? word : word.slice(0, slash);
  return HOST_ENDINGS.has(host.slice(host.lastIndexOf('.') + 1).toLowerCase());
}

function isDate(word: string): boolean {
  return word.length >= 10 && word[4] === '-' && word[7] === '-' && /^\d{4}-\d\d-\d\d/.test(word);
}

/** Whether the word is worth the questions below: no plain word identifies anything. */
export function mayIdentify(scan: Scan, index: number): boolean {
  const info = scan.info[index] ?? 0;
  return (info & (INFO.joined | INFO.url)) !== 0 || info >>> DIGITS_SHIFT !== 0;
}

/** Whether the word at `index` identifies something. */
export function isIdentifier(scan: Scan, index: number): boolean {
  if (!mayIdentify(scan, index)) return false;
  const info = scan.info[index] ?? 0;
  const digits = (info >>> DIGITS_SHIFT) & 255;
  if ((info & INFO.at) !== 0 || (info & INFO.url) !== 0) return true;
  if (digits >= DIGITS_ALONE_MIN) return !isDate(rawWord(scan, index));
  const length = (scan.end[index] ?? 0) - (scan.start[index] ?? 0);
  if ((info & INFO.letter) === 0) return false;
  if (length >= LENGTH_MIN && digits >= DIGITS_WITH_LETTERS_MIN) {
    return !isDate(rawWord(scan, index));
  }
  return (info & INFO.joined) !== 0 && isHost(rawWord(scan, index));
}

function isSecretName(hash: number, lexicon: Lexicon): boolean {
  const slot = slotOf(lexicon, hash);
  return slot >= 0 && ((lexicon.cues[slot] ?? 0) & SECRET_CUE) !== 0;
}

/** Whether the name before the word is that of a secret which is set to it: `SERVICE_ACCESS_KEY=…`. */
export function isSetSecret(scan: Scan, lexicon: Lexicon, index: number): boolean {
  const length = (scan.end[index] ?? 0) - (scan.start[index] ?? 0);
  if (index === 0 || length < SET_SECRET_LENGTH_MIN) return false;
  const info = scan.info[index] ?? 0;
  if (info >>> DIGITS_SHIFT === 0 || (info & INFO.letter) === 0) return false;
  if ((info & (INFO.at | INFO.url)) !== 0) return false;
  if (scan.text.charCodeAt(scan.end[index - 1] ?? 0) !== 61) return false;
  let hash = HASH_SEED;
  for (const unit of rawWord(scan, index - 1).toLowerCase()) {
    if (!NAME_JOINTS.has(unit)) hash = hashStep(hash, unit.charCodeAt(0));
    else if (isSecretName(hash, lexicon)) return true;
    else hash = HASH_SEED;
  }
  return isSecretName(hash, lexicon);
}

/** Whether the check digits of an IBAN are right: of other words that look like one, one in 97 passes. */
function hasCheckDigits(account: string): boolean {
  let rest = 0;
  for (const unit of account.slice(4) + account.slice(0, 4)) {
    const value = Number.parseInt(unit, 36);
    rest = (rest * (value < 10 ? 10 : 100) + value) % 97;
  }
  return rest === 1;
}

/**
 * Whether the word is a bank account as banks print it (IBAN). It says where money goes and opens nothing, and
 * every bill and order bears one. A key in capitals that merely begins like one is none.
 */
export function isAccount(scan: Scan, index: number): boolean {
  const word = rawWord(scan, index);
  return ACCOUNT.test(word) && hasCheckDigits(word);
}

/** Whether the word is shaped like a secret: a card or bank account, or a code after its name. */
export function isSecret(scan: Scan, lexicon: Lexicon, index: number): boolean {
  const info = scan.info[index] ?? 0;
  const digits = (info >>> DIGITS_SHIFT) & 255;
  const length = (scan.end[index] ?? 0) - (scan.start[index] ?? 0);
  if (digits === 0 || length < SECRET_LENGTH_MIN) return false;
  if ((info & (INFO.at | INFO.url)) !== 0) return false;
  const word = rawWord(scan, index);
  if (isDate(word)) return false;
  if (isSetSecret(scan, lexicon, index)) return true;
  if ((info & INFO.letter) === 0 && digits >= CARD_DIGITS_MIN && digits <= CARD_DIGITS_MAX)
    return true;
  if (/^[a-z]{2}\d{2}[a-z0-9]{10,30}$/i.test(word)) return true;
  for (let i = index - 1; i >= 0 && i >= index - SECRET_REACH_WORDS; i--) {
    const slot = scan.slot[i] ?? -1;
    if (slot >= 0 && ((lexicon.cues[slot] ?? 0) & SECRET_CUE) !== 0) {
      return (info & INFO.letter) !== 0 || (digits === length && length <= 8);
    }
  }
  return false;
}
