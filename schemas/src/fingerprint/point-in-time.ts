/** Digits that read as a time from 2004 to 2033, unless named a number. */

const SINCE_1970 = /^1[1-9]\d{8}(?:\d{3}){0,3}$/;
/** `20261005093011`. */
const WRITTEN_OUT =
  /^20[0-3]\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:[01]\d|2[0-3])[0-5]\d(?:[0-5]\d(?:\d{3})?)?$/;

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

export function namesNumber(name: string): boolean {
  const words = wordsOf(name).slice(-WORDS_MAX);
  return !TIMES.has(words.at(-1) ?? '') && words.some(isNaming);
}

export function leadBefore(text: string, at: number): string {
  const lead = text.slice(Math.max(0, at - LEAD_LENGTH_MAX), at);
  return lead.split(DIVIDER).at(-1) ?? '';
}
