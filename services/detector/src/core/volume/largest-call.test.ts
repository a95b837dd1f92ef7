/** What one call far beyond all others is, and that heavy tails are not: whatever calls are made of, it is rare. */
import { describe, expect, it } from 'vitest';
import { seeded } from '../testing/seeded.ts';
import { DAYS_PER_CHANCE } from './block-maxima.ts';
import { beyondAll, type LargestCall, NO_CALLS, withCall } from './largest-call.ts';

type Draw = (random: () => number) => number;

/** Amounts up to some thousands, none larger. */
const even: Draw = (random) => 500 + Math.floor(random() * 6000);

function after(draw: Draw, calls: number, days: number): LargestCall {
  const random = seeded(5);
  let known = NO_CALLS;
  for (let n = 0; n < calls; n += 1) known = withCall(known, draw(random), days);
  return known;
}

/** Days of steady agents on which a call is told, of 1,000. */
function toldOf(draw: Draw, callsADay: number): number {
  const random = seeded(9);
  let [told, days] = [0, 0];
  for (let agent = 0; agent < 150; agent += 1) {
    let known = NO_CALLS;
    for (let day = 1; day <= 60; day += 1) {
      days += 1;
      let isTold = false;
      for (let n = 0; n < callsADay; n += 1) {
        const amount = draw(random);
        if (beyondAll(known, amount, Math.min(30, day - 1)) !== undefined) isTold = true;
        else known = withCall(known, amount, Math.min(30, day - 1));
      }
      if (isTold) told += 1;
    }
  }
  return (1000 * told) / days;
}

describe('one call far beyond all before it', () => {
  it('is told of an agent whose calls are alike, though there were days with more in all', () => {
    const known = after(even, 300, 10);
    expect(known.largest).toBeLessThan(6500);
    expect(beyondAll(known, 46_000, 10)).toBeLessThan(1 / DAYS_PER_CHANCE / 100);
    expect(beyondAll(known, 19_000, 10)).toBeUndefined();
  });

  it('is nothing while calls or days are few, or where calls differ by thousands', () => {
    expect(beyondAll(after(even, 99, 10), 46_000, 10)).toBeUndefined();
    expect(beyondAll(after(even, 300, 6), 46_000, 6)).toBeUndefined();
    const wide = after((random) => 10 ** (5 * random()), 300, 10);
    expect(beyondAll(wide, 400_000, 10)).toBeUndefined();
  });

  it('does not grow used to more than it saw, and counts a month at most', () => {
    const known = after(even, 5000, 30);
    expect(known.calls).toBe(100);
    expect(withCall(known, 9000, 30).largest).toBe(9000);
  });

  it('comes by chance on fewer days than said, with light tails and with heavy ones', () => {
    const normal = (random: () => number) =>
      Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(6.283185 * random());
    const draws: readonly Draw[] = [
      even,
      (random) => 3000 * Math.exp(normal(random)),
      (random) => 3000 * Math.exp(2 * normal(random)),
      (random) => 1000 / (1 - random()),
      (random) => 1000 / (1 - random()) ** 0.5,
    ];
    for (const draw of draws) {
      for (const callsADay of [5, 40]) expect(toldOf(draw, callsADay)).toBeLessThan(1);
    }
  });
});
