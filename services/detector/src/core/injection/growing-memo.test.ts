import { describe, expect, it } from 'vitest';
import { GrowingMemo } from './growing-memo.ts';

const item = (name: string) => ({ name });

function memo() {
  const added: string[] = [];
  const all = new GrowingMemo<{ readonly name: string }, string[]>(
    () => [],
    (made, { name }, at) => {
      added.push(name);
      made.push(`${at}${name}`);
    },
  );
  return { all, added };
}

describe('GrowingMemo', () => {
  const [a, b, c] = [item('a'), item('b'), item('c')];

  it('adds what came at the end, and nothing twice', () => {
    const { all, added } = memo();
    const list = [a, b];
    expect(all.of(list)).toEqual(['0a', '1b']);
    expect(all.of(list)).toEqual(['0a', '1b']);
    expect(all.of([...list, c])).toEqual(['0a', '1b', '2c']);
    expect(added).toEqual(['a', 'b', 'c']);
  });

  it('gives a shorter list, and one in which another stands, what is theirs', () => {
    const { all } = memo();
    all.of([a, b]);
    expect(all.of([a])).toEqual(['0a']);
    expect(all.of([a, c])).toEqual(['0a', '1c']);
    expect(all.of([a, b, c])).toEqual(['0a', '1b', '2c']);
    expect(all.of([])).toEqual([]);
  });
});
