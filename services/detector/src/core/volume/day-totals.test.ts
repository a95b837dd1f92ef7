/** What a day comes to, what is learnt of it, and how it is stored. */
import { describe, expect, it } from 'vitest';
import {
  alarmAbove,
  atDay,
  boundOfFirst,
  type DayTotals,
  foundHarmless,
  keptApart,
  newTotals,
  rebased,
  sumAt,
  withAmounts,
} from './day-totals.ts';

const FLOOR = 30;

/** So many days of one measure, from day 100 on. */
function days(sums: readonly number[], from: DayTotals = newTotals(100, 1)): DayTotals {
  return sums.reduce((of, sum) => {
    const day = of[0];
    return atDay(withAmounts(of, day, [sum]), day + 1, [FLOOR]);
  }, from);
}

const WEEK = [40, 52, 31, 44, 40, 38, 41];

describe('the total of a day', () => {
  it('alarms above four times the largest of a week, and above the floor', () => {
    const of = days(WEEK);
    expect(alarmAbove(of, 0, 100)).toBe(208);
    expect(alarmAbove(of, 0, 2500)).toBe(2500);
    expect(alarmAbove(days(WEEK.slice(1)), 0, 100)).toBeUndefined();
  });

  it('is no day where nothing of it may be learnt', () => {
    const flagged = days(WEEK);
    const sum = withAmounts(flagged, 107, [900]);
    const apart = keptApart(sum, 107, { amounts: [900], over: [] });
    expect(sumAt(apart, 107, 0)).toBe(900);
    expect(atDay(apart, 108, [FLOOR])[2]).toEqual([[0, 0, 7, 52]]);
    const partly = withAmounts(apart, 107, [45]);
    expect(atDay(partly, 108, [FLOOR])[2]).toEqual([[0, 0, 8, 52]]);
  });

  it('of a day that is told late is summed by itself and not learnt', () => {
    const of = withAmounts(days(WEEK), 107, [40]);
    const late = withAmounts(withAmounts(of, 105, [300]), 105, [300]);
    expect([sumAt(late, 105, 0), sumAt(late, 107, 0)]).toEqual([600, 40]);
    expect(sumAt(withAmounts(late, 104, [20]), 104, 0)).toBe(20);
    expect(atDay(late, 108, [FLOOR])).toEqual(atDay(of, 108, [FLOOR]));
  });

  it('after a declared change alarms at twice what alarmed before, however many are declared', () => {
    const once = rebased(days(WEEK), 5, [100]);
    expect(alarmAbove(once, 0, 100)).toBe(416);
    expect(rebased(once, 5, [100])).toBe(once);
    expect(alarmAbove(rebased(once, 6, [100]), 0, 100)).toBe(416);
    expect(alarmAbove(days([90, 90, 90, 90, 90, 90, 90], once), 0, 100)).toBe(360);
  });

  it('that alarmed for a month is released, with the smallest of its days', () => {
    let of = days(WEEK);
    for (let day = 107; day < 137; day += 1) {
      const sum = 900 + (day % 5);
      const amounts = [sum];
      of = keptApart(withAmounts(of, day, amounts), day, { amounts, over: [0] });
      of = atDay(of, day + 1, [FLOOR]);
      expect(alarmAbove(of, 0, 100)).toBe(day < 136 ? 208 : 3600);
    }
  });

  it('that was found harmless moves the alarm to one and a half times as much, and no further', () => {
    const amounts = [2000];
    const flagged = keptApart(withAmounts(days(WEEK), 107, amounts), 107, { amounts, over: [0] });
    // Found on the next day, or when what alarmed is long over.
    for (const day of [108, 130]) {
      let of = foundHarmless(atDay(flagged, day, [FLOOR]), 0, 2000);
      expect(alarmAbove(of, 0, 100)).toBe(3000);
      for (let n = 0; n < 9; n += 1) of = days([2900], of);
      expect(alarmAbove(of, 0, 100)).toBe(3000);
      expect(alarmAbove(foundHarmless(of, 0, 500), 0, 100)).toBe(3000);
      expect(alarmAbove(rebased(of, 5, [100]), 0, 100)).toBe(6000);
      // What is usual goes on being learnt.
      expect(alarmAbove(days([200, 790], of), 0, 100)).toBe(3160);
    }
  });

  it('stays small, and a number however much it gets', () => {
    const of = withAmounts(newTotals(20_354, 3), 20_354, [1.7e308, 1000, 250_000]);
    expect(JSON.parse(JSON.stringify(of))).toEqual(of);
    const usual = withAmounts(newTotals(20_354, 3), 20_354, [64, 31, 250_000]);
    expect(JSON.stringify(atDay(usual, 20_355, [FLOOR])).length).toBeLessThan(70);
  });
});

