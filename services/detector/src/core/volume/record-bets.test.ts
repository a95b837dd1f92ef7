/** What the bets on records guarantee: a climb is told, and days that are alike hardly ever are, however uneven. */
import { describe, expect, it } from 'vitest';
import { seeded } from '../testing/seeded.ts';
import { DAYS_PER_CHANCE } from './block-maxima.ts';
import { NO_BETS, type RecordBets, withDay } from './record-bets.ts';

const after = (days: readonly number[], from: RecordBets = NO_BETS) => days.reduce(withDay, from);

/** How many of 1,000 days of steady agents reach the alarm for the first time. */
function alarmsOf(draw: (random: () => number) => number, days: number, agents: number) {
  const random = seeded(11);
  let [alarms, lived] = [0, 0];
  for (let agent = 0; agent < agents; agent += 1) {
    let bets = NO_BETS;
    for (let day = 0; day < days && bets.bet < DAYS_PER_CHANCE; day += 1) {
      bets = withDay(bets, draw(random));
      lived += 1;
    }
    if (bets.bet >= DAYS_PER_CHANCE) alarms += 1;
  }
  return (1000 * alarms) / lived;
}

describe('bets on records', () => {
  it('pay when a value climbs by one a day, with quiet days in between', () => {
    const usual = [4, 6, 5, 7, 5, 3, 2, 6, 5, 7, 6, 5];
    const climb = after([8, 9, 2, 10, 11], after(usual));
    expect(climb.bet).toBeGreaterThan(DAYS_PER_CHANCE);
    expect(climb.records).toBe(4);
  });

  it('pay nothing for a level that is as high as ever, for one large day, or for what is back to usual', () => {
    const usual = after([4, 6, 5, 7, 5, 3, 2, 6, 5, 7, 6, 5]);
    expect(after([7, 7, 7, 7, 7, 7], usual)).toMatchObject({ bet: 1, records: 0 });
    expect(after([90], usual).bet).toBeLessThan(10);
    expect(after([90, 8, 9, 10, 11, 12], usual)).toMatchObject({ bet: 1, peak: 90 });
  });

  it('are fair at best: the mean of a day is 1, and less where values tie', () => {
    // The fifth day is the largest of five with probability 1/5.
    const won = withDay(after([4, 3, 2, 1]), 9).bet;
    const [before, lost] = [after([1, 2, 3, 4]).bet, withDay(after([1, 2, 3, 4]), 0).bet];
    expect(won / 5 + ((4 / 5) * lost) / before).toBeCloseTo(1, 4);
    // What has lost all begins anew.
    expect(after([4, 3, 2, 1, 0])).toEqual({ days: 5, peak: 4, bet: 1, records: 0 });
  });

  it('reach the alarm by chance on fewer days than said, whatever days are made of', () => {
    const heavy = (random: () => number) => (1 - random()) ** -2;
    const even = (random: () => number) => Math.floor(random() * 1000);
    const tied = (random: () => number) => Math.floor(random() * 4);
    for (const draw of [heavy, even, tied]) {
      expect(alarmsOf(draw, 400, 400)).toBeLessThan(0.5);
    }
  });
});
