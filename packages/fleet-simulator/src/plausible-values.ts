/**
 * Values that look like those of a real office and are nobody's: addresses under `.example`,
 * IBANs with right check digits, numbers of papers, links, keys.
 *
 * Their forms are those that the contracts name as linking kinds; what must not link (subjects,
 * amounts, counts) stays short of every such form.
 */
import type { Random } from './random.ts';

const DIGITS = '0123456789';
const LETTERS = 'abcdefghijklmnopqrstuvwxyz';
const BASE62 = `${DIGITS}${LETTERS}${LETTERS.toUpperCase()}`;
export const GIVEN_NAMES = [
  'mara',
  'jonas',
  'leila',
  'tomas',
  'ines',
  'pavel',
  'noor',
  'erik',
  'sofia',
  'marek',
] as const;
export const FAMILY_NAMES = [
  'keller',
  'novak',
  'rossi',
  'lind',
  'moreau',
  'haas',
  'santos',
  'varga',
  'berg',
  'ito',
] as const;
export const FIRMS = [
  'nordwind',
  'helix',
  'bluepeak',
  'calder',
  'orchard',
  'tessera',
  'marlow',
  'quarry',
] as const;
const SUBJECTS = [
  'question',
  'renewal',
  'late delivery',
  'login trouble',
  'price list',
  'refund',
] as const;

/** Remainder of a long decimal number by 97, digit by digit (ISO 7064). */
function mod97(digits: string): number {
  let rest = 0;
  for (const digit of digits) rest = (rest * 10 + Number(digit)) % 97;
  return rest;
}

/** A German IBAN; `D`, `E` stand for 13, 14 in the check sum. */
export function iban(random: Random): string {
  const account = random.text(DIGITS, 18);
  const check = 98 - mod97(`${account}131400`);
  return `DE${check < 10 ? '0' : ''}${check}${account}`;
}

export const email = (random: Random): string =>
  `${random.pick(GIVEN_NAMES)}.${random.pick(FAMILY_NAMES)}${random.int(10, 9999)}@${random.pick(FIRMS)}.example`;
export const account = (random: Random): string => `7${random.text(DIGITS, 10)}`;
export const paper = (random: Random, prefix: string): string =>
  `${prefix}${random.text(DIGITS, 8)}`;
export const link = (random: Random): string =>
  `https://${random.pick(FIRMS)}.example/d/${random.text(LETTERS, 10)}`;
export const secret = (random: Random): string => `sk_live_${random.text(BASE62, 28)}`;
export const subject = (random: Random): string => random.pick(SUBJECTS);
export const amount = (random: Random): number => random.int(1200, 98_000) / 100;
