import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withRuns } from '../kept/digit-runs.ts';
import { toDigits } from '../kept/print-table.ts';
import { BLOCKS_MAX } from './block-maxima.ts';
import { packed, packedBeside, unpacked, unpackedBeside } from './day-logs.ts';
import { GRAIN } from './day-score.ts';
import { ANCHOR_DAYS } from './first-days.ts';

const inThree = (logs: readonly number[]) => logs.map((log) => toDigits(log, 3)).join('');
const logOf = (value: number) => Math.round(Math.log1p(value) * GRAIN);

describe('days as they are stored', () => {
  const log = fc.oneof(
    fc.integer({ min: 0, max: 4095 }),
    fc.integer({ min: 4000, max: 9000 }),
    fc.integer({ min: 0, max: 262_143 }),
    fc.constantFrom(0, 347, 4095, 4096, 16_384, 20_479, 20_480),
  );
  const days = (most: number) =>
    fc.oneof(fc.array(log, { maxLength: most }), fc.array(fc.constantFrom(0, 347, 5000)));

  it('are the same days, and first days the same beside them', () => {
    fc.assert(
      fc.property(days(BLOCKS_MAX), days(ANCHOR_DAYS), fc.nat(12), (logs, others, shared) => {
        const text = packed(logs);
        expect(unpacked(text)).toEqual(logs);
        const anchor = [...logs.slice(0, shared), ...others].slice(0, 60);
        expect(unpackedBeside(text, packedBeside(logs, anchor))).toEqual(anchor);
      }),
      { seed: 20261127, numRuns: 3000 },
    );
  });

  it('of earlier versions, in three digits, are read as they were', () => {
    fc.assert(
      fc.property(days(BLOCKS_MAX), days(ANCHOR_DAYS), (logs, anchor) => {
        const text = withRuns(inThree(logs), 3);
        expect(unpacked(text)).toEqual(logs);
        // Beside how many are shared, and before that whole.
        expect(unpackedBeside(text, `A${inThree(anchor)}`)).toEqual(anchor);
        expect(unpackedBeside(text, inThree(anchor))).toEqual(anchor);
      }),
      { seed: 20261127, numRuns: 1000 },
    );
  });

  it.each([
    ['counts from none to three thousand', 0, 3500],
    ['amounts from 2 KB to 4 MB', 2000, 4_000_000],
  ])('take two digits each, thirty and the first ten that are none of them: %s', (_, from, to) => {
    const some = (length: number) =>
      fc.array(fc.integer({ min: from, max: to }).map(logOf), {
        minLength: length,
        maxLength: length,
      });
    fc.assert(
      fc.property(some(BLOCKS_MAX), some(ANCHOR_DAYS), (logs, anchor) => {
        expect(packed(logs).length).toBeLessThanOrEqual(2 + 2 * BLOCKS_MAX);
        expect(packedBeside(logs, anchor).length).toBeLessThanOrEqual(3 + 2 * ANCHOR_DAYS);
      }),
      { seed: 20261127, numRuns: 300 },
    );
  });

  it('take three where they lie further apart, and one more at most for all first days', () => {
    const apart = Array.from({ length: BLOCKS_MAX }, (_, n) => (n % 2) * 5000 + n);
    expect(packed(apart)).toHaveLength(3 * BLOCKS_MAX);
    const first = apart.slice(0, ANCHOR_DAYS).map((one) => one + 100);
    expect(packedBeside(apart, first)).toHaveLength(1 + 3 * ANCHOR_DAYS);
    expect(packedBeside(apart, apart.slice(0, ANCHOR_DAYS))).toHaveLength(1);
  });
});
