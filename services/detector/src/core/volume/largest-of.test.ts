/** Guarantees of what lies above all before it: it comes as rarely as said, of light tails and of heavy ones. */
import { expect, it } from 'vitest';
import { seeded } from '../testing/seeded.ts';
import { largestChance } from './largest-of.ts';

const DAYS = 20;
const RUNS = 20_000;

/** Of how many runs the last of so many values is as rare. */
function came(draw: (u: number) => number, nominal: number): number {
  const random = seeded(7);
  let rare = 0;
  for (let run = 0; run < RUNS; run += 1) {
    let largest = 0;
    for (let day = 0; day < DAYS; day += 1) largest = Math.max(largest, draw(random()));
    if (largestChance(draw(random()), largest, DAYS) <= nominal) rare += 1;
  }
  return rare / RUNS;
}

it('comes as often as said of a Pareto with index 1, and more rarely of lighter tails', () => {
  const heavy = came((u) => 1 / (1 - u), 0.01);
  expect(heavy).toBeGreaterThan(0.008);
  expect(heavy).toBeLessThan(0.012);
  expect(came((u) => (1 - u) ** -0.5, 0.01)).toBeLessThan(0.008);
  expect(came((u) => 100 + u, 0.01)).toBe(0);
});

it('says nothing of what does not lie above', () => {
  expect(largestChance(10, 10, 30)).toBe(1);
  expect(largestChance(40, 10, 30)).toBeCloseTo(1 / 4 / 31);
});
