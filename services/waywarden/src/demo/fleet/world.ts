/**
 * The values of the demo's world (people, suppliers, accounts), drawn from a seed: the same number
 * gives the same values on every machine. Names end in `.example`, which nobody can own.
 */
import { type Random, seededRandom } from '../../input/seeded-random.ts';

const IBAN_MODULUS = 97;
const ACCOUNT_DIGITS = 18;

const SUPPLIERS = [
  'Nordwind Paper',
  'Halden Logistics',
  'Brightwater Cleaning',
  'Oakfield Catering',
  'Seeblick Printing',
  'Corvin Office Supply',
] as const;
const UTILITIES = ['City Water', 'Stadtwerke Power', 'Regional Gas', 'Metro Fibre'] as const;
const PEOPLE = ['maria', 'jonas', 'aylin', 'peter', 'sofia'] as const;
const TOPICS = [
  'login fails',
  'invoice missing',
  'slow search',
  'wrong address',
  'export stops',
] as const;

export class World {
  readonly #random: Random;

  constructor(seed: number) {
    this.#random = seededRandom(seed);
  }

  /** A whole number from 0 to `below` − 1. */
  number(below: number): number {
    return Math.floor(this.#random() * below);
  }

  pick<T>(items: readonly [T, ...T[]]): T {
    return items[this.number(items.length)] ?? items[0];
  }

  supplier(): string {
    return this.pick(SUPPLIERS);
  }

  utility(): string {
    return this.pick(UTILITIES);
  }

  person(): string {
    return `${this.pick(PEOPLE)}@acme.example`;
  }

  topic(): string {
    return this.pick(TOPICS);
  }

  /** Euros with cents, from 120 to 4,900: what is paid every day. */
  amount(): number {
    return 120 + this.number(478_000) / 100;
  }

  /** Six digits that name a paper, such as the order of a payment. */
  serial(): string {
    return String(100_000 + this.number(900_000));
  }
}

/** A German account number with the right check digits (ISO 13616), made from `seed`. */
export function ibanOf(seed: number): string {
  const random = seededRandom(seed);
  let account = '';
  for (let i = 0; i < ACCOUNT_DIGITS; i++) account += Math.floor(random() * 10);
  // DE is 13 and 14; the two zeros stand where the check digits will.
  const digits = `${account}131400`;
  let rest = 0;
  for (const digit of digits) rest = (rest * 10 + Number(digit)) % IBAN_MODULUS;
  return `DE${String(IBAN_MODULUS + 1 - rest).padStart(2, '0')}${account}`;
}

/** The account that a supplier always had: the same in every task. */
export function knownIban(name: string): string {
  let seed = 7;
  for (const char of name) seed = (seed * 31 + (char.codePointAt(0) ?? 0)) >>> 0;
  return ibanOf(seed);
}
