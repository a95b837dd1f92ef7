/** What a p-value is worth as a probability, and that nothing is made up without one. */
import { expect, it } from 'vitest';
import { confidenceOf } from './alert-confidence.ts';

const of = (...values: readonly (number | null | undefined)[]) =>
  confidenceOf(values.map((p_value) => ({ feature: 'f', text: 't', p_value })));

it('is what the first p-value allows at most', () => {
  expect(of(1 / 5000)).toBe(0.815);
  expect(of(null, 0.001, 0.5)).toBe(0.521);
  expect(of(0)).toBeGreaterThan(0.999);
});

it('is no more than the odds beforehand where chance explains it, and falls with p', () => {
  expect(of(1)).toBe(0.02);
  const falling = [1e-6, 1e-4, 1e-2, 0.3].map((p) => of(p) ?? 1);
  expect(falling).toEqual([...falling].sort((a, b) => b - a));
});

it('is nothing where no p-value stands', () => {
  expect(of()).toBeNull();
  expect(of(null, undefined)).toBeNull();
});
