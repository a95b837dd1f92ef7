import { describe, expect, it } from 'vitest';
import { keepWorthiest } from './bounded-lists.ts';

describe('a list with room for three', () => {
  const retained = (...list: readonly [string, number][]) =>
    keepWorthiest(list, 3, ([, worth]) => worth).map(([name]) => name);

  it('forgets what is worth least, the first of equals, be it the latest', () => {
    expect(retained(['a', 1], ['b', 0])).toEqual(['a', 'b']);
    expect(retained(['a', 1], ['b', 1], ['c', 1], ['d', 1])).toEqual(['b', 'c', 'd']);
    expect(retained(['a', 2], ['b', 1], ['c', 2], ['d', 1], ['e', 2])).toEqual(['a', 'c', 'e']);
    expect(retained(['a', 1], ['b', 1], ['c', 1], ['d', 0])).toEqual(['a', 'b', 'c']);
  });
});
