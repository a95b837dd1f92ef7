/** When there is too much of an amount: the limit of a day, slow climbs, and what a day with too much on it teaches. */
import { describe, expect, it } from 'vitest';
import { DAYS_KNOWN_MIN } from '../../domain/day.ts';
import {
  atDay,
  climbOf,
  DAYS_MAX,
  limitOf,
  logOf,
  NEW_SERIES,
  type Series,
  withAmount,
} from './series.ts';

const FLOOR = 10;
const next = (day: number) => ({ day, floor: FLOOR, peers: undefined, isGuarded: false });
const days = (...amounts: readonly number[]) => amounts.map(logOf);

/** After days whose largest windows were these. */
function after(amounts: readonly number[]): Series {
  let series = NEW_SERIES;
  for (const [day, amount] of amounts.entries()) {
    series = atDay({ ...series, peak: logOf(amount) }, day, next(day + 1));
  }
  return series;
}

describe('the limit of a day', () => {
  it('is not known before it has been seen on some days, unless its peers are', () => {
    const few = days(...Array.from({ length: DAYS_KNOWN_MIN - 1 }, () => 100));
    expect(limitOf(few, FLOOR, undefined)).toBeUndefined();
    const peers = { median: Math.log1p(100), scale: 0.3, agents: 5 };
    expect(limitOf(few, FLOOR, peers)).toBeGreaterThan(100);
  });

  it('is never below the floor, nor at what was done before', () => {
    expect(limitOf(days(0, 0, 0, 0), FLOOR, undefined)).toBe(FLOOR);
    expect(limitOf(days(50, 60, 900, 55), FLOOR, undefined)).toBeGreaterThan(900);
  });

  it('is nearer the usual the longer that is known, and farther the more it varies', () => {
    const alike = (n: number) =>
      limitOf(days(...Array.from({ length: n }, () => 100)), FLOOR, undefined);
    expect(alike(20)).toBeLessThan(alike(4) ?? 0);
    const varied = limitOf(
      days(...Array.from({ length: 20 }, (_, n) => 30 * 2 ** (n % 4))),
      FLOOR,
      undefined,
    );
    expect(varied).toBeGreaterThan(alike(20) ?? 0);
  });

  it('is by agents of its group no more than so many times the floor', () => {
    const peers = { median: Math.log1p(1e9), scale: 1, agents: 5 };
    expect(limitOf([], FLOOR, peers)).toBeLessThan(1e6);
  });

  it('is wider after a change was declared', () => {
    const quiet = { ...after([100, 100, 100, 100]), peak: logOf(100) };
    const plain = atDay(quiet, 4, next(5)).limit ?? 0;
    expect(atDay(quiet, 4, { ...next(5), isGuarded: true }).limit).toBeGreaterThan(plain);
  });
});

describe('the days that are known', () => {
  it('are the latest, and a day without a call is none', () => {
    const series = after([...Array.from({ length: 2 * DAYS_MAX }, () => 5), 0, 0]);
    expect(series.days).toHaveLength(DAYS_MAX);
  });

  it('leave out a day with too much on it, until that has gone on for a month', () => {
    let series = after([10, 10, 10, 10]);
    const before = series.days;
    for (let day = 4; day < 30; day += 1) {
      series = atDay({ ...series, peak: logOf(1000), over: [4, day] }, day, next(day + 1));
      expect(series.days).toEqual(before);
    }
    for (let day = 30; day < 40; day += 1) {
      const isOver = series.limit !== undefined && series.limit < 1000;
      const over = isOver ? ([4, day] as const) : series.over;
      const { over: _, ...rest } = series;
      series = atDay(
        { ...rest, peak: logOf(1000), ...(over === undefined ? {} : { over }) },
        day,
        next(day + 1),
      );
    }
    expect(series.limit).toBeGreaterThan(1000);
  });
});

describe('a slow climb', () => {
  const climbing = Array.from({ length: 20 }, (_, n) => 100 * 1.12 ** n);

  it('is told by record day after record day, each of which is below the limit', () => {
    const series = after([...Array.from({ length: 8 }, () => 100), ...climbing]);
    const amount = 100 * 1.12 ** 20;
    expect(series.limit).toBeGreaterThan(amount);
    expect(climbOf(series, amount)).toBeGreaterThan(2.5);
  });

  it('is none where days only vary, nor where it leads to little more', () => {
    const varied = after(Array.from({ length: 28 }, (_, n) => 60 + 40 * ((n * 7) % 5)));
    expect(climbOf(varied, 300)).toBeUndefined();
    const little = after(Array.from({ length: 25 }, (_, n) => 100 + n));
    expect(climbOf(little, 126)).toBeUndefined();
  });
});

describe('a window', () => {
  it('is two halves, and what is told late counts in its own', () => {
    const first = withAmount([], 10, 3);
    const second = withAmount(first.halves, 11, 4);
    expect([first.sum, second.sum]).toEqual([3, 7]);
    expect(withAmount(second.halves, 13, 1).sum).toBe(1);
    expect(withAmount(second.halves, 10, 5).sum).toBe(8);
  });
});
