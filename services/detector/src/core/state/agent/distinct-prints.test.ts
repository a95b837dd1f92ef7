/** What is guaranteed of counting different things in bounded space. */
import { shortPrint } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { distinctOf, NO_DISTINCT, SAMPLED_MAX, withPrint } from './distinct-prints.ts';

const of = (names: readonly string[]) =>
  names.map((one) => shortPrint(one)).reduce(withPrint, NO_DISTINCT);
const names = (n: number) => Array.from({ length: n }, (_, at) => `kind-${at}`);

describe('different prints', () => {
  it('are counted exactly while they are few, however often they come', () => {
    expect(distinctOf(of([...names(300), ...names(300)]))).toBe(300);
  });

  it.each([1000, 20_000])('are estimated beyond, in bounded space: %d', (n) => {
    const table = of(names(n));
    expect(table.prints.length).toBeLessThanOrEqual(SAMPLED_MAX * 5);
    expect(distinctOf(table) / n).toBeGreaterThan(0.8);
    expect(distinctOf(table) / n).toBeLessThan(1.2);
  });

  it('do not depend on the order in which they come', () => {
    const sorted = (some: readonly string[]) => {
      const { level, prints } = of(some);
      return [level, (prints.match(/.{5}/g) ?? []).sort()];
    };
    expect(sorted(names(1500).reverse())).toEqual(sorted(names(1500)));
  });
});
