/** What the bets on records guarantee: a climb is told, and days that are alike hardly ever are, however uneven. */
import { describe, expect, it } from 'vitest';
import { seeded } from '../testing/seeded.ts';
import { DAYS_PER_CHANCE } from './block-maxima.ts';
import type { OtherRows } from './day-rows.ts';
import {
  afterChange,
  heldAgainst,
  NO_BETS,
  type RecordBets,
  standOf,
  withDay,
} from './record-bets.ts';
import { fromEarlierBets, fromStoredBets, toStoredBets } from './stored-bets.ts';

const after = (days: readonly number[], from: RecordBets = NO_BETS) =>
  days.reduce((bets, largest) => withDay(bets, { largest }), from);

/** How many of 1,000 days of steady agents reach the alarm for the first time. */
function alarmsOf(draw: (random: () => number) => number, days: number, agents: number) {
  const random = seeded(11);
  let [alarms, lived] = [0, 0];
  for (let agent = 0; agent < agents; agent += 1) {
    let bets = NO_BETS;
    for (let day = 0; day < days && standOf(bets).bet < DAYS_PER_CHANCE; day += 1) {
      // A change that changes nothing: days before and after it are as good as days without one.
      if (day % 25 === 20) bets = afterChange(bets);
      bets = withDay(bets, { largest: draw(random) });
      lived += 1;
    }
    if (standOf(bets).bet >= DAYS_PER_CHANCE) alarms += 1;
  }
  return (1000 * alarms) / lived;
}