describe('the first days of a total', () => {
  const TEN = [...WEEK, 45, 50, 48];
  const aboveOf = (of: DayTotals) => boundOfFirst(of, 0, FLOOR)?.above;
  /** Each day half as much again as the last: never four times the largest. */
  const climbing = [75, 110, 160, 240, 350];

  it('bound what a day may come to at eight times the most of ten, however later ones climb', () => {
    expect(aboveOf(days(TEN.slice(1)))).toBeUndefined();
    expect(aboveOf(days(TEN))).toBe(416);
    const of = days([...TEN, ...climbing]);
    expect(alarmAbove(of, 0, FLOOR)).toBe(1400);
    expect(aboveOf(of)).toBe(416);
  });

  it('of who did little are a third of the floor, and the floor once a change was declared', () => {
    const quiet = days(TEN.map(() => 1));
    expect(boundOfFirst(quiet, 0, 300)?.above).toBe(800);
    expect(boundOfFirst(rebased(quiet, 5, [300]), 0, 300)?.above).toBe(2400);
  });

  it('have room for twice as much after a declared change, however many follow each other, and are twice the old ones at most', () => {
    const once = rebased(days([...TEN, ...climbing]), 5, [FLOOR]);
    expect(aboveOf(once)).toBe(832);
    expect(aboveOf(rebased(days([60], once), 6, [FLOOR]))).toBe(832);
    expect(aboveOf(days(new Array<number>(12).fill(60), once))).toBe(480);
    expect(aboveOf(days(new Array<number>(12).fill(500), once))).toBe(832);
  });

  it('are at twice as much once what was told has ended, and those that were told once that went on for a month', () => {
    const known = days(TEN);
    const { 0: day } = known;
    const told = (at: number, of: DayTotals, amounts = [430]) =>
      keptApart(withAmounts(of, at, amounts), at, { amounts, over: [0] });
    const once = told(day, known);
    expect(aboveOf(atDay(told(day, known, [300]), day + 8, [FLOOR]))).toBe(416);
    expect(aboveOf(atDay(once, day + 7, [FLOOR]))).toBe(416);
    expect(aboveOf(atDay(once, day + 8, [FLOOR]))).toBe(832);
    let on = known;
    for (let at = day; at <= day + 30; at += 1) on = told(at, atDay(on, at, [FLOOR]));
    expect(aboveOf(atDay(on, day + 31, [FLOOR]))).toBe(8 * 430);
  });

  it('allow what people found harmless, and after a declared change twice that', () => {
    const harmless = foundHarmless(days([...TEN, ...climbing]), 0, 1000);
    expect(aboveOf(harmless)).toBe(1500);
    expect(aboveOf(rebased(harmless, 5, [FLOOR]))).toBe(3008);
    // Days that alarmed are days like any then, and not the first ones.
    const climbed = days([...TEN, ...climbing]);
    const amounts = [1500];
    const told = keptApart(withAmounts(climbed, 115, amounts), 115, { amounts, over: [0] });
    expect(aboveOf(foundHarmless(atDay(told, 116, [FLOOR]), 0, 10))).toBe(416);
  });

  it('take a number while later days lie above them, and nothing else', () => {
    expect(days([...TEN, 40])[2]).toEqual([[0, 0, 11, 52]]);
    expect(days([...TEN, 75])[2]).toEqual([[0, 0, 11, 75, 52]]);
  });
});
