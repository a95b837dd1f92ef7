/**
 * Telephone numbers (ITU-T E.164): at most 15 digits, written with `+`, `00` or an area code in
 * brackets. Others look like any number and are accounts; both share a fingerprint domain.
 */
import type { NumberRun } from './number-run.ts';

const DIGITS_MIN = 7;
const DIGITS_MAX = 15;

/** Digits alone, without the international prefix. */
export function phoneOf(run: NumberRun): string | undefined {
  if (!run.isDialled) return undefined;
  const digits = run.groups.join('').replace(/^00/, '');
  return digits.length >= DIGITS_MIN && digits.length <= DIGITS_MAX ? digits : undefined;
}
