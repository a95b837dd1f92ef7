/** Guarantees: whoever looks at a change sees each field that differs, with what it was and what it is to be. */
import { expect, it } from 'vitest';
import { fieldChanges } from './rules-desk.ts';

it('names each field that differs, however deep, and nothing else', () => {
  const before = { mode: 'shadow', when: { kinds: ['a'] }, same: 1, gone: true };
  const after = { mode: 'enforce', when: { kinds: ['a', 'b'] }, same: 1, come: { x: 1 } };
  expect(fieldChanges(before, after)).toEqual([
    'come: nothing → {"x":1}',
    'gone: true → nothing',
    'mode: shadow → enforce',
    'when.kinds: ["a"] → ["a","b"]',
  ]);
  expect(fieldChanges(before, { ...before })).toEqual([]);
});
