/** What a day comes to, what is learnt of it, and how it is stored. */
import { describe, expect, it } from 'vitest';
import {
  alarmAbove,
  atDay,
  type DayTotals,
  foundHarmless,
  keptApart,
  newTotals,
  rebased,
  sumAt,
  withAmounts,
} from './day-totals.ts';

/** So many days of one measure, from day 100 on. */
function days(sums: readonly number[], from: DayTotals = newTotals(100, 1)): DayTotals {
  return sums.reduce((of, sum) => {
    const day = of[0];
    return atDay(withAmounts(of, day, [sum]), day + 1);
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
    expect(atDay(apart, 108)[2]).toEqual([[0, 0, 7, 52]]);
    const partly = withAmounts(apart, 107, [45]);
    expect(atDay(partly, 108)[2]).toEqual([[0, 0, 8, 52]]);
  });

  it('of a day that is told late is summed by itself and not learnt', () => {
    const of = withAmounts(days(WEEK), 107, [40]);
    const late = withAmounts(withAmounts(of, 105, [300]), 105, [300]);
    expect([sumAt(late, 105, 0), sumAt(late, 107, 0)]).toEqual([600, 40]);
    expect(sumAt(withAmounts(late, 104, [20]), 104, 0)).toBe(20);
    expect(atDay(late, 108)).toEqual(atDay(of, 108));
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
      of = atDay(of, day + 1);
      expect(alarmAbove(of, 0, 100)).toBe(day < 136 ? 208 : 3600);
    }
  });

  it('that was found harmless moves the alarm to one and a half times as much, and no further', () => {
    const amounts = [2000];
    const flagged = keptApart(withAmounts(days(WEEK), 107, amounts), 107, { amounts, over: [0] });
    // Found on the next day, or when what alarmed is long over.
    for (const day of [108, 130]) {
      let of = foundHarmless(atDay(flagged, day), 0, 2000);
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
    expect(JSON.stringify(atDay(usual, 20_355)).length).toBeLessThan(70);
  });
});