describe('bets on records', () => {
  const usual = [4, 6, 5, 7, 5, 3, 2, 6, 5, 7, 6, 5];

  it('pay when a value climbs by one a day, with quiet days in between', () => {
    const climb = standOf(after([8, 9, 2, 10, 11], after(usual)));
    expect(climb.bet).toBeGreaterThan(DAYS_PER_CHANCE);
    expect(climb.wins).toBe(4);
  });

  it('pay below one large day that came before, and not below two', () => {
    const climb = [8, 9, 10, 11, 12];
    const [one, two] = [after([...usual, 15, ...usual]), after([...usual, 15, ...usual, 15])];
    expect(standOf(after(climb, one)).bet).toBeGreaterThan(DAYS_PER_CHANCE);
    expect(standOf(after(climb, two)).bet).toBe(1);
  });

  it('pay nothing for a level that is as high as ever, for one large day, or for what is back to usual', () => {
    const known = after(usual);
    expect(standOf(after([7, 7, 7, 7, 7, 7], known))).toEqual({ bet: 1, wins: 0 });
    expect(standOf(after([90], known)).bet).toBeLessThan(10);
    expect(standOf(after([90, 4, 5, 6, 7, 5], known))).toEqual({ bet: 1, wins: 0 });
  });

  it('are fair at best: the mean of a day is 1, and less where values tie', () => {
    const known = after([4, 3, 2, 1, 3.5, 4.5, 5, 6]);
    const [record, top, none] = [9, 5.5, 0].map(
      (largest) => standOf(withDay(known, { largest })).bet,
    );
    // The ninth day is the largest with a probability of 1/9, and the second largest as often.
    const mean = ((record ?? 0) + (top ?? 0) + 7 * (none ?? 0)) / 9;
    expect(mean / standOf(known).bet).toBeLessThan(1.001);
    expect(mean / standOf(known).bet).toBeGreaterThan(0.7);
    // What has lost all begins anew.
    expect(after([4, 3, 2, 1, 0, 0, 0])).toEqual({ ...NO_BETS, days: 7, peaks: [4, 3] });
  });

  it('reach the alarm by chance on fewer days than said, whatever days are made of', () => {
    const heavy = (random: () => number) => (1 - random()) ** -2;
    const even = (random: () => number) => Math.floor(random() * 1000);
    const tied = (random: () => number) => Math.floor(random() * 4);
    for (const draw of [heavy, even, tied]) {
      expect(alarmsOf(draw, 400, 400)).toBeLessThan(0.5);
    }
  });

  describe('after a declared change', () => {
    const known = after([...usual, 6, 5]);

    it('hold what lies far above against the days before, so that it hides no climb', () => {
      const climb = [8, 15, 2, 20, 27, 36];
      expect(standOf(after(climb, afterChange(known))).bet).toBeGreaterThan(DAYS_PER_CHANCE);
      expect(standOf(after(climb, afterChange(NO_BETS))).bet).toBeLessThan(DAYS_PER_CHANCE);
    });

    it('hold a climb that is on its way against the days before it', () => {
      const even = after(new Array<number>(14).fill(2));
      const [usual, climbing] = [afterChange(even), afterChange(after([4, 4, 5, 6, 8], even))];
      expect(climbing.before).toMatchObject({ days: 19, peaks: [2, 2] });
      expect(usual.before).toMatchObject({ days: 14, peaks: [2, 2] });
      const stand = standOf(after([9, 2, 2, 10, 12], climbing));
      expect(stand.bet).toBeGreaterThan(DAYS_PER_CHANCE);
      // What was before is forgotten where the bets have lost all.
      const lost = after(new Array<number>(9).fill(2), after([4, 5], even));
      expect(afterChange(lost).before).toMatchObject({ days: 25, peaks: [5, 4] });
    });

    it('allow twice as much, of changes in a row not twice as much each', () => {
      expect(standOf(after([8, 10, 12, 14, 13], afterChange(known)))).toEqual({ bet: 1, wins: 0 });
      const twice = afterChange(after([13, 12, 14, 13], afterChange(known)));
      expect(heldAgainst(twice)).toEqual({ days: 18, peaks: [14, 14] });
    });

    describe('with other rows that say what it changed', () => {
      const [short, long] = [[20, 4] as const, [20, 16] as const];
      const days = (largest: readonly number[], others: OtherRows, from: RecordBets) =>
        largest.reduce((bets, one) => withDay(bets, { largest: one, others }), from);
      const changed = afterChange(days([...usual, 6, 5], short, NO_BETS));
      const climb = [8, 9, 11, 12, 14, 16];

      it('hold a climb against the days before where these are as long', () => {
        expect(standOf(days(climb, short, changed)).bet).toBeGreaterThan(DAYS_PER_CHANCE);
        expect(standOf(days(climb, long, changed)).bet).toBeLessThan(DAYS_PER_CHANCE);
        expect(standOf(after(climb, changed)).bet).toBeLessThan(DAYS_PER_CHANCE);
      });

      it('count on with them in full after five days, but above twice as much', () => {
        expect(days([5, 9, 8, 9, 7], short, changed)).toMatchObject({ days: 19, peaks: [9, 9] });
        expect(days([5, 9, 8, 9, 7], long, changed).before?.raised).toBe(1.29);
        expect(days([5, 9, 15, 9, 7], short, changed).before?.raised).toBeUndefined();
      });

      it('bet nothing on the first two days, which say what is usual now', () => {
        const twice = days([14, 13], short, changed);
        expect(standOf(twice)).toEqual({ bet: 1, wins: 0 });
        expect(standOf(days([12, 11, 13, 12], short, twice)).bet).toBeLessThan(10);
      });

      it('reach the alarm on few days where rows are longer by a half, or by as much again', () => {
        const random = seeded(7);
        for (const [times, most] of [
          [1.5, 0.7],
          [2, 1],
        ] as const) {
          let [alarms, lived] = [0, 0];
          for (let agent = 0; agent < 1500; agent += 1) {
            let bets = NO_BETS;
            for (let day = 0; day < 90 && standOf(bets).bet < DAYS_PER_CHANCE; day += 1) {
              if (day === 25) bets = afterChange(bets);
              const usual = 5 + Math.floor(-4 * Math.log(1 - random()));
              const largest = Math.round(day < 25 ? usual : times * usual);
              // As often as not the others say nothing of it.
              bets = withDay(bets, { largest, others: agent % 2 === 0 ? short : long });
              lived += 1;
            }
            if (standOf(bets).bet >= DAYS_PER_CHANCE) alarms += 1;
          }
          expect((1000 * alarms) / lived).toBeLessThan(most);
        }
      });
    });

    it('count on with the days before where five days show that nothing changed', () => {
      const same = after([5, 6, 4, 6, 7], afterChange(known));
      expect(same).toMatchObject({ days: 19, peaks: [7, 7] });
      expect(standOf(after([8, 9, 10], same)).bet).toBeGreaterThan(DAYS_PER_CHANCE);
      const once = afterChange(after([2, 9, 2, 2, 2, 2, 2], known));
      expect(after([8, 5, 6, 6, 7, 4, 3, 5, 6], once).before?.peaks).toEqual([9, 7]);
      expect(after([8, 5, 6, 6, 7, 4, 3, 5, 6, 5], once)).toMatchObject({
        days: 31,
        peaks: [9, 8],
      });
    });

    it('count on by a half, and as much larger as five days show that the change has made them', () => {
      const raised = after([9, 8, 9, 7, 9], afterChange(known));
      expect(raised).toMatchObject({ days: 5, before: { days: 14, raised: 1.29 } });
      expect(heldAgainst(raised).days).toBe(12);
      expect(heldAgainst(raised).peaks[1]).toBeCloseTo(9, 1);
      const climb = [11, 13, 16, 20];
      expect(standOf(after(climb, raised)).bet).toBeGreaterThan(DAYS_PER_CHANCE);
      expect(standOf(after(climb, after([9, 8, 9, 7, 9]))).bet).toBeLessThan(DAYS_PER_CHANCE);
      // What is above twice as much may be anything: after ten days it is what is usual.
      const doubled = after([9, 15, 9, 8, 10], afterChange(known));
      expect(doubled.before).toMatchObject({ days: 14, peaks: [7, 7] });
      expect(after([9, 8, 9, 10, 9], doubled).before).toBeUndefined();
      // Of another change what was since this one is what was before.
      expect(afterChange(raised).before).toMatchObject({ days: 12, peaks: [9, 9] });
      expect(after(new Array<number>(24).fill(8), raised)).toMatchObject({ before: { days: 14 } });
      expect(after(new Array<number>(25).fill(8), raised).before).toBeUndefined();
    });
  });

  it('lose nothing on quiet days, which are none of the days; what is won on one is won', () => {
    const known = after([8, 9], after(usual));
    const quiet = withDay(known, { largest: 2, isQuiet: true });
    expect(quiet).toEqual(known);
    expect(standOf(withDay(known, { largest: 2 })).bet).toBeLessThan(standOf(known).bet);
    expect(standOf(withDay(known, { largest: 10, isQuiet: true }))).toEqual(
      standOf(withDay(known, { largest: 10 })),
    );
    // Four days of a climb with a weekend and a holiday among them.
    const climb = [8, 9, 0, 0, 0, 10, 11];
    const at = (day: number) =>
      climb
        .slice(0, day)
        .reduce((bets, one) => withDay(bets, { largest: one, isQuiet: one === 0 }), after(usual));
    expect(standOf(at(7)).bet).toBeGreaterThan(DAYS_PER_CHANCE);
    expect(standOf(after(climb, after(usual))).bet).toBeLessThan(DAYS_PER_CHANCE);
    // Below both it is still one of what was largest.
    expect(withDay(NO_BETS, { largest: 3, isQuiet: true }).peaks).toEqual([3, 0]);
  });

  it('are fair on all days together where two of seven are quiet and have no large ones', () => {
    const random = seeded(5);
    let [alarms, lived] = [0, 0];
    for (let agent = 0; agent < 400; agent += 1) {
      let bets = NO_BETS;
      for (let day = 0; day < 400 && standOf(bets).bet < DAYS_PER_CHANCE; day += 1) {
        const isQuiet = day % 7 > 4;
        bets = withDay(bets, { largest: isQuiet ? random() : 1 + random() * 1000, isQuiet });
        lived += 1;
      }
      if (standOf(bets).bet >= DAYS_PER_CHANCE) alarms += 1;
    }
    expect((1000 * alarms) / lived).toBeLessThan(0.5);
  });

  it('are stored without loss', () => {
    for (const bets of [
      NO_BETS,
      after(usual),
      after([8, 9], after(usual)),
      after([3], afterChange(after([8, 9], after(usual)))),
      afterChange(after(usual)),
      after([9, 8, 9, 7, 9], afterChange(after(usual))),
      afterChange(after([8, 9, 10], after(usual))),
      afterChange(withDay(after(usual), { largest: 5, others: [12, 3] })),
      withDay(afterChange(withDay(after(usual), { largest: 5, others: [12, 3] })), {
        largest: 9,
        others: [8, 1],
      }),
    ]) {
      expect(fromStoredBets(toStoredBets(bets), bets.others)).toEqual(bets);
    }
  });

  it('are read as versions until 1.50.0 stored them, and tell nothing too early', () => {
    const earlier = fromEarlierBets([14, 7, 90, 2]);
    expect(standOf(earlier)).toEqual({ bet: 45.5, wins: 2 });
    expect(standOf(withDay(earlier, { largest: 7 })).bet).toBeLessThan(45);
    expect(standOf(after([8, 9], earlier)).bet).toBeGreaterThan(DAYS_PER_CHANCE);
    expect(fromEarlierBets([14, 7, 1, 0])).toEqual({ ...NO_BETS, days: 14, peaks: [7, 7] });
  });
});
