/** Guarantee: what lives long keeps nothing else, and what is minor leaves room. */
import { MemoryDraft } from '@waywarden/stage';
import { expect, test } from 'vitest';
import { forgetFirst, isIssuedFull, newestIssued, queueIssued } from './issued-queue.ts';

const HOUR_MS = 3_600_000;
const MONTH_MS = 720 * HOUR_MS;

test('a step-up of thirty days keeps no shorter order, and all are told newest first', () => {
  const draft = new MemoryDraft();
  queueIssued(draft, 'long', MONTH_MS);
  for (let n = 0; n < 40; n++) queueIssued(draft, `short ${n}`, HOUR_MS);
  queueIssued(draft, 'day', 24 * HOUR_MS);
  expect([...newestIssued(draft)].slice(0, 3)).toEqual(['day', 'short 39', 'short 38']);
  for (let step = 0; step < 3; step++) forgetFirst(draft, (id) => id.startsWith('short'));
  expect([...newestIssued(draft)]).toEqual(['day', 'long']);
});

test('what an earlier version left is the oldest, and is forgotten too', () => {
  const draft = new MemoryDraft();
  for (const [at, id] of ['one', 'two'].entries()) draft.put(`queue|${at}`, id);
  draft.put('queue', { head: 0, tail: 2 });
  queueIssued(draft, 'new', HOUR_MS);
  expect([...newestIssued(draft)]).toEqual(['new', 'two', 'one']);
  forgetFirst(draft, (id) => id !== 'new');
  expect([...newestIssued(draft)]).toEqual(['new']);
});

test('what is minor takes half of the room', () => {
  const draft = new MemoryDraft();
  const fill = (count: number) => {
    for (let n = 0; n < count; n++) queueIssued(draft, `${n}`, HOUR_MS);
  };
  fill(50_000);
  expect([isIssuedFull(draft, true), isIssuedFull(draft)]).toEqual([true, false]);
  fill(50_000);
  expect(isIssuedFull(draft)).toBe(true);
});
