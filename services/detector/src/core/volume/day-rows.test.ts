/** What the rows beside the longest guarantee: a change that shows in all that is done is seen, one long row is not. */
import { describe, expect, it } from 'vitest';
import { areAsBefore, NO_DAY, NO_OTHERS, othersOf, together, withRowCall } from './day-rows.ts';

/** A day of rows of these lengths, one after the other. */
const dayOf = (lengths: readonly number[]) =>
  lengths.flatMap((length) => Array.from({ length }, (_, n) => n + 1)).reduce(withRowCall, NO_DAY);

const daysOf = (lengths: readonly number[], days: number) =>
  new Array(days).fill(othersOf(dayOf(lengths))).reduce(together, NO_OTHERS);

describe('rows beside the longest of a day', () => {
  it('are counted without it, with what is repeated in them', () => {
    expect(dayOf([1, 4, 2, 1])).toEqual({ longest: 4, calls: 8, rows: 4 });
    expect(othersOf(dayOf([1, 4, 2, 1]))).toEqual([3, 1]);
    expect(othersOf(dayOf([5]))).toEqual([0, 0]);
    expect(othersOf(NO_DAY)).toEqual([0, 0]);
  });

  it('are as before, however long the longest is, until they are longer themselves', () => {
    const before = daysOf([1, 3, 2, 1, 2], 6);
    expect(areAsBefore(daysOf([1, 3, 2, 1, 60], 3), before)).toBe(true);
    expect(areAsBefore(daysOf([1, 1, 2, 1, 2], 3), before)).toBe(true);
    expect(areAsBefore(daysOf([2, 6, 4, 2, 4], 3), before)).toBe(false);
  });

  it('are as before where hardly any call is repeated and one is', () => {
    expect(areAsBefore([40, 3], [200, 0])).toBe(true);
    expect(areAsBefore([40, 9], [200, 0])).toBe(false);
  });

  it('say nothing while they are few', () => {
    expect(areAsBefore([9, 0], [200, 50])).toBe(false);
    expect(areAsBefore([200, 0], [9, 9])).toBe(false);
    expect(areAsBefore([10, 0], [10, 9])).toBe(true);
  });

  it('stay small numbers, and keep what they say', () => {
    const [rows, repeats] = daysOf([2, 2, 2, 2, 9], 100_000);
    expect(rows).toBeLessThan(10_000);
    expect(repeats / rows).toBeCloseTo(1, 1);
  });
});
