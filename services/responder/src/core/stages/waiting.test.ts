/** What waits for a tenant's first policy: in order, its own tenant's alone, and up to a bound. */
import { MemoryDraft } from '@waywarden/stage';
import { expect, test } from 'vitest';
import { holdBack, takeWaiting } from './waiting.ts';

const one = (n: number, tenant_id = 'acme') => ({ tenant_id, n });
const numbers = (draft: MemoryDraft, tenant = 'acme') =>
  takeWaiting<{ readonly n: number }>(draft, 'waiting', tenant).map(({ n }) => n);

test('comes back once, the first first, by tenant and kind', () => {
  const draft = new MemoryDraft();
  for (const n of [1, 2, 3]) holdBack(draft, 'waiting', one(n));
  holdBack(draft, 'waiting', one(4, 'other'));
  holdBack(draft, 'waiting_act', one(5));
  expect(numbers(draft)).toEqual([1, 2, 3]);
  expect(numbers(draft)).toEqual([]);
  expect(numbers(draft, 'other')).toEqual([4]);
});

test('beyond a thousand the later ones are left out, and another tenant loses nothing by it', () => {
  const draft = new MemoryDraft();
  for (let n = 0; n < 1_001; n++) holdBack(draft, 'waiting', one(n));
  holdBack(draft, 'waiting', one(7, 'other'));
  expect(numbers(draft, 'other')).toEqual([7]);
  const kept = numbers(draft);
  expect([kept.length, kept[0], kept.at(-1)]).toEqual([1_000, 0, 999]);
});
