/** What the models of volumes guarantee: their false-alarm rates are what they say, and drift is slow. */
import { describe, expect, it } from 'vitest';
import { seeded } from '../testing/seeded.ts';
import {
  alarmThreshold,
  anchoredProbability,
  atDay,
  BLOCKS_MAX,
  type DayMaxima,
  keepApart,
  learnMaximum,
  newMaxima,
  rebased,
} from './block-maxima.ts';
import { countTail, NO_COUNTS, withCount } from './count-tail.ts';
import { BLOCKS_MIN, type DayModel, dayProbability, dayThreshold, usualOf } from './day-score.ts';
import { type KeptPart, keepPart, PARTS_MAX, partsWith } from './kept-parts.ts';
import { leastOf, scoreAt, scoreProbability, TAIL_PROBABILITIES } from './score-tail.ts';
import { SHIPPED_TAILS } from './shipped-tails.ts';
import { NO_WINDOW, partAt, slide, slideLate, sumOf } from './sliding-window.ts';
import { fromStoredMaxima, toStoredMaxima } from './stored-maxima.ts';

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
  const at = (ms: number) => partAt(ms, 60_000);

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

  it('of what is told too late goes on from what was told before, and begins anew with what is older', () => {
    const one = slideLate(undefined, at(600_000), 5);
    expect(sumOf(slideLate(one, at(630_000), 3))).toBe(8);
    expect(sumOf(slideLate(one, at(500_000), 3))).toBe(3);
  });
});

const MODEL: DayModel = { unit: 'count', tail: SHIPPED_TAILS.call_rate, floor: 5 };

/** Maxima after days with these largest values. */
function after(values: readonly number[]): DayMaxima {
  return values.reduce(
    (maxima, value, day) => learnMaximum(atDay(maxima, day, MODEL), value),
    newMaxima(0),
  );
}

