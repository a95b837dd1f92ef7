/** What tables of records promise: what they give back, find, and forget first. */
import { describe, expect, it } from 'vitest';
import { digits, print, recordTable } from './record-table.ts';

describe('a table of records', () => {
  const table = recordTable({ who: print(2), ms: digits(7), count: digits(2) }, 3);

  it('gives back what was stored, and what is too large as the largest', () => {
    for (const ms of [0, 1, 63, 64, 4095, 1_777_900_000_000]) {
      const stored = table.add('', { who: 'abc', ms, count: 5000 });
      expect(table.all(stored)).toEqual([{ who: 'ab', ms, count: 4095 }]);
    }
  });

  it('finds records where they begin and nowhere between', () => {
    const pairs = recordTable({ who: print(2), rest: print(3) }, 3);
    expect(pairs.has('abcdXXcdeX', 'cd')).toBe(false);
    expect(pairs.find('abcdXcdeXX', 'cd')).toEqual({ who: 'cd', rest: 'eXX' });
  });

  it('forgets the first beyond its most, replaces in place, and removes one alone', () => {
    const all = ['aa', 'bb', 'cc', 'dd'].reduce(
      (stored, who, ms) => table.add(stored, { who, ms, count: 0 }),
      '',
    );
    expect(table.all(all).map(({ who }) => who)).toEqual(['bb', 'cc', 'dd']);
    const replaced = table.replace(all, 1, { who: 'ee', ms: 9, count: 1 });
    expect(table.all(replaced).map(({ who }) => who)).toEqual(['bb', 'ee', 'dd']);
    const left = table.without(replaced, table.indexOf(replaced, 'bb'));
    expect(table.all(left).map(({ ms }) => ms)).toEqual([9, 3]);
    expect(table.without(left, table.indexOf(left, 'bb'))).toBe(left);
  });
});
