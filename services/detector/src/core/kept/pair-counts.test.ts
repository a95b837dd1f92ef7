/** Pairs that are counted: by row, bounded, and halved where a count is full. */
import { describe, expect, it } from 'vitest';
import { predictColumn } from '../facets/predict-column.ts';
import { eachPair, nameAt, PAIR_WIDTH, PAIRS_MAX, withPair } from './pair-counts.ts';
import { toDigits } from './print-table.ts';

const name = (n: number) => toDigits(n, 2);
const table = (pairs: readonly (readonly [row: number, column: number])[]) =>
  pairs.reduce((all, [row, column]) => withPair(all, name(row), name(column)), '');

describe('pairs', () => {
  it('are counted each, and a number of a name is found by both', () => {
    const all = table([
      [1, 2],
      [1, 2],
      [70, 4000],
    ]);
    expect(eachPair(all)).toEqual([
      [name(1) + name(2), 2],
      [name(70) + name(4000), 1],
    ]);
    expect(nameAt(all, PAIR_WIDTH + 2)).toBe(4000);
  });

  it('of a row are halved when one is full, and what was met once stays', () => {
    let all = table([
      [1, 2],
      [1, 3],
      [5, 6],
      [5, 6],
    ]);
    for (let n = 0; n < 4095; n += 1) all = withPair(all, name(1), name(2));
    expect(eachPair(all).map(([, count]) => count)).toEqual([2049, 1, 2]);
  });

  it('that were met least make room', () => {
    let all = table([
      [1, 1],
      [1, 1],
    ]);
    for (let n = 0; n < 200; n += 1) all = withPair(all, name(n), name(9));
    expect(all).toHaveLength(PAIRS_MAX * PAIR_WIDTH);
    expect(eachPair(all)[0]).toEqual([name(1) + name(1), 2]);
  });
});

describe('what is predicted', () => {
  const known = table([
    ...Array.from({ length: 8 }, () => [1, 2] as const),
    [1, 3],
    [4, 2],
    [4, 5],
  ]);
  const ask = (row: number, column: number, prior?: ReadonlyMap<number, number>) =>
    predictColumn({ table: known, row, column, prior, settledMin: 11 });

  it('sums to one over all that is known and what is not', () => {
    const sum = [2, 3, 5, 99].reduce((all, one) => all + ask(1, one).probability, 0);
    expect(sum).toBeCloseTo(1, 12);
    const prior = new Map([
      [2, 0.5],
      [7, 0.5],
    ]);
    const all = [2, 3, 5, 7].reduce((sum, one) => sum + ask(1, one, prior).probability, 0);
    expect(all).toBeCloseTo(1, 12);
  });

  it('is Witten–Bell by hand: a row of nine with two kinds, four pairs of three columns', () => {
    expect(ask(1, 2).probability).toBeCloseTo((8 + 2 * (2 / 7)) / 11, 12);
    expect(ask(1, 99).probability).toBeCloseTo((2 / 11) * (3 / 7), 12);
    expect(ask(8, 2).probability).toBeCloseTo(2 / 7, 12);
  });

  it('has as p-value all that is no likelier, and remembers nothing of the question before', () => {
    const first = ask(1, 3);
    const less = [3, 5, 99].filter((one) => ask(1, one).probability <= first.probability);
    const sum = less.reduce((all, one) => all + ask(1, one).probability, 0);
    expect(first.p).toBeCloseTo(sum, 12);
    expect(ask(1, 2).p).toBeCloseTo(1, 12);
    expect(ask(1, 3)).toEqual(first);
  });
});
