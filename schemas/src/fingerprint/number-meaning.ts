/** What a run of digits is. */

import { isAlnum, isDigit } from './char-class.ts';
import type { ValueSink } from './fingerprint.ts';

/** Passports, identity cards. */
const PASSPORT = /^[A-Za-z]{1,3}\d{6,9}[A-Za-z]?$/;
const DOCUMENT_LENGTH_MIN = 7;
const DOCUMENT_LENGTH_MAX = 13;

/** Upper-case. */
export function documentNumberOf(word: string): string | undefined {
  if (
    word.length < DOCUMENT_LENGTH_MIN ||
    word.length > DOCUMENT_LENGTH_MAX ||
    !PASSPORT.test(word)
  )
    return undefined;
  return word.toUpperCase();
}

/** US, as 123-45-6789. */
export function socialSecurityOf(run: NumberRun): string | undefined {
  const [area, group, serial] = run.groups;
  const isGrouped = area?.length === 3 && group?.length === 2 && serial?.length === 4;
  return run.groups.length === 3 && isGrouped ? run.groups.join('') : undefined;
}

const PHONE_DIGITS_MIN = 7;
const PHONE_DIGITS_MAX = 15;

/** E.164, without the prefix `+`, `00`. */
export function phoneOf(run: NumberRun): string | undefined {
  if (!run.isDialled) return undefined;
  const digits = run.groups.join('').replace(/^00/, '');
  return digits.length >= PHONE_DIGITS_MIN && digits.length <= PHONE_DIGITS_MAX
    ? digits
    : undefined;
}

const ACCOUNT_DIGITS_MIN = 9;
const ACCOUNT_DIGITS_MAX = 34;
const GROUP_MIN = 3;
const GROUP_MAX = 6;

function isLong(digits: string): boolean {
  return digits.length >= ACCOUNT_DIGITS_MIN && digits.length <= ACCOUNT_DIGITS_MAX;
}

/** One chunked number, or every long group. */
export function accountsOf(run: NumberRun): readonly string[] {
  const { groups } = run;
  const isChunked = groups.every(
    (g, at) => g.length <= GROUP_MAX && g.length >= (at === groups.length - 1 ? 2 : GROUP_MIN),
  );
  if (groups.length > 1 && isChunked) {
    const digits = groups.join('');
    return isLong(digits) ? [digits] : [];
  }
  return groups.filter(isLong);
}

function isNamed({ end }: NumberRun, text: string, start: number, { field }: ValueSink): boolean {
  if (namesNumber(leadBefore(text, start))) return true;
  return end - start === text.trim().length && namesNumber(field);
}

export function addNumbers(run: NumberRun, text: string, start: number, sink: ValueSink): void {
  const social = socialSecurityOf(run);
  if (social !== undefined) {
    sink.add('document_number', social);
    return;
  }
  const phone = phoneOf(run);
  if (phone !== undefined) {
    sink.add('phone', phone);
    return;
  }
  for (const account of accountsOf(run)) {
    // Nobody chunks times.
    const isTime = run.groups.includes(account) && isPointInTime(account);
    if (!isTime || isNamed(run, text, start, sink)) sink.add('account', account);
  }
}

/** Runs of digits as people write them; grouping tells phones, accounts and papers apart. */
interface NumberRun {
  readonly groups: readonly string[];
  readonly isDialled: boolean;
  /** After the last digit or bracket. */
  readonly end: number;
}

const DIGITS_MAX = 40;
const SPACE = 32;
const DASH = 45;
const DOT = 46;
const SLASH = 47;
const OPEN = 40;
const CLOSE = 41;
const PLUS = 43;

function isSeparator(code: number, isDialled: boolean): boolean {
  if (code === SPACE || code === DASH) return true;
  return isDialled && (code === DOT || code === SLASH || code === OPEN || code === CLOSE);
}

