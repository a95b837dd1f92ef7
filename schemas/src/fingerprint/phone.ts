/** Telephone numbers (E.164), written with `+`, `00` or an area code. */
import type { NumberRun } from './number-run.ts';

const DIGITS_MIN = 7;
const DIGITS_MAX = 15;

/** Without the prefix. */
export function phoneOf(run: NumberRun): string | undefined {
  if (!run.isDialled) return undefined;
  const digits = run.groups.join('').replace(/^00/, '');
  return digits.length >= DIGITS_MIN && digits.length <= DIGITS_MAX ? digits : undefined;
}
