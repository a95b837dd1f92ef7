/** What is guaranteed of parts that are watched: others that are only asserted make none of them known. */
import { describe, expect, it } from 'vitest';
import { type Tried, withTried } from './composition.ts';

describe('parts that were told once', () => {
  const many = (count: number, isProven: boolean, before: readonly Tried[] = []) =>
    Array.from({ length: count }, (_, n) => `model/${isProven}-${n}`).reduce(
      (tried, change) => withTried(tried, change, { hour: 1, isProven }),
      before,
    );
  const names = (tried: readonly Tried[]) => tried.map(([change]) => change);

  it('stay watched behind any number that is only asserted', () => {
    expect(names(many(20, false, many(1, true)))).toContain('model/true-0');
    expect(names(many(8, true, many(20, false)))).toEqual(names(many(8, true)));
  });
});