describe('block maxima', () => {
  it('judge nothing before enough days', () => {
    const few = atDay(after([5, 5, 5, 5, 5, 5]), 6, MODEL);
    expect(few.logs).toHaveLength(BLOCKS_MIN - 1);
    expect(usualOf(few.logs, 'count')).toBeUndefined();
  });

  it('have a threshold that is exceeded as rarely as they say', () => {
    const excesses = { above: 15, days: 30, sum: 2, chance: 0.14 };
    const usual = { median: Math.log(11), scale: 0.2, days: 30, excesses };
    for (const p of [0.05, 0.01, 0.003, 1e-4]) {
      const threshold = dayThreshold(usual, MODEL, p);
      expect(dayProbability(usual, MODEL, threshold)).toBeCloseTo(p, 10);
    }
    expect(dayProbability(usual, MODEL, 10)).toBe(1);
  });

  it('expect of a count what chance makes it vary by: two calls after days of one are nothing odd', () => {
    const seldom = usualOf(atDay(after([1, 1, 1, 1, 1, 1, 1]), 7, MODEL).logs, 'count');
    const often = usualOf(atDay(after(new Array<number>(7).fill(400)), 7, MODEL).logs, 'count');
    if (seldom === undefined || often === undefined) throw new Error('Seven days are enough.');
    expect(dayProbability(seldom, MODEL, 2)).toBeGreaterThan(0.05);
    expect(dayProbability(often, MODEL, 800)).toBeLessThan(1e-4);
  });

  it('are not blunted by quiet days', () => {
    const weeks = [8, 9, 8, 10, 9, 0, 0, 8, 9, 9, 10, 8, 0, 0];
    const busy = weeks.filter((one) => one > 0);
    const of = (values: readonly number[]) => {
      const usual = usualOf(atDay(after(values), values.length, MODEL).logs, 'count');
      return usual === undefined ? Number.NaN : dayThreshold(usual, MODEL, 1e-4);
    };
    expect(of(weeks)).toBeLessThan(of(busy) * 2);
  });

  it('keep a bounded number of days', () => {
    expect(after(new Array<number>(100).fill(3)).logs).toHaveLength(BLOCKS_MAX);
  });

  it('learn slower than a value climbs that grows by a tenth a day', () => {
    const calm = new Array<number>(14).fill(10);
    const climbing = Array.from({ length: 16 }, (_, n) => 10 * 1.1 ** (n + 1));
    const maxima = atDay(after([...calm, ...climbing]), 30, MODEL);
    const learnt = Math.expm1((maxima.logs.at(-1) ?? Number.NaN) / 500);
    expect(learnt).toBeLessThan((climbing.at(-1) ?? 0) * 0.8);
  });

  it('hold a day’s climb against the days before and not against itself', () => {
    const calm = atDay(after(new Array<number>(10).fill(10)), 10, MODEL);
    const before = alarmThreshold(calm, MODEL);
    let climbing = calm;
    for (let value = 1; value < 200; value += 1) climbing = learnMaximum(climbing, value);
    expect(alarmThreshold(climbing, MODEL)).toBe(before);
    expect(before).toBeLessThan(40);
  });

  it('begin anew after a declared change, and twice what alarmed before still does', () => {
    const calm = atDay(after(new Array<number>(10).fill(10)), 10, MODEL);
    const before = alarmThreshold(calm, MODEL) ?? Number.NaN;
    const fresh = rebased(calm, 1000, MODEL);
    expect(fresh.logs).toEqual([]);
    expect(alarmThreshold(fresh, MODEL)).toBe(2 * before);
    expect(rebased(fresh, 1000, MODEL)).toBe(fresh);
    expect(fresh.since).toBe(10);
  });

  it('double what a quiet agent had taught, and not the floor below which nothing alarms', () => {
    const quiet = atDay(after([3, 4, 2, 3, 4, 3, 2, 4, 3, 3]), 10, MODEL);
    const floored = { ...MODEL, floor: 25 };
    expect(alarmThreshold(rebased(quiet, 1000, floored), floored)).toBe(25);
    // Of lengths and amounts, whose tails are heavy, it is doubled.
    const lengths = { ...MODEL, floor: 40, ownTail: true } as const;
    expect(alarmThreshold(rebased(quiet, 1000, lengths), lengths)).toBe(80);
    const busy = rebased(atDay(after(new Array<number>(10).fill(20)), 10, MODEL), 1000, floored);
    expect(alarmThreshold(busy, floored)).toBeGreaterThanOrEqual(60);
  });

  it('keep what alarms after ten declared changes as after one', () => {
    const calm = atDay(after(new Array<number>(10).fill(10)), 10, MODEL);
    const once = rebased(calm, 1, MODEL);
    let often = once;
    for (let ms = 2; ms <= 10; ms += 1) often = rebased(often, ms, MODEL);
    expect(alarmThreshold(often, MODEL)).toBe(alarmThreshold(once, MODEL));
  });

  it('leave out a day of which nothing may be learnt, and keep one on which nothing was done', () => {
    const calm = after([5, 5, 5]);
    expect(atDay(atDay(calm, 3, MODEL), 4, MODEL).logs).toHaveLength(3);
    expect(atDay(learnMaximum(atDay(calm, 3, MODEL), 0), 4, MODEL).logs).toHaveLength(4);
  });

  describe('of what alarmed and goes on', () => {
    /** Days on which so much alarmed, after ten of ten. */
    const alarmedOn = (values: readonly number[]) =>
      values.reduce(
        (maxima, value, n) => keepApart(atDay(maxima, 10 + n, MODEL), value),
        after(new Array<number>(10).fill(10)),
      );
    const stored = (maxima: DayMaxima) =>
      fromStoredMaxima(JSON.parse(JSON.stringify(toStoredMaxima(maxima))));

    it('learn nothing for a month, and then what it was', () => {
      const before = alarmThreshold(atDay(alarmedOn([]), 10, MODEL), MODEL) ?? Number.NaN;
      const young = stored(alarmedOn(new Array<number>(30).fill(80)));
      expect(alarmThreshold(young, MODEL)).toBe(before);
      const old = atDay(young, 40, MODEL);
      expect(old.kept).toBeUndefined();
      expect(alarmThreshold(old, MODEL)).toBeGreaterThan(80);
      expect(old.since).toBe(10);
    });

    it('have no day above the largest when each of them was as high, once they are released', () => {
      for (const value of [60, 80, 777, 1000, 5003, 123_457]) {
        const { peak } = atDay(alarmedOn(new Array<number>(30).fill(value)), 40, MODEL);
        expect(peak).toBeGreaterThanOrEqual(value);
        expect(peak).toBeLessThan(value * 1.002);
      }
    });

    it('are not taught by one huge day among them', () => {
      const even = atDay(alarmedOn(new Array<number>(30).fill(80)), 40, MODEL);
      const values = new Array<number>(30).fill(80).with(29, 100_000);
      const spiked = atDay(alarmedOn(values), 40, MODEL);
      const [high, low] = [alarmThreshold(spiked, MODEL), alarmThreshold(even, MODEL)];
      expect(high).toBeLessThan(2 * (low ?? Number.NaN));
    });

    it('forget it once a week was without, and what alarmed on few days', () => {
      const week = atDay(learnMaximum(atDay(alarmedOn([80]), 11, MODEL), 10), 18, MODEL);
      expect(week.kept).toBeUndefined();
      const seldom = [80, ...new Array<number>(29).fill(10)].reduce((maxima, value, n) => {
        const day = atDay(maxima, 10 + n, MODEL);
        return n % 6 === 0 ? keepApart(day, 80) : learnMaximum(day, value);
      }, alarmedOn([]));
      expect(alarmThreshold(atDay(seldom, 40, MODEL), MODEL)).toBeLessThan(80);
    });
  });

  describe('held against the first days', () => {
    const anchored: DayModel = { ...MODEL, anchored: true };
    const daysOf = (values: readonly number[], from: DayMaxima, at: number) =>
      values.reduce(
        (maxima, value, n) => learnMaximum(atDay(maxima, at + n, anchored), value),
        from,
      );
    const ten = (value: number) => new Array<number>(10).fill(value);
    const calm = atDay(daysOf(ten(10), newMaxima(0), 0), 10, anchored);
    const probabilityOf = (maxima: DayMaxima, value: number) =>
      anchoredProbability(maxima, anchored, value) ?? Number.NaN;

    it('have room for twice as much after a declared change, and no more', () => {
      const changed = rebased(calm, 1, anchored);
      expect(probabilityOf(changed, 20)).toBeGreaterThan(0.3);
      expect(probabilityOf(changed, 60)).toBeLessThan(0.01);
    });

    it('are new ones after a declared change, of which none counts as more than twice the old ones', () => {
      const [same, climbed] = [12, 80].map((value) =>
        atDay(daysOf(ten(value), rebased(calm, 1, anchored), 10), 20, anchored),
      );
      if (same === undefined || climbed === undefined) throw new Error('two were made');
      expect(probabilityOf(same, 14)).toBe(1);
      expect(probabilityOf(climbed, 20)).toBe(1);
      expect(probabilityOf(climbed, 80)).toBeLessThan(0.001);
    });
  });

  it('put what is told late on the day that is being filled', () => {
    const maxima = atDay(after([5, 5, 5]), 1, MODEL);
    expect(maxima.day).toBe(2);
  });
});

