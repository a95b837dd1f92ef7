import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { HORIZON_IDS_MIN, IdPage, idWords, pageWords, RecentIds } from './recent-ids.ts';

function idOf(n: number): string {
  const h = createHash('sha1').update(String(n)).digest('hex');
  return `${h.slice(0, 8)}-${h.slice(8, 12)}-${h.slice(12, 16)}-${h.slice(16, 20)}-${h.slice(20, 32)}`;
}

function wordsOf(id: string): readonly [number, number, number, number] {
  return idWords(id) ?? [0, 0, 0, 0];
}

describe('recent ids', () => {
  it('reads an id as four words, and nothing else', () => {
    expect(idWords('00000001-8000-0002-ffff-ffff00000003')).toEqual([1, 0x80000002, 0xffffffff, 3]);
    expect(idWords('00000001-8000-0002-ffff-ffff0000000g')).toBeUndefined();
    expect(idWords('00000001-8000-0002-ffff-ffff0000000')).toBeUndefined();
    expect(idWords('000000010800000002-ffff-ffff00000003')).toBeUndefined();
  });

  it('finds every id with its place, through a stored page and growth', () => {
    const page = new IdPage();
    for (let n = 0; n < 40_000; n++) {
      page.push(wordsOf(idOf(n)), { partition: n % 64, offset: n * 2 ** 20 });
    }
    const ids = new RecentIds();
    ids.add(pageWords(Uint8Array.from(page.bytes())));
    expect(ids.size).toBe(40_000);
    for (let n = 0; n < 40_000; n += 997) {
      expect(ids.find(wordsOf(idOf(n)))).toEqual({ partition: n % 64, offset: n * 2 ** 20 });
    }
    expect(ids.find(wordsOf(idOf(40_001)))).toBeUndefined();
  });

  it('forgets a generation only when the one after it is full', () => {
    const ids = new RecentIds();
    const page = new IdPage();
    page.push(wordsOf(idOf(1)), { partition: 0, offset: 1 });
    ids.add(page.words());
    expect(ids.full).toBe(false);
    ids.turn();
    expect(ids.find(wordsOf(idOf(1)))).toEqual({ partition: 0, offset: 1 });
    ids.turn();
    expect(ids.find(wordsOf(idOf(1)))).toBeUndefined();
    expect(HORIZON_IDS_MIN).toBeGreaterThanOrEqual(500_000);
  });
});
