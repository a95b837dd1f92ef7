/**
 * Account-like numbers: nine digits or more (bank accounts, cards, customers, AWS accounts). Fewer
 * are shared by too many things to link anything.
 */
import type { NumberRun } from './number-run.ts';

const DIGITS_MIN = 9;
const DIGITS_MAX = 34;
/** People chunk long numbers by three to six digits. */
const GROUP_MIN = 3;
const GROUP_MAX = 6;

function isLong(digits: string): boolean {
  return digits.length >= DIGITS_MIN && digits.length <= DIGITS_MAX;
}

/** The accounts in a run: one when it is one number in chunks, else every long group. */
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
