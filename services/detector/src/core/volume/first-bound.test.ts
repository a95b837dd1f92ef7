/** What the first days guarantee: nobody climbs far beyond them in steps that alarm nothing, and few are told who do not. */
import { describe, expect, it } from 'vitest';
import {
  alarmThreshold,
  atDay,
  type DayMaxima,
  foundHarmless,
  keepApart,
  learnMaximum,
  newMaxima,
  rebased,
} from './block-maxima.ts';
import type { DayModel } from './day-score.ts';
import { boundOfFirst } from './first-days.ts';
import { SHIPPED_TAILS } from './shipped-tails.ts';
import { fromStoredMaxima, toStoredMaxima } from './stored-maxima.ts';

const RECORDS: DayModel = {
  ...{ unit: 'amount', ownTail: true, tail: SHIPPED_TAILS.record_volume },
  ...{ floor: 500, anchored: true },
};
const DAY_MS = 86_400_000;

const learnt = (maxima: DayMaxima, day: number, value: number) =>
  learnMaximum(atDay(maxima, day, RECORDS), value);

/** Ten days of about so many, and as many more as are asked. */
function settled(usual: number, days = 10): DayMaxima {
  let maxima = newMaxima(0);
  for (let day = 0; day < days; day += 1) maxima = learnt(maxima, day, usual + (day % 5));
  return atDay(maxima, days, RECORDS);
}

const aboveOf = (maxima: DayMaxima) => boundOfFirst(maxima, RECORDS)?.above ?? Number.NaN;
const beginsAt = (maxima: DayMaxima) => alarmThreshold(maxima, RECORDS) ?? Number.NaN;

it('is six times the most of the first ten days, and nothing before there are ten', () => {
  expect(boundOfFirst(settled(1000, 9), RECORDS)).toBeUndefined();
  expect(aboveOf(settled(1000))).toBeGreaterThan(5.9 * 1004);
  expect(aboveOf(settled(1000))).toBeLessThan(6.1 * 1004);
});

it('stays where it is while what the days before allow climbs far beyond it', () => {
  let maxima = settled(1000, 30);
  const first = aboveOf(maxima);
  for (let day = 30; day < 110; day += 1) {
    const high = 1000 * 1.4 ** (1 + Math.floor((day - 30) / 4));
    const value = (day - 30) % 4 === 3 ? Math.min(high, beginsAt(maxima)) : 1000;
    maxima = learnt(maxima, day, value);
  }
  expect(beginsAt(maxima)).toBeGreaterThan(3 * first);
  expect(aboveOf(maxima)).toBe(first);
});

it('is twice the floor at least: who did nothing in the first days may do something', () => {
  expect(aboveOf(settled(2))).toBeCloseTo(1000, 6);
});

it('lies higher for an agent whose first days differ by much', () => {
  let maxima = newMaxima(0);
  [1, 8, 1, 4, 1, 2, 16, 1, 3, 6].forEach((times, day) => {
    maxima = learnt(maxima, day, 1000 * times);
  });
  const bound = boundOfFirst(atDay(maxima, 10, RECORDS), RECORDS);
  expect(bound?.most).toBeGreaterThan(15_000);
  expect(bound?.above).toBeGreaterThan(10 * 16_000);
});

it('has room for twice as much while the days after a declared change are few, and then for twice as much at most', () => {
  const before = settled(1000, 20);
  let maxima = rebased(before, 20 * DAY_MS, RECORDS);
  expect(aboveOf(maxima)).toBeCloseTo(2 * aboveOf(before), 6);
  for (let day = 20; day < 31; day += 1) maxima = learnt(maxima, day, 50_000);
  expect(aboveOf(maxima)).toBeLessThan(2.1 * aboveOf(before));
});

it('is six times the floor at least once a change was declared, and twice that after it was told', () => {
  let maxima = rebased(settled(2, 20), 20 * DAY_MS, RECORDS);
  for (let day = 20; day < 31; day += 1) maxima = learnt(maxima, day, 450);
  expect(aboveOf(maxima)).toBeCloseTo(3000, 6);
  maxima = keepApart(maxima, 3500);
  for (let day = 31; day < 40; day += 1) maxima = learnt(maxima, day, 450);
  expect(aboveOf(maxima)).toBeCloseTo(6000, -2);
});

describe('once it was told', () => {
  const told = (value: number) => {
    const apart = keepApart(settled(1000, 30), value);
    let maxima = apart;
    for (let day = 31; day < 40; day += 1) maxima = learnt(maxima, day, 1000);
    return { apart, after: maxima };
  };

  it('does not move while the alert goes on, and is at twice as much once that has ended', () => {
    const { apart, after } = told(7000);
    expect(aboveOf(apart)).toBe(aboveOf(settled(1000, 30)));
    expect(aboveOf(after) / aboveOf(apart)).toBeCloseTo(2, 2);
  });

  it('is where it was after an alert that lay below it', () => {
    const { apart, after } = told(4000);
    expect(aboveOf(after)).toBe(aboveOf(apart));
  });

  it('is at most at twice what it was after one huge day', () => {
    expect(aboveOf(told(5_000_000).after)).toBeLessThan(2.1 * aboveOf(settled(1000, 30)));
  });

  it('is at half as much again where people found it harmless', () => {
    const harmless = foundHarmless(told(7000).apart, 7000, RECORDS);
    expect(aboveOf(harmless)).toBeGreaterThan(1.45 * 7000);
    expect(aboveOf(harmless)).toBeLessThan(1.55 * 7000);
  });

  it('is stored', () => {
    const { after } = told(7000);
    expect(aboveOf(fromStoredMaxima(toStoredMaxima(after)))).toBe(aboveOf(after));
  });
});
