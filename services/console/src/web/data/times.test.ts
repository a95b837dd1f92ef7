/** Guarantee: what is known to the hour is not given an age in minutes. */
import { expect, it } from 'vitest';
import { hourAgo } from './times.ts';

it.each([
  ['09:01', 'this hour'],
  ['09:59', 'this hour'],
  ['10:00', 'last hour'],
  ['11:30', '2 h ago'],
])('a call of the hour from nine on, at %s, was %s', (clock, words) => {
  expect(hourAgo('2026-11-24T09:00:00Z', Date.parse(`2026-11-24T${clock}:00Z`))).toBe(words);
});

it('an hour of days ago is some days ago, and one that a clock ahead reports is this one', () => {
  const nowMs = Date.parse('2026-11-24T09:30:00Z');
  expect(hourAgo('2026-11-20T09:00:00Z', nowMs)).toBe('4 days ago');
  expect(hourAgo('2026-11-24T11:00:00Z', nowMs)).toBe('this hour');
});
