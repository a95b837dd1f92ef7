/**
 * Records that many runs share: customers who write again, and the values that stand everywhere
 * (our own account, the shared mailbox) and therefore tell nothing.
 */
import * as value from './plausible-values.ts';
import { randomOf } from './random.ts';

export const OWN_IBAN = 'DE02120300000000202051';
export const SHARED_MAILBOX = 'support@acme.example';

export interface Customer {
  readonly number: string;
  readonly email: string;
  /** Whose record it is. */
  readonly owner: string;
}

export const CUSTOMERS_PER_CELL = 150;

export class Records {
  readonly #seed: string;
  readonly #customers = new Map<string, Customer>();

  constructor(seed: string) {
    this.#seed = seed;
  }

  customer(cell: number, n: number): Customer {
    const key = `${cell}/${n}`;
    const known = this.#customers.get(key);
    if (known !== undefined) return known;
    const random = randomOf(`${this.#seed}/customer/${key}`);
    const number = value.account(random);
    const made = { number, email: value.email(random), owner: `customer/${number}` };
    this.#customers.set(key, made);
    return made;
  }
}
