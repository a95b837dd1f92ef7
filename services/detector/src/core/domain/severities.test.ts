/** Which capability of a call an alert names. */
import { expect, it } from 'vitest';
import { gravestOf } from './severities.ts';

const of = (...symbols: string[]) => gravestOf(symbols.map((symbol) => ({ symbol })));

it('names the gravest, in whatever order the call lists them', () => {
  expect(of('read:internal', 'delete:data@production')).toBe('delete:data@production');
  expect(of('delete:data@production', 'read:internal')).toBe('delete:data@production');
});

it('names of alike ones the first by name, and of none nothing', () => {
  expect(of('read:personal', 'read:internal')).toBe('read:internal');
  expect(of('read:internal', 'read:personal')).toBe('read:internal');
  expect(of()).toBeUndefined();
});
