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
      const transaction = state.transaction(space);
      transaction.put('1/x', `${space} plain`);
      transaction.put(long, `${space} long`);
      transaction.keep();
      await state.commit(space, { nextOffset: space.length, marks: { of: space } });
    }
    await state.close();
    const again = LocalState.open(folder);
    for (const space of spaces) {
      const transaction = again.transaction(space);
      expect(transaction.get('1/x')).toBe(`${space} plain`);
      expect(transaction.get(long)).toBe(`${space} long`);
      expect(transaction.get('x')).toBeUndefined();
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

  it('knows at once what was committed, and says what of it is on disk', async () => {
    const state = LocalState.open(folder);
    const transaction = state.transaction('a');
    transaction.put('x', 1);
    transaction.keep();
    await state.commit('a', { nextOffset: 5, marks: { m: 1 } });
    expect(state.progress('a', {})).toEqual({ nextOffset: 5, marks: { m: 1 } });
    expect(state.storedOffset('a')).toBe(0);
    await state.close();
    const again = LocalState.open(folder);
    expect(again.storedOffset('a')).toBe(5);
    await again.close();
  });

  it('reads what is still on its way to the disk when it is in memory no longer', async () => {
    const state = LocalState.open(folder);
    const transaction = state.transaction('a');
    // More than twice what the draft holds in memory, in batches that must wait for the disk.
    const batches = 25;
    const each = 10_000;
    for (let batch = 0; batch < batches; batch++) {
      for (let n = 0; n < each; n++) transaction.put(`${batch}/${n}`, batch * each + n);
      transaction.delete(`${batch}/0`);
      transaction.keep();
      await state.commit('a', { nextOffset: batch + 1, marks: {} });
      for (const earlier of [0, batch - 1, batch].filter((one) => one >= 0)) {
        expect(transaction.get(`${earlier}/0`)).toBeUndefined();
        expect(transaction.get(`${earlier}/${batch + 1}`)).toBe(earlier * each + batch + 1);
      }
    }
    await state.close();
    const again = LocalState.open(folder);
    expect(again.progress('a', {})).toEqual({ nextOffset: batches, marks: {} });
    expect(again.transaction('a').get('24/7')).toBe(24 * each + 7);
    expect(again.transaction('a').get('24/0')).toBeUndefined();
    await again.close();
  });
});