/** -1: none. */
function nextDigit(text: string, from: number, isDialled: boolean): number {
  const stepsMax = isDialled ? 3 : 1;
  for (let at = from; at <= from + stepsMax; at++) {
    const code = text.charCodeAt(at);
    if (isDigit(code)) return at === from ? -1 : at;
    if (!isSeparator(code, isDialled)) return -1;
  }
  return -1;
}

/** Part of a word, decimal or time. */
function runsOn(text: string, end: number): boolean {
  const code = text.charCodeAt(end);
  if (isAlnum(code) || code === 95 || code === 64 || code === 37) return true;
  const joins = code === DOT || code === 44 || code === 58 || code === SLASH || code === DASH;
  return joins && isAlnum(text.charCodeAt(end + 1));
}

function closesAreaCode(text: string, group: string, end: number): boolean {
  return group.length >= 2 && group.length <= 5 && text.charCodeAt(end) === CLOSE;
}

/** Undefined: part of a word. */
export function numberRunAt(text: string, start: number): NumberRun | undefined {
  const first = text.charCodeAt(start);
  const isDialled =
    first === PLUS || first === OPEN || (first === 48 && text.charCodeAt(start + 1) === 48);
  let at = first === PLUS || first === OPEN ? start + 1 : start;
  if (first === PLUS && text.charCodeAt(at) === OPEN) at++;
  const groups: string[] = [];
  let total = 0;
  let end = at;
  while (at !== -1 && total <= DIGITS_MAX) {
    let to = at;
    while (isDigit(text.charCodeAt(to))) to++;
    if (to === at) return undefined;
    const group = text.slice(at, to);
    // An area code only.
    if (first === OPEN && groups.length === 0 && !closesAreaCode(text, group, to)) return undefined;
    total += group.length;
    const isTrunkZero = group === '0' && groups.length > 0 && text.charCodeAt(to) === CLOSE;
    if (!isTrunkZero) groups.push(group);
    end = to;
    at = nextDigit(text, to, isDialled);
  }
  // Rereading would be quadratic.
  if (total <= DIGITS_MAX && runsOn(text, end)) return undefined;
  return { groups, isDialled, end };
}

const SINCE_1970 = /^1[1-9]\d{8}(?:\d{3}){0,3}$/;
/** `20261005093011`. */
const WRITTEN_OUT =
  /^20[0-3]\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:[01]\d|2[0-3])[0-5]\d(?:[0-5]\d(?:\d{3})?)?$/;

/** Digits that read as a time from 2004 to 2033, unless named a number. */
export function isPointInTime(digits: string): boolean {
  return SINCE_1970.test(digits) || WRITTEN_OUT.test(digits);
}

const NAMING: ReadonlySet<string> = new Set(
  (
    'account acct iban bban konto card pan payee payer recipient beneficiary creditor debtor customer ' +
    'client member patient policy phone mobile tel fax id uid number num no nr ref reference'
  ).split(' '),
);
/** `account_updated_at`. */
const TIMES: ReadonlySet<string> = new Set(
  (
    'at on of on time times timestamp timestamps date stamp ts since until before after from till ' +
    'expires expiry created updated modified changed seen epoch'
  ).split(' '),
);
const WORDS_MAX = 4;
const LEAD_LENGTH_MAX = 48;
const DIVIDER = /[,;{}[\]|<>\n\t]/;

function wordsOf(name: string): readonly string[] {
  const apart = name.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
  return apart.split(/[^a-z]+/).filter((word) => word !== '');
}

function isNaming(word: string): boolean {
  return NAMING.has(word) || (word.endsWith('s') && NAMING.has(word.slice(0, -1)));
}

function namesNumber(name: string): boolean {
  const words = wordsOf(name).slice(-WORDS_MAX);
  return !TIMES.has(words.at(-1) ?? '') && words.some(isNaming);
}

function leadBefore(text: string, at: number): string {
  const lead = text.slice(Math.max(0, at - LEAD_LENGTH_MAX), at);
  return lead.split(DIVIDER).at(-1) ?? '';
}
