/** Heavy tails come no more often than they say, and regular agents keep sharp thresholds. */
import { describe, expect, it } from 'vitest';
import { seeded } from '../testing/seeded.ts';
import {
  alarmThreshold,
  atDay,
  DAYS_PER_CHANCE,
  keepApart,
  learnMaximum,
  newMaxima,
} from './block-maxima.ts';
import { type DayModel, usualOf } from './day-score.ts';
import { type Excesses, excessAt, excessProbability } from './excess-tail.ts';
import { SHIPPED_TAILS } from './shipped-tails.ts';

type Random = () => number;

const COUNTS: DayModel = {
  unit: 'count',
  tail: SHIPPED_TAILS.task_length,
  floor: 12,
  ownTail: true,
};
const AMOUNTS: DayModel = {
  unit: 'amount',
  tail: SHIPPED_TAILS.token_volume,
  floor: 0,
  ownTail: true,
};

const normal = (random: Random) =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
const pareto = (random: Random, index: number) => Math.ceil((1 - random()) ** (-1 / index));
/** The largest of a day's work. */
const largest = (random: Random, times: number, one: (random: Random) => number) =>
  Math.max(...Array.from({ length: times }, () => one(random)));

interface Lived {
  /** Alarms on days that were judged, of each 1,000. */
  readonly alarms: number;
  /** Where the alarm begins after a month, of the median agent, and how many times the usual day that is. */
  readonly times: number;
}

function lived(model: DayModel, draw: (random: Random) => number): Lived {
  const random = seeded(3);
  let [days, alarms] = [0, 0];
  const times: number[] = [];
  for (let agent = 0; agent < 600; agent += 1) {
    let maxima = newMaxima(0);
    for (let day = 0; day < 60; day += 1) {
      maxima = atDay(maxima, day, model);
      const value = draw(random);
      const threshold = alarmThreshold(maxima, model);
      const isOver = threshold !== undefined && value > threshold;
      if (threshold !== undefined) days += 1;
      if (isOver) alarms += 1;
      maxima = isOver ? keepApart(maxima, value) : learnMaximum(maxima, value);
    }
    const usual = usualOf(maxima.logs, model.unit);
    times.push((alarmThreshold(maxima, model) ?? 0) / Math.expm1(usual?.median ?? 0));
  }
  times.sort((a, b) => a - b);
  return { alarms: (1000 * alarms) / days, times: times[300] ?? 0 };
}

describe('an alarm comes on about one day in a thousand at most', () => {
  const promise = 1000 / DAYS_PER_CHANCE;

  it('of lists with as many pages as Pareto has it, five a day', () => {
    const pages = (random: Random) => largest(random, 5, () => Math.min(120, pareto(random, 1.3)));
    expect(lived(COUNTS, pages).alarms).toBeLessThan(promise * 1.5);
    const lighter = (random: Random) => largest(random, 5, () => pareto(random, 2));
    expect(lived(COUNTS, lighter).alarms).toBeLessThan(promise * 1.5);
  });

  it('of tasks and prompts that are log-normal', () => {
    const tasks = (random: Random) =>
      largest(random, 8, () => 1 + Math.floor(3 * Math.exp(0.8 * normal(random))));
    const tokens = (random: Random) =>
      largest(random, 8, () => 3000 * Math.exp(1.5 * normal(random)));
    expect(lived(COUNTS, tasks).alarms).toBeLessThan(promise);
    expect(lived(AMOUNTS, tokens).alarms).toBeLessThan(promise);
    const single = (random: Random) => 1000 * Math.exp(2 * normal(random));
    expect(lived(AMOUNTS, single).alarms).toBeLessThan(promise * 1.5);
  });
});

describe('what regular agents do is still told at three times the usual', () => {
  it('of the same every day, and of what varies by chance alone', () => {
    expect(lived(COUNTS, () => 20).times).toBeLessThan(2.3);
    const even = (random: Random) => Math.max(1, Math.round(20 + 4.5 * normal(random)));
    expect(lived(COUNTS, even).times).toBeLessThan(3.2);
  });
});

describe('the tail of an unknown mean', () => {
  const seen: Excesses = { above: 10, days: 20, sum: 8, chance: 0.2 };

  it('is the inverse of where it is reached', () => {
    for (const p of [0.1, 0.01, 0.001]) {
      expect(excessProbability(seen, excessAt(seen, p))).toBeCloseTo(p, 12);
    }
  });

  it('is heavier the fewer days tell of it', () => {
    const fewer: Excesses = { ...seen, above: 4, days: 8, sum: 3.2 };
    expect(excessAt(fewer, 0.001)).toBeGreaterThan(excessAt(seen, 0.001));
  });

  it('is that of chance where chance explains what was seen', () => {
    const regular: Excesses = { ...seen, sum: 2 };
    expect(excessAt(regular, 0.001)).toBeLessThan(excessAt(seen, 0.001) / 3);
    expect(excessAt({ ...regular, sum: 0, above: 0 }, 0.001)).toBeGreaterThan(0);
  });
});
