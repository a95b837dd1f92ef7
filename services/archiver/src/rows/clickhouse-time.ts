/**
 * RFC 3339 text to `DateTime64(9, 'UTC')` text, to the nanosecond. Total, as attackers choose
 * timestamps: out of range goes to the edge, no time to the epoch; `raw` keeps the text.
 */

/** Int64 nanoseconds end at 2262-04-11 23:47:16; DateTime64 begins in 1900. */
const EARLIEST = '1900-01-01 00:00:00.000000000';
const LATEST = '2262-04-11 23:47:16.000000000';
export const EPOCH = '1970-01-01 00:00:00.000000000';
const FRACTION_DIGITS = 9;
const ZEROS = '000000000';

const RFC3339 =
  /^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?(?:[Zz]|([+-])(\d{2}):(\d{2}))$/;

const MONTH_DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function twoDigits(text: string, at: number): number {
  return (text.charCodeAt(at) - 48) * 10 + text.charCodeAt(at + 1) - 48;
}

/** Whether `YYYY-MM-DDThh:mm:ss` at the start of `text` is a time. */
function exists(text: string): boolean {
  const month = twoDigits(text, 5);
  const day = twoDigits(text, 8);
  const days = MONTH_DAYS[month - 1] ?? 0;
  if (day < 1 || day > days) return false;
  if (month === 2 && day === 29) {
    const year = twoDigits(text, 0) * 100 + twoDigits(text, 2);
    if (year % 4 !== 0 || (year % 100 === 0 && year % 400 !== 0)) return false;
  }
  return twoDigits(text, 11) < 24 && twoDigits(text, 14) < 60 && twoDigits(text, 17) < 60;
}

function bounded(text: string): string {
  if (text < EARLIEST) return EARLIEST;
  return text > LATEST ? LATEST : text;
}

function slowly(text: string): string {
  const match = RFC3339.exec(text);
  if (match === null) return EPOCH;
  const [, day = '', clock = '', fraction = '', sign, hours = '0', minutes = '0'] = match;
  // A leap second has no place in Unix time.
  const time = clock.endsWith(':60') ? `${clock.slice(0, 6)}59` : clock;
  const ms = Date.parse(`${day}T${time}Z`);
  if (Number.isNaN(ms)) return EPOCH;
  const shift = (Number(hours) * 60 + Number(minutes)) * 60_000 * (sign === '-' ? -1 : 1);
  const iso = new Date(ms - shift).toISOString();
  // Years above 9999 or below 0 are written with a sign and six digits.
  if (iso.length !== 24) return iso.startsWith('-') ? EARLIEST : LATEST;
  const digits = fraction.padEnd(FRACTION_DIGITS, '0');
  return bounded(`${iso.slice(0, 10)} ${iso.slice(11, 19)}.${digits}`);
}

const UTC = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?Z$/;

/** `2026-11-24T09:00:00.5Z` → `2026-11-24 09:00:00.500000000`. Never throws. */
export function clickhouseTime(text: unknown): string {
  if (typeof text !== 'string') return EPOCH;
  if (!UTC.test(text) || !exists(text)) return slowly(text);
  const digits = text.length === 20 ? ZEROS : text.slice(20, -1) + ZEROS.slice(text.length - 21);
  return bounded(`${text.slice(0, 10)} ${text.slice(11, 19)}.${digits}`);
}

/** The minute that holds a `clickhouseTime`, as `YYYY-MM-DD hh:mm:00`. */
export function minuteOf(time: string): string {
  return `${time.slice(0, 16)}:00`;
}

/** A `clickhouseTime` in Unix milliseconds. */
export function clickhouseMs(time: string): number {
  return Date.parse(`${time.replace(' ', 'T')}Z`);
}