describe('the tail of scores', () => {
  it('says of each feature what it was made of, falls without a step, and goes on beyond', () => {
    for (const tail of Object.values(SHIPPED_TAILS)) {
      TAIL_PROBABILITIES.forEach((p, at) => {
        expect(scoreProbability(tail, tail[at] ?? Number.NaN)).toBeCloseTo(p, 10);
        expect(scoreAt(tail, p)).toBe(tail[at]);
      });
      let before = 1;
      for (let score = 0; score < 20; score += 0.05) {
        const p = scoreProbability(tail, score);
        expect(p).toBeLessThanOrEqual(before);
        expect(p).toBeGreaterThan(0);
        before = p;
      }
    }
  });

  it('counts every tool of a day as a chance', () => {
    expect(leastOf(0.01, 1)).toBeCloseTo(0.01, 12);
    expect(leastOf(0.01, 10)).toBeCloseTo(1 - 0.99 ** 10, 12);
    expect(leastOf(1, 3)).toBeCloseTo(1, 6);
  });
});

describe('the parts of an agent that are kept', () => {
  type Parts = readonly KeptPart<string>[];
  const kept = (parts: Parts, name: string, today: number) =>
    keepPart(parts, name, { of: `of ${name}`, today });
  const used = (parts: Parts, names: readonly string[], day: number) =>
    names.reduce((now, name) => kept(now, name, day), parts);

  it('are bounded, and a flood of new names pushes out none that is used day by day', () => {
    const own = ['read', 'write'];
    let parts: Parts = [];
    for (let day = 0; day < 10; day += 1) parts = used(parts, own, day);
    const flood = Array.from({ length: 200 }, (_, n) => `new-${n}`);
    parts = used(parts, flood, 10);
    expect(parts).toHaveLength(PARTS_MAX);
    expect(parts.map(([name]) => name)).toEqual(expect.arrayContaining(own));
  });

  it('have room again for a new one once an old one was not used for a month', () => {
    const names = Array.from({ length: PARTS_MAX }, (_, n) => `old-${n}`);
    let parts: Parts = [];
    for (let day = 0; day < 5; day += 1) parts = used(parts, names, day);
    expect(partsWith(parts, 'new', 5)).toBeUndefined();
    expect(kept(parts, 'new', 5)).toBe(parts);
    expect(partsWith(parts, 'new', 40)).toBe(PARTS_MAX);
    const later = kept(parts, 'new', 40);
    expect(later.map(([name]) => name)).toEqual([...names.slice(1), 'new']);
    expect(later.at(-1)?.[3]).toBe('of new');
  });
});

