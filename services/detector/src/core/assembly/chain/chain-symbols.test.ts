/** Guarantees: chains that come by one set of symbols in one order share it, and a flood of sets changes no result. */
import { expect, it } from 'vitest';
import { SYMBOLS_REMEMBERED_MAX } from '../assembly-limits.ts';
import { isShared, NO_SYMBOLS, withSymbols } from './chain-symbols.ts';

const keysOf = (symbols: object) => Object.keys(symbols);

it('makes one set once, in the order in which its symbols came', () => {
  const set = withSymbols(NO_SYMBOLS, ['read:secret', 'send:external']);
  expect(keysOf(set)).toEqual(['read:secret', 'send:external']);
  expect(withSymbols(withSymbols(NO_SYMBOLS, ['read:secret']), ['send:external'])).toBe(set);
  expect(withSymbols(set, ['send:external', 'read:secret'])).toBe(set);
  expect(isShared(set)).toBe(true);
  expect(keysOf(NO_SYMBOLS)).toEqual([]);
});

it('goes on from a set that was read back from disk', () => {
  const read: typeof NO_SYMBOLS = JSON.parse('{"read:secret":true}');
  const set = withSymbols(read, ['send:external']);
  expect(keysOf(set)).toEqual(['read:secret', 'send:external']);
  expect(isShared(set)).toBe(false);
});

it('remembers no more sets than it may, and gives the same ones afterwards', () => {
  const before = withSymbols(NO_SYMBOLS, ['read:secret']);
  for (let n = 0; n <= SYMBOLS_REMEMBERED_MAX; n += 1) {
    expect(keysOf(withSymbols(NO_SYMBOLS, [`made:up_${n}`]))).toEqual([`made:up_${n}`]);
  }
  expect(isShared(before)).toBe(false);
  expect(keysOf(withSymbols(before, ['send:external']))).toEqual(['read:secret', 'send:external']);
});
