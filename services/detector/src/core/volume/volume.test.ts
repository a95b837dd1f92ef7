/** What the models of volumes guarantee: their false-alarm rates are what they say, and drift is slow. */
import { describe, expect, it } from 'vitest';
import {
  alarmThreshold,
  atDay,
  BLOCKS_MAX,
  BLOCKS_MIN,
  type DayMaxima,
  dayProbability,
  dayThreshold,
  learnMaximum,
  newMaxima,
  rebased,
  tailOf,
} from './block-maxima.ts';
import { countTail, NO_COUNTS, withCount } from './count-tail.ts';
import { NO_WINDOW, slide, sumOf } from './sliding-window.ts';

const historyOf = (counts: readonly number[]) =>
  counts.reduce((history, count) => withCount(history, count), NO_COUNTS);

/** The exact tail of a Poisson distribution. */
function poissonTail(count: number, mean: number): number {
  let term = Math.exp(-mean);
  let below = 0;
  for (let k = 0; k < count; k += 1) {
    below += term;
    term *= mean / (k + 1);
  }
  return 1 - below;
}

describe('the tail of counts', () => {
  it('bounds the Poisson tail from above, and is near it where the history is long', () => {
    const long = { n: 1e6, mean: 4, m2: 4e6 };
    for (const count of [8, 12, 16]) {
      const [ours, exact] = [countTail(count, long), poissonTail(count, 4)];
      expect(ours).toBeGreaterThanOrEqual(exact * 0.999);
      expect(ours).toBeLessThan(exact * 1.6);
    }
  });

  it('gives an agent that is perfectly regular the variance of a Poisson process', () => {
    const regular = historyOf(new Array<number>(60).fill(1));
    expect(countTail(2, regular)).toBeGreaterThan(0.1);
    expect(countTail(1000, regular)).toBeLessThan(1e-100);
  });

  it('expects bursts of one that comes in bursts', () => {
    const bursts = historyOf([1, 1, 40, 1, 1, 60, 1, 1, 30, 1]);
    const even = historyOf(new Array<number>(10).fill(13.7));
    expect(countTail(60, bursts)).toBeGreaterThan(1e6 * countTail(60, even));
  });

  it('says nothing before it has seen two windows', () => {
    expect(countTail(1e6, NO_COUNTS)).toBe(1);
  });
});

describe('a sliding window', () => {
  const at = (ms: number) => ({ ms, windowMs: 60_000 });

  it('sees a burst whole, wherever in a minute it begins', () => {
    let window = NO_WINDOW;
    for (let ms = 45_000; ms < 95_000; ms += 1000) window = slide(window, at(ms), 1) ?? window;
    expect(sumOf(window)).toBe(50);
  });

  it('forgets what is older, counts what is a little late where it belongs, and nothing later', () => {
    const one = slide(NO_WINDOW, at(0), 5) ?? NO_WINDOW;
    const later = slide(one, at(59_000), 1) ?? NO_WINDOW;
    expect(sumOf(later)).toBe(6);
    expect(sumOf(slide(later, at(61_000), 1) ?? NO_WINDOW)).toBe(2);
    expect(sumOf(slide(later, at(20_000), 1) ?? NO_WINDOW)).toBe(7);
    expect(slide(later, at(-1), 1)).toBeUndefined();
  });
});

/** Maxima after days with these largest values. */
function after(values: readonly number[]): DayMaxima {
  return values.reduce(
    (maxima, value, day) => learnMaximum(atDay(maxima, day), value),
    newMaxima(0, '2026-01-05T09:00:00Z'),
  );
}

describe('block maxima', () => {
  it('judge nothing before enough days', () => {
    const few = atDay(after([5, 5, 5, 5, 5, 5]), 6);
    expect(few.logs).toHaveLength(BLOCKS_MIN - 1);
    expect(tailOf(few.logs)).toBeUndefined();
  });

  it('have a threshold that is exceeded as rarely as they say', () => {
    const tail = { median: Math.log(11), scale: 0.2, days: 30 };
    for (const p of [0.5, 0.01, 1e-4]) {
      expect(dayProbability(tail, dayThreshold(tail, p))).toBeCloseTo(p, 10);
    }
    expect(dayProbability(tail, 10)).toBeCloseTo(0.5, 10);
  });

  it('are not blunted by quiet days', () => {
    const weeks = [8, 9, 8, 10, 9, 0, 0, 8, 9, 9, 10, 8, 0, 0];
    const busy = weeks.filter((one) => one > 0);
    const of = (values: readonly number[]) => {
      const tail = tailOf(atDay(after(values), values.length).logs);
      return tail === undefined ? Number.NaN : dayThreshold(tail, 1e-4);
    };
    expect(of(weeks)).toBeLessThan(of(busy) * 2);
  });

  it('keep a bounded number of days', () => {
    expect(after(new Array<number>(100).fill(3)).logs).toHaveLength(BLOCKS_MAX);
  });

  it('learn slower than a value climbs that grows by a tenth a day', () => {
    const calm = new Array<number>(14).fill(10);
    const climbing = Array.from({ length: 16 }, (_, n) => 10 * 1.1 ** (n + 1));
    const maxima = atDay(after([...calm, ...climbing]), 30);
    const learnt = Math.expm1(maxima.logs.at(-1) ?? Number.NaN);
    expect(learnt).toBeLessThan((climbing.at(-1) ?? 0) * 0.8);
  });

  it('hold a day’s climb against the days before and not against itself', () => {
    const calm = atDay(after(new Array<number>(10).fill(10)), 10);
    const before = alarmThreshold(calm, 5);
    let climbing = calm;
    for (let value = 1; value < 200; value += 1) climbing = learnMaximum(climbing, value);
    expect(alarmThreshold(climbing, 5)).toBe(before);
    expect(before).toBeLessThan(40);
  });

  it('begin anew after a declared change, and twice what alarmed before still does', () => {
    const calm = atDay(after(new Array<number>(10).fill(10)), 10);
    const before = alarmThreshold(calm, 5) ?? Number.NaN;
    const fresh = rebased(calm, 1000, 5);
    expect(fresh.logs).toEqual([]);
    expect(alarmThreshold(fresh, 5)).toBe(2 * before);
    expect(rebased(fresh, 1000, 5)).toBe(fresh);
  });

  it('put what is told late on the day that is being filled', () => {
    const maxima = atDay(after([5, 5, 5]), 1);
    expect(maxima.day).toBe(2);
  });
});