/** The share of days of steady agents that should come on one day in twenty, and in a hundred. */
function sharesOf(tail: DayModel, draw: (random: () => number, agent: number) => number) {
  const random = seeded(7);
  let [days, twenty, hundred] = [0, 0, 0];
  for (let agent = 0; agent < 400; agent += 1) {
    let maxima = newMaxima(0);
    for (let day = 0; day < 30; day += 1) {
      maxima = atDay(maxima, day, tail);
      const value = draw(random, agent);
      const usual = usualOf(maxima.logs, tail.unit);
      maxima = learnMaximum(maxima, value);
      if (usual === undefined) continue;
      const p = dayProbability(usual, tail, value);
      days += 1;
      if (p <= 0.05) twenty += 1;
      if (p <= 0.01) hundred += 1;
    }
  }
  return { twenty: twenty / days, hundred: hundred / days };
}

describe('days of steady agents that nothing was learnt from', () => {
  const poisson = (random: () => number, mean: number) => {
    let [count, product] = [0, random()];
    for (const least = Math.exp(-mean); product > least; count += 1) product *= random();
    return count;
  };
  const logNormal = (random: () => number, spread: number) =>
    1000 * Math.exp(spread * Math.sqrt(-2 * Math.log(random())) * Math.cos(6.283185 * random()));

  it('come as rarely as they say: counts of one to sixty, whose days vary by chance alone', () => {
    const shares = sharesOf(MODEL, (random, agent) => 1 + poisson(random, 60 ** (agent / 400)));
    expect(shares.twenty).toBeLessThan(0.06);
    expect(shares.hundred).toBeLessThan(0.012);
  });

  it('come as rarely as they say: amounts that differ by a tenth or by half', () => {
    const model: DayModel = { unit: 'amount', tail: SHIPPED_TAILS.token_volume, floor: 0 };
    for (const spread of [0.1, 0.3, 0.5]) {
      const shares = sharesOf(model, (random) => logNormal(random, spread));
      expect(shares.twenty).toBeLessThan(0.06);
      expect(shares.hundred).toBeLessThan(0.014);
    }
  });
});
