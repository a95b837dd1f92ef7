/** The demo's world, from a seed. Names end in `.example`. */
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

  /** Euros with cents. */
  amount(): number {
    return 120 + this.number(478_000) / 100;
  }

  serial(): string {
    return String(100_000 + this.number(900_000));
  }
}

/** ISO 13616 check digits. */
export function ibanOf(seed: number): string {
  const random = seededRandom(seed);
  let account = '';
  for (let i = 0; i < ACCOUNT_DIGITS; i++) account += Math.floor(random() * 10);
  // DE, and two zeros.
  const digits = `${account}131400`;
  let rest = 0;
  for (const digit of digits) rest = (rest * 10 + Number(digit)) % IBAN_MODULUS;
  return `DE${String(IBAN_MODULUS + 1 - rest).padStart(2, '0')}${account}`;
}

export function knownIban(name: string): string {
  let seed = 7;
  for (const char of name) seed = (seed * 31 + (char.codePointAt(0) ?? 0)) >>> 0;
  return ibanOf(seed);
}
