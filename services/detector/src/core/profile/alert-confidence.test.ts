/** What a p-value is worth as a probability, and that nothing is made up without one. */
import { expect, it } from 'vitest';
import { confidenceNotes, confidenceOf, statedReasons } from './alert-confidence.ts';

const of = (...values: readonly (number | null | undefined)[]) =>
  confidenceOf(values.map((p_value) => ({ feature: 'f', text: 't', p_value })));

const TESTED = 1 / 1600;

it('is what the first p-value allows at most', () => {
  expect(of(1 / 1000)).toBe(0.52);
  expect(of(null, 0.001, 0.5)).toBe(0.52);
});

it('promises no more than was tested, however rare it looks', () => {
  expect(of(TESTED)).toBe(0.62);
  expect(of(1.14e-8)).toBe(0.62);
  expect(of(0)).toBe(0.62);
  const [odd, usual] = statedReasons([
    { feature: 'odd_task', text: 't', p_value: 1.14e-8 },
    { feature: 'f', text: 't', p_value: 0.02 },
  ]);
  expect(odd?.p_value).toBe(0.00063);
  expect(usual?.p_value).toBe(0.02);
});

it('says on what it rests, and that it was not tested further out', () => {
  const said = (p_value: number | null) =>
    confidenceNotes(statedReasons([{ feature: 'f', text: 't', p_value }])).join();
  expect(said(1.14e-8)).toContain('Confidence 0.62');
  expect(said(1.14e-8)).toContain('rarer than 1 in 1600');
  expect(said(0.01)).toContain('one day of an agent in 50 is bad');
  expect(said(0.01)).not.toContain('rarer than');
  expect(said(null)).toBe('');
});

it('is no more than the odds beforehand where chance explains it, and falls with p', () => {
  expect(of(1)).toBe(0.02);
  const falling = [1e-3, 1e-2, 0.1, 0.3].map((p) => of(p) ?? 1);
  expect(falling).toEqual([...falling].sort((a, b) => b - a));
});

it('is nothing where no p-value stands', () => {
  expect(of()).toBeNull();
  expect(of(null, undefined)).toBeNull();
});
