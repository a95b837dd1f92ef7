/** What bets on high days guarantee: who keeps to more than ever is told, and days that are alike hardly ever are. */
import { describe, expect, it } from 'vitest';
import { seeded } from '../testing/seeded.ts';
import { daysAbove, type HighDays, highAfter, highWith, worthOf } from './high-days.ts';

/** Days in a row, each of which is held against all before it. */
class Days {
  high: HighDays | undefined;
  #largest = 0;
  #days = 0;

  day(value: number, since = 0): number {
    const { high } = this;
    const said = { value, largest: this.#largest, days: this.#days, since };
    const today = highWith(high, said, this.#days);
    const worth = today === undefined ? 1 : worthOf(today);
    this.high = today && highAfter(today);
    this.#largest = Math.max(this.#largest, value);
    this.#days += 1;
    return worth;
  }

  all(values: readonly number[]): this {
    for (const value of values) this.day(value);
    return this;
  }
}

const even = (days: number) => Array.from({ length: days }, (_, n) => 10 + (n % 4));

describe('high days', () => {
  it('are worth the more the longer they stay above all before, at whatever height', () => {
    const days = new Days().all(even(20));
    const worth = [15, 14, 15, 14, 14, 15, 14, 14].map((value) => days.day(value));
    expect(worth[0]).toBeCloseTo(0.6 * 21);
    expect(worth[1]).toBeCloseTo((0.36 * 21 * 22) / 2, 1);
    expect(worth.at(-1)).toBeGreaterThan(50_000);
    expect(days.high && daysAbove(days.high)).toBe(8);
  });

  it('are worth nothing once days are as before, or where history is short', () => {
    const once = new Days().all(even(20)).all([40, 12, 11, 13]);
    expect(once.high).toBeUndefined();
    expect(new Days().all(even(6)).day(99)).toBe(1);
  });

  it('end with a declared change: days are others then', () => {
    const days = new Days().all(even(20)).all([15, 15, 15]);
    expect(days.day(15, 30)).toBe(1);
  });

  it('are fair: by chance they are worth 12,000 on fewer days than one in 12,000', () => {
    const random = seeded(3);
    const draws = [() => random(), () => (1 - random()) ** -2, () => Math.floor(random() * 5)];
    let [alarms, lived] = [0, 0];
    for (let agent = 0; agent < 3000; agent += 1) {
      const days = new Days();
      const draw = draws[agent % 3] ?? random;
      for (let n = 0; n < 60; n += 1) {
        lived += 1;
        if (days.day(draw()) < 12_000) continue;
        alarms += 1;
        break;
      }
    }
    expect(alarms / lived).toBeLessThan(1 / 12_000);
  });
});
