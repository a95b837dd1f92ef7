/** What waits for a tenant's first policy: in order, its own tenant's alone, and up to a bound. */
import { MemoryTransaction } from '@waywarden/stage';
import { expect, test } from 'vitest';
import { holdBack, takeWaiting } from './waiting.ts';

const one = (n: number, tenant_id = 'acme') => ({ tenant_id, n });
const numbers = (transaction: MemoryTransaction, tenant = 'acme') =>
  takeWaiting<{ readonly n: number }>(transaction, 'waiting', tenant).map(({ n }) => n);

test('comes back once, the first first, by tenant and kind', () => {
  const transaction = new MemoryTransaction();
  for (const n of [1, 2, 3]) holdBack(transaction, 'waiting', one(n));
  holdBack(transaction, 'waiting', one(4, 'other'));
  holdBack(transaction, 'waiting_act', one(5));
  expect(numbers(transaction)).toEqual([1, 2, 3]);
  expect(numbers(transaction)).toEqual([]);
  expect(numbers(transaction, 'other')).toEqual([4]);
});

test('beyond a thousand the later ones are left out, and another tenant loses nothing by it', () => {
  const transaction = new MemoryTransaction();
  for (let n = 0; n < 1_001; n++) holdBack(transaction, 'waiting', one(n));
  holdBack(transaction, 'waiting', one(7, 'other'));
  expect(numbers(transaction, 'other')).toEqual([7]);
  const retained = numbers(transaction);
  expect([retained.length, retained[0], retained.at(-1)]).toEqual([1_000, 0, 999]);
});
