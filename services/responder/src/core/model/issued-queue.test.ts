/** Guarantee: what lives long keeps nothing else, and what is minor leaves room. */
import { MemoryTransaction } from '@waywarden/stage';
import { expect, test } from 'vitest';
import { forgetFirst, isIssuedFull, newestIssued, queueIssued } from './issued-queue.ts';

const HOUR_MS = 3_600_000;
const MONTH_MS = 720 * HOUR_MS;

test('a step-up of thirty days keeps no shorter order, and all are told newest first', () => {
  const transaction = new MemoryTransaction();
  queueIssued(transaction, 'long', MONTH_MS);
  for (let n = 0; n < 40; n++) queueIssued(transaction, `short ${n}`, HOUR_MS);
  queueIssued(transaction, 'day', 24 * HOUR_MS);
  expect([...newestIssued(transaction)].slice(0, 3)).toEqual(['day', 'short 39', 'short 38']);
  for (let step = 0; step < 3; step++) forgetFirst(transaction, (id) => id.startsWith('short'));
  expect([...newestIssued(transaction)]).toEqual(['day', 'long']);
});

test('what an earlier version left is the oldest, and is forgotten too', () => {
  const transaction = new MemoryTransaction();
  for (const [at, id] of ['one', 'two'].entries()) transaction.put(`queue|${at}`, id);
  transaction.put('queue', { head: 0, tail: 2 });
  queueIssued(transaction, 'new', HOUR_MS);
  expect([...newestIssued(transaction)]).toEqual(['new', 'two', 'one']);
  forgetFirst(transaction, (id) => id !== 'new');
  expect([...newestIssued(transaction)]).toEqual(['new']);
});

test('what is minor takes half of the room', () => {
  const transaction = new MemoryTransaction();
  const fill = (count: number) => {
    for (let n = 0; n < count; n++) queueIssued(transaction, `${n}`, HOUR_MS);
  };
  fill(50_000);
  expect([isIssuedFull(transaction, true), isIssuedFull(transaction)]).toEqual([true, false]);
  fill(50_000);
  expect(isIssuedFull(transaction)).toBe(true);
});
