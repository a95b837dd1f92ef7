import { describe, expect, it } from 'vitest';
import { recordEValue, studentQuantile, studentTail, wilsonInterval } from './index.ts';

describe('Student’s t agrees with the published table', () => {
  // One-sided critical values: Abramowitz & Stegun, table 26.10.
  const TABLE = [
    [1, 0.05, 6.314],
    [1, 0.005, 63.657],
    [2, 0.01, 6.965],
    [5, 0.025, 2.571],
    [10, 0.005, 3.169],
    [10, 0.0005, 4.587],
    [30, 0.01, 2.457],
    [120, 0.0005, 3.373],
  ] as const;
  it.each(TABLE)('%d degrees of freedom, share %d', (freedom, share, value) => {
    expect(studentQuantile(share, freedom)).toBeCloseTo(value, value > 10 ? 2 : 3);
    expect(studentTail(value, freedom)).toBeCloseTo(share, 4);
  });

  it('is symmetric', () => {
    expect(studentTail(-1.3, 7)).toBeCloseTo(1 - studentTail(1.3, 7), 12);
  });
});

describe('an e-value of records', () => {
  it.each([1, 5, 20])('has a mean of one where %d values came before', (before) => {
    const chance = 1 / (before + 1);
    const mean =
      chance * recordEValue(true, before, 0.7) + (1 - chance) * recordEValue(false, before, 0.7);
    expect(mean).toBeCloseTo(1, 12);
  });
});

describe('Wilson’s interval agrees with published values', () => {
  // Newcombe, Statistics in Medicine 17, 1998, table I.
  it.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])('%d of %d', (k, n, low, high) => {
    expect(wilsonInterval(k, n).low).toBeCloseTo(low, 4);
    expect(wilsonInterval(k, n).high).toBeCloseTo(high, 4);
  });

  it('says nothing of nothing', () => {
    expect(wilsonInterval(0, 0)).toEqual({ low: 0, high: 1 });
  });
});
