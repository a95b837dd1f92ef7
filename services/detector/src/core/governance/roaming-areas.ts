/**
 * The areas that a key which roams came to lately (`roaming.ts`), in one string: of each a short print, when it came first and
 * last, and on how many days; the latest at its end. That an area of a cloud comes again is part of the roaming. It is no
 * stay until it came on a fourth day of a month and either no other area was new within that month, or so many days
 * are improbable of any of those that were new: others came back, from the day after their first on, on some share of the
 * days, and of n areas that are as usual as they are one shows so many with n times the chance of the binomial.
 *
 * Rejected: a fourth day alone, which each area of a pool shows that a function gets its addresses from; and names of
 * the latest four, which more areas a day drove out.
 *
 * Limits: a place to which the key roamed for a month before is part of the pool. Of more areas than are remembered between
 * two days of a place it is not seen to stay. One area is taken for another of these once in a hundred and thirty.
 */
import { shortPrint } from '@waywarden/schemas';
import { digitAt, eachRecord, fromDigits, toDigits } from '../kept/print-table.ts';

/** The one that came longest ago makes room. */
export const ROAMING_AREAS_MAX = 32;
/** Where it never came for so long is new again; less than what one digit holds. */
const FORGOTTEN_DAYS = 60;
const MONTH_DAYS = 30;
/** Days at one of them before one more may be a stay. */
const STAYS_DAYS = 3;
const UNLIKELY = 0.05;

const PRINT = 2;
const AGE_AT = PRINT;
const SPAN_AT = AGE_AT + 1;
const DAYS_AT = SPAN_AT + 1;
const WIDTH = DAYS_AT + 1;
const DIGIT_MAX = 63;
/** The day from which ages are told stands before them. */
const DAY_DIGITS = 3;

interface Area {
  readonly print: string;
  readonly first: number;
  readonly last: number;
  readonly days: number;
}

const printOf = (name: string) => shortPrint(name, PRINT);

/** The latest day on which it came to any; of none, no day. */
export const latestOf = (kept: string): number =>
  kept === '' ? -1 : fromDigits(kept.slice(0, DAY_DIGITS));

function areasOf(kept: string): readonly Area[] {
  return eachRecord(kept.slice(DAY_DIGITS), WIDTH).map((record) => {
    const last = latestOf(kept) - digitAt(record, AGE_AT);
    const first = last - digitAt(record, SPAN_AT);
    return { print: record.slice(0, PRINT), first, last, days: digitAt(record, DAYS_AT) };
  });
}

const toKept = (areas: readonly Area[], day: number): string =>
  toDigits(day, DAY_DIGITS) +
  areas
    .map(
      ({ print, first, last, days }) =>
        print + toDigits(day - last, 1) + toDigits(last - first, 1) + toDigits(days, 1),
    )
    .join('');

/** With one more day at an area; the same where it is none. */
export function withArea(kept: string, name: string, day: number): string {
  const print = printOf(name);
  const all = areasOf(kept);
  const known = all.find((one) => one.print === print);
  if (known !== undefined && day <= known.last) return kept;
  const latest = Math.max(day, latestOf(kept));
  const { first, days } = known ?? { first: day, days: 0 };
  // Of what is longer than one digit tells, its share of days stays as it was.
  const isLong = day - first > DIGIT_MAX;
  const now = { print, first, last: day, days: isLong ? days : days + 1 };
  const others = all.filter((one) => one !== known && latest - one.last <= FORGOTTEN_DAYS);
  return toKept([...others.slice(1 - ROAMING_AREAS_MAX), now], latest);
}

export const isKnownArea = (kept: string, name: string): boolean =>
  areasOf(kept).some(({ print }) => print === printOf(name));

/** To how many it came within a month. */
export const areasLately = (kept: string, day: number): number =>
  areasOf(kept).filter(({ last }) => day - last <= MONTH_DAYS).length;

/** The chance of so many days or more, of so many, at this share. */
function atLeast(days: number, of: number, share: number): number {
  let [chance, below] = [(1 - share) ** of, 0];
  for (let n = 0; n < days; n += 1) {
    below += chance;
    chance *= ((of - n) / (n + 1)) * (share / (1 - share));
  }
  return Math.max(0, 1 - below);
}

/** Whether tokens stay at this area, with a call on this day. */
export function staysAt(kept: string, name: string, day: number): boolean {
  const all = areasOf(kept);
  const own = all.find(({ print }) => print === printOf(name));
  if (own === undefined) return false;
  const days = own.days + (day > own.last ? 1 : 0);
  const since = day - own.first;
  if (days <= STAYS_DAYS || since > MONTH_DAYS) return false;
  const others = all.filter((one) => one !== own);
  const fresh = others.filter(({ first }) => day - first <= MONTH_DAYS).length;
  if (fresh === 0) return true;
  const back = others.reduce((sum, one) => sum + one.days - 1, 0);
  const could = others.reduce((sum, one) => sum + day - one.first, 0);
  const share = (back + 0.5) / (could + 1);
  return (fresh + 1) * atLeast(days - 1, since, share) <= UNLIKELY;
}
