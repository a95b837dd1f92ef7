/**
 * Numbers of papers: passports and identity cards as one to three letters before six to nine
 * digits, and US social security numbers by their grouping 3-2-4.
 */
import type { NumberRun } from './number-run.ts';

const PASSPORT = /^[A-Za-z]{1,3}\d{6,9}[A-Za-z]?$/;
const LENGTH_MIN = 7;
const LENGTH_MAX = 13;

/** Upper-case, as papers print it. */
export function documentNumberOf(word: string): string | undefined {
  if (word.length < LENGTH_MIN || word.length > LENGTH_MAX || !PASSPORT.test(word))
    return undefined;
  return word.toUpperCase();
}

/** The digits of a number written as 123-45-6789 or 123 45 6789. */
export function socialSecurityOf(run: NumberRun): string | undefined {
  const [area, group, serial] = run.groups;
  const isGrouped = area?.length === 3 && group?.length === 2 && serial?.length === 4;
  return run.groups.length === 3 && isGrouped ? run.groups.join('') : undefined;
}
