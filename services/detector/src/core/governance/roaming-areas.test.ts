/** What is guaranteed of the areas to which a key roams: honest ones are no stay, and who sits at one of his own is. */
import { describe, expect, it } from 'vitest';
import { areasLately, ROAMING_AREAS_MAX, staysAt, withArea } from './roaming-areas.ts';

const START = 20_458;
const days = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => from + n);

/** Numbers below one that look like chance, and are the same each time. */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}
const evenly = (areas: number) => (x: number) => Math.floor(areas * x);
const unevenly = (areas: number) => (x: number) => Math.floor(areas * x ** 3);

/** Twelve calls a day from such a pool, and a thief at a place of his own from a day on: areas that stay, and when. */
function told(pick: (x: number) => number, seed: number, thief = 1000) {
  const next = chance(seed);
  const stays = new Map<string, number>();
  let kept = '';
  for (const day of days(0, 200)) {
    const names = days(0, 12).map(() => `@area-${pick(next())}`);
    for (const name of [...names, ...(day >= thief ? ['@thief'] : [])]) {
      if (!stays.has(name) && staysAt(kept, name, START + day)) stays.set(name, day);
      kept = withArea(kept, name, START + day);
    }
  }
  return stays;
}

describe('areas of a pool', () => {
  it.each([18, 25, 30, 40, 60])('of %d that are used evenly are hardly ever a stay', (areas) => {
    const stays = days(1, 11).map((seed) => told(evenly(areas), seed).size);
    expect(stays.reduce((sum, one) => sum + one, 0)).toBeLessThanOrEqual(10);
  });

  it('are a stay where one takes far more days than the others have', () => {
    const stays = told(unevenly(60), 1);
    expect(stays.size).toBeGreaterThan(0);
    expect(stays.size).toBeLessThanOrEqual(8);
  });

  it.each([
    [18, 3],
    [30, 3],
    [60, 8],
  ])('hide nobody who comes daily to another place: of %d on day %d', (areas, day) => {
    for (const seed of days(1, 4)) {
      const since = (told(evenly(areas), seed, 100).get('@thief') ?? Infinity) - 100;
      expect(since).toBeGreaterThanOrEqual(3);
      expect(since).toBeLessThanOrEqual(day);
    }
  });

  it('are as many as are remembered, and forgotten after two months', () => {
    const names = days(0, 100).map((n) => `@area-${n}`);
    const kept = names.reduce((all, name) => withArea(all, name, START), '');
    expect(areasLately(kept, START)).toBeLessThanOrEqual(ROAMING_AREAS_MAX);
    expect(areasLately(kept, START + 31)).toBe(0);
    expect(withArea(kept, '@later', START + 90).length).toBeLessThan(12);
  });

  it('are read where a call is late', () => {
    const kept = withArea(withArea('', '@a', START + 5), '@b', START + 2);
    expect(areasLately(kept, START + 5)).toBe(2);
    expect(withArea(kept, '@a', START + 3)).toBe(kept);
  });
});
