/** What a run of digits is. */
import type { NumberRun } from './number-run.ts';
import { isPointInTime, leadBefore, namesNumber } from './point-in-time.ts';
import type { ValueSink } from './value-kind.ts';

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
