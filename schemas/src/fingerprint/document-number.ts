/** Passports, identity cards, US social security numbers. */
import type { NumberRun } from './number-run.ts';

const PASSPORT = /^[A-Za-z]{1,3}\d{6,9}[A-Za-z]?$/;
const LENGTH_MIN = 7;
const LENGTH_MAX = 13;

/** Upper-case. */
export function documentNumberOf(word: string): string | undefined {
  if (word.length < LENGTH_MIN || word.length > LENGTH_MAX || !PASSPORT.test(word))
    return undefined;
  return word.toUpperCase();
}

/** 123-45-6789. */
export function socialSecurityOf(run: NumberRun): string | undefined {
  const [area, group, serial] = run.groups;
  const isGrouped = area?.length === 3 && group?.length === 2 && serial?.length === 4;
  return run.groups.length === 3 && isGrouped ? run.groups.join('') : undefined;
}
