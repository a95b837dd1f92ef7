import { describe, expect, it } from 'vitest';
import { CacheRoom, SpaceTransaction, weightOf } from './space-draft.ts';

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
    const drafts = disks.map(
      (disk) => new SpaceTransaction((key) => disk.get(key), ENTRIES_MAX, room),
    );
    for (let record = 0; record < 20_000; record++) {
      const at = record % drafts.length;
      const [transaction, disk] = [drafts[at], disks[at]];
      transaction?.put(`chain/${record}`, { record, text: 'x'.repeat(KIB) });
      transaction?.keep();
      for (const [key, value] of transaction?.changes() ?? []) disk?.set(key, value);
      transaction?.stored();
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
    const transaction = new SpaceTransaction(() => undefined, ENTRIES_MAX, room);
    for (let record = 0; record < 100; record++) {
      transaction.put(`key/${record}`, 'x'.repeat(KIB));
      transaction.keep();
    }
    expect([...transaction.changes()]).toHaveLength(100);
    transaction.abandon();
    expect(transaction.get('key/1')).toBeUndefined();
  });
});
