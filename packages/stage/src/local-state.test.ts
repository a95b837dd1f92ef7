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
      const draft = state.draft(space);
      draft.put('1/x', `${space} plain`);
      draft.put(long, `${space} long`);
      draft.keep();
      await state.commit(space, { nextOffset: space.length, marks: { of: space } });
    }
    await state.close();
    const again = LocalState.open(folder);
    for (const space of spaces) {
      const draft = again.draft(space);
      expect(draft.get('1/x')).toBe(`${space} plain`);
      expect(draft.get(long)).toBe(`${space} long`);
      expect(draft.get('x')).toBeUndefined();
      expect(again.progress(space, {})).toEqual({ nextOffset: space.length, marks: { of: space } });
    }
    await again.close();
  });

  it('starts anew from state of another layout, which the log restores', async () => {
    const old = open<unknown, string>({ path: folder, encoding: 'msgpack' });
    await old.put('#layout', 2);
    await old.put('1/#next', 7);
    await old.close();
    const state = LocalState.open(folder);
    expect(state.progress('a', {})).toEqual({ nextOffset: 0, marks: {} });
    await state.close();
  });
});
