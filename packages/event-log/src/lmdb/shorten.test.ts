import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ExtentMark } from './extents.ts';
import { cutPoint, HARD_SIZE_FACTOR } from './shorten.ts';

/** Marks every 10 offsets, 100 bytes and 1,000 ms, from offset 0. */
const marksOf = (count: number): ExtentMark[] =>
  Array.from({ length: count }, (_, n) => ({
    offset: n * 10,
    before: n * 1_000,
    after: n * 1_000,
    bytes: n * 100,
  }));

const request = fc.record({
  marks: fc.integer({ min: 1, max: 30 }).map(marksOf),
  ageMs: fc.option(fc.nat(40_000), { nil: undefined }),
  bytes: fc.option(fc.nat(3_000), { nil: undefined }),
  nowMs: fc.nat(60_000),
  notBeyond: fc.nat(310),
});

describe('where a partition is cut', () => {
  it('is at a mark; nothing young and within the size goes; unread goes only above twice the size', () => {
    fc.assert(
      fc.property(request, ({ marks, ageMs, bytes, nowMs, notBeyond }) => {
        const total = marks.length * 100;
        const retention = {
          ...(ageMs !== undefined && { ageMs }),
          ...(bytes !== undefined && { bytes }),
        };
        const all = { start: 0, end: marks.length * 10, bytes: total, removedBytes: 0, marks };
        const cut = cutPoint({ ...all, retention, nowMs, notBeyond });
        const at = marks.find(({ offset }) => offset === cut.to);
        expect(at).toBeDefined();
        if (at === undefined || cut.to === 0) return;
        const before = marks[marks.indexOf(at) - 1]?.bytes ?? 0;
        const isOld = ageMs !== undefined && at.before <= nowMs - ageMs;
        const isLarge = bytes !== undefined && total - before > bytes;
        expect(isOld || isLarge).toBe(true);
        if (cut.to > notBeyond) {
          expect(cut.why).toBe('hard_size');
          expect(total - before).toBeGreaterThan((bytes ?? 0) * HARD_SIZE_FACTOR);
        }
      }),
    );
  });

  it('without limits nothing is ever removed, also where the first mark stands behind the start', () => {
    const marks = marksOf(5).slice(2);
    const all = {
      start: 0,
      end: 50,
      bytes: 500,
      removedBytes: 0,
      marks,
      nowMs: 1e9,
      notBeyond: 50,
    };
    expect(cutPoint({ ...all, retention: {} }).to).toBe(0);
  });
});
