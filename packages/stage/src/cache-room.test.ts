import { describe, expect, it } from 'vitest';
import { CacheRoom, weightOf } from './cache-room.ts';
import { SpaceDraft } from './space-draft.ts';

const ENTRIES_MAX = 1_000_000;
const KIB = 1024;

describe('the weight of a value', () => {
  it('grows with what it holds', () => {
    expect(weightOf('a'.repeat(10_000))).toBeGreaterThan(10_000);
    const one = { uid: 'agent/a', counts: [1, 2, 3], text: 'x'.repeat(500) };
    expect(weightOf([one, one, one])).toBeGreaterThan(3 * 500);
    expect(weightOf(Array.from({ length: 1000 }, () => one))).toBeGreaterThan(1000 * 500);
  });
});

describe('states in memory', () => {
  it('stay within their bytes together, and lose nothing that was stored', () => {
    const room = new CacheRoom(256 * KIB);
    const disks = Array.from({ length: 4 }, () => new Map<string, unknown>());
    const drafts = disks.map((disk) => new SpaceDraft((key) => disk.get(key), ENTRIES_MAX, room));
    for (let record = 0; record < 20_000; record++) {
      const at = record % drafts.length;
      const [draft, disk] = [drafts[at], disks[at]];
      draft?.put(`chain/${record}`, { record, text: 'x'.repeat(KIB) });
      draft?.keep();
      for (const [key, value] of draft?.changes() ?? []) disk?.set(key, value);
      draft?.stored();
    }
    expect(room.bytes).toBeLessThan(300 * KIB);
    expect(room.bytes).toBeGreaterThan(100 * KIB);
    for (let record = 0; record < 20_000; record += 997) {
      expect(drafts[record % 4]?.get(`chain/${record}`)).toMatchObject({ record });
      drafts[record % 4]?.keep();
    }
    expect(room.bytes).toBeLessThan(300 * KIB);
  });

  it('keep what a batch has written until it is stored, whatever the room', () => {
    const room = new CacheRoom(KIB);
    const draft = new SpaceDraft(() => undefined, ENTRIES_MAX, room);
    for (let record = 0; record < 100; record++) {
      draft.put(`key/${record}`, 'x'.repeat(KIB));
      draft.keep();
    }
    expect([...draft.changes()]).toHaveLength(100);
    draft.abandon();
    expect(draft.get('key/1')).toBeUndefined();
  });
});
