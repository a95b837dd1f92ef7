import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { open } from 'lmdb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LocalState } from './local-state.ts';

describe('LocalState', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'waywarden-state-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('keeps spaces apart, through a restart and whatever the keys hold', async () => {
    const long = 'x'.repeat(5000);
    const spaces = ['a', 'a/1', 'a/1/x'];
    const state = LocalState.open(folder);
    for (const space of spaces) {
      const writes = new Map<string, unknown>([
        ['1/x', `${space} plain`],
        [long, `${space} long`],
      ]);
      state.commit(space, writes, { nextOffset: space.length, marks: { of: space } });
    }
    await state.close();
    const again = LocalState.open(folder);
    for (const space of spaces) {
      expect(again.get(space, '1/x')).toBe(`${space} plain`);
      expect(again.get(space, long)).toBe(`${space} long`);
      expect(again.get(space, 'x')).toBeUndefined();
      expect(again.progress(space, {})).toEqual({ nextOffset: space.length, marks: { of: space } });
    }
    await again.close();
  });

  it('starts anew from state of another layout, which the log restores', async () => {
    const old = open<unknown, string>({ path: folder, encoding: 'msgpack' });
    await old.put('a\n#next', 7);
    await old.close();
    const state = LocalState.open(folder);
    expect(state.progress('a', {})).toEqual({ nextOffset: 0, marks: {} });
    await state.close();
  });
});
