/** Account-like numbers: nine digits or more. */
import type { NumberRun } from './number-run.ts';

const DIGITS_MIN = 9;
const DIGITS_MAX = 34;
const GROUP_MIN = 3;
const GROUP_MAX = 6;

function isLong(digits: string): boolean {
  return digits.length >= DIGITS_MIN && digits.length <= DIGITS_MAX;
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
