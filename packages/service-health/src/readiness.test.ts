/** Guarantees: who can't work says so with since when, and a probe never hangs with what it probes. */
import { expect, it } from 'vitest';
import { Readiness } from './readiness.ts';

const NOW = Date.parse('2026-11-30T12:00:00Z');

it('is ready while nothing speaks against it', () => {
  expect(new Readiness().report()).toEqual({ ready: true });
});

it('names the condition that has lasted longest, and all of them', () => {
  let nowMs = NOW;
  const readiness = new Readiness({ nowMs: () => nowMs });
  readiness.block('lease', { reason: 'standby', sentence: 'Another responder has the lease.' });
  nowMs += 5_000;
  readiness.block('store', { reason: 'store_unavailable', sentence: 'No store.' });
  // Said again, with other words: since stays.
  readiness.block('lease', { reason: 'standby', sentence: 'Another still has the lease.' });
  expect(readiness.report()).toMatchObject({
    ready: false,
    reason: 'standby',
    sentence: 'Another still has the lease.',
    since: '2026-11-30T12:00:00.000Z',
    conditions: [{ name: 'lease' }, { name: 'store', since: '2026-11-30T12:00:05.000Z' }],
  });
  readiness.clear('lease');
  readiness.clear('store');
  expect(readiness.report()).toEqual({ ready: true });
});

it('shows a note without being less ready', () => {
  const readiness = new Readiness({ nowMs: () => NOW });
  const since = '2026-11-30T12:00:00.000Z';
  const note = { reason: 'standby', sentence: 'Another is active.' };
  readiness.note('standby', note);
  expect(readiness.report()).toEqual({ ready: true, notes: [{ name: 'standby', ...note, since }] });
  readiness.clear('standby');
  expect(readiness.report()).toEqual({ ready: true });
});

it('takes the answer of a check, and an error for a problem', async () => {
  const readiness = new Readiness();
  let answer: (() => undefined) | undefined;
  readiness.check('part', () => {
    if (answer === undefined) throw new Error('broken');
    return answer();
  });
  await readiness.refresh();
  expect(readiness.report()).toMatchObject({ reason: 'check_failed' });
  answer = () => undefined;
  await readiness.refresh();
  expect(readiness.report()).toEqual({ ready: true });
});

it('answers within the bound when a check hangs, and asks it only once at a time', async () => {
  const readiness = new Readiness({ checkMsMax: 20 });
  let asked = 0;
  readiness.check('part', () => {
    asked += 1;
    return new Promise(() => undefined);
  });
  await readiness.refresh();
  await readiness.refresh();
  expect(readiness.report()).toMatchObject({ reason: 'no_answer' });
  expect(asked).toBe(1);
});
