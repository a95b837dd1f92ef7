/** Guarantees of the probability of a value as rare: it is one of calls that chance draws, whatever the values are. */
import { shortPrint } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { seeded } from '../testing/seeded.ts';
import { countedIn, type Met, metOnceMore, NOTHING_MET } from './met-values.ts';
import { noveltyChance } from './novelty-chance.ts';

const CALLS = 600;
const AGENTS = 60;

function after(met: Met, value: string): Met {
  const print = shortPrint(value);
  return metOnceMore(met, { print, day: 1, ...countedIn(met, print), declined: '' }) ?? met;
}

/** The value at this place of all weights laid in a row. */
function drawn(weights: readonly number[], place: number): number {
  let left = place;
  return weights.findIndex((one) => {
    left -= one;
    return left < 0;
  });
}

/** How many of the calls of many agents are at or below each share; values are drawn by their weights. */
function shares(weights: readonly number[], nominal: readonly number[]): readonly number[] {
  const whole = weights.reduce((sum, one) => sum + one, 0);
  const random = seeded(20261127);
  const came = nominal.map(() => 0);
  for (let agent = 0; agent < AGENTS; agent += 1) {
    const counts = new Map<number, number>();
    let met: Met = NOTHING_MET;
    for (let call = 0; call < CALLS; call += 1) {
      const value = drawn(weights, random() * whole);
      const count = counts.get(value) ?? 0;
      const p = noveltyChance(met, count);
      nominal.forEach((one, n) => {
        if (p <= one) came[n] = (came[n] ?? 0) + 1;
      });
      met = after(met, `v${value}`);
      counts.set(value, count + 1);
    }
  }
  return came.map((one) => one / AGENTS / CALLS);
}

describe('noveltyChance', () => {
  it('comes as rarely as it says, of many values that are alike and of few with a long tail', () => {
    const nominal = [0.1, 0.05, 0.01];
    const alike = new Array<number>(60).fill(1);
    const zipf = Array.from({ length: 90 }, (_, n) => 1 / (n + 1));
    for (const weights of [alike, zipf]) {
      for (const [n, came] of shares(weights, nominal).entries()) {
        expect(came).toBeLessThan((nominal[n] ?? 0) * 1.05);
      }
    }
    // And not so cautious that it says nothing.
    expect(shares(zipf, [0.1])[0]).toBeGreaterThan(0.03);
  });

  it('is of a new value what was met once, and one more', () => {
    let met: Met = NOTHING_MET;
    for (let n = 0; n < 97; n += 1) met = after(met, 'often');
    for (const value of ['a', 'b']) met = after(met, value);
    expect(noveltyChance(met, 0)).toBeCloseTo(3 / 100);
    // One that was met once is as rare as the others that were, and as a new one would be.
    expect(noveltyChance(met, 1)).toBeCloseTo(3 / 100);
    expect(noveltyChance(met, 97)).toBe(1);
  });

  it('is less of what is new with a rare effect, and not of what is known', () => {
    let met: Met = NOTHING_MET;
    for (let n = 0; n < 99; n += 1) met = after(met, 'often');
    expect(noveltyChance(met, 0, 'read')).toBeCloseTo(1 / 100);
    expect(noveltyChance(met, 0, 'grant')).toBeCloseTo(1 / 10_000);
    // What can’t be undone together: deleting, paying, configuring and granting.
    expect(noveltyChance(met, 0, 'delete')).toBeCloseTo(7 / 10_000);
    expect(noveltyChance(met, 99, 'delete')).toBe(1);
  });

  it('takes what made room for others as met once', () => {
    let met: Met = NOTHING_MET;
    for (let n = 0; n < 300; n += 1) met = after(met, `v${n}`);
    expect(noveltyChance(met, 0)).toBe(1);
  });
});
