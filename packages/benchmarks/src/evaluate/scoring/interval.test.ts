/** Intervals against published values, and the promises that the report makes of them. */
import { describe, expect, it } from 'vitest';
import {
  clusteredRate,
  clusteredShare,
  clusterInterval,
  countInterval,
  OutcomeClusters,
  qualityOf,
  share,
} from './interval.ts';

describe('shares', () => {
  it('have Wilson’s interval', () => {
    // Newcombe, Statistics in Medicine 17 (1998), table I: 81 of 263 and 0 of 20.
    expect(share(81, 263).interval.low).toBeCloseTo(0.2553, 4);
    expect(share(81, 263).interval.high).toBeCloseTo(0.3662, 4);
    expect(share(0, 20).interval.low).toBe(0);
    expect(share(0, 20).interval.high).toBeCloseTo(0.1611, 4);
  });

  it('of nothing are unknown, not zero', () => {
    expect(share(0, 0)).toMatchObject({ share: null, interval: { low: 0, high: 1 } });
  });
});

it('counts are close to the exact Poisson interval', () => {
  // Exact (Garwood): 0 → 3.689; 10 → 4.795 to 18.390.
  expect(countInterval(0)).toMatchObject({ low: 0 });
  expect(countInterval(0).high).toBeCloseTo(3.689, 1);
  expect(countInterval(10).low).toBeCloseTo(4.795, 1);
  expect(countInterval(10).high).toBeCloseTo(18.39, 1);
});

describe('clustered shares', () => {
  it('are never a point, and are wider when clusters differ', () => {
    expect(
      clusteredShare([
        [0, 2],
        [0, 2],
        [0, 2],
      ]).interval.high,
    ).toBeGreaterThan(0.3);
    const mixed = clusteredShare(Array.from({ length: 20 }, () => [1, 2] as const));
    const split = clusteredShare(
      Array.from({ length: 20 }, (_, n) => [n % 2 === 0 ? 2 : 0, 2] as const),
    );
    const width = (one: typeof mixed) => one.interval.high - one.interval.low;
    expect(width(split)).toBeGreaterThan(width(mixed) + 0.05);
  });
});

describe('clusters', () => {
  const rate = (clusters: readonly (readonly [number, number])[]) => {
    const { interval } = clusteredRate(clusters, 1);
    return (interval?.high ?? 0) - (interval?.low ?? 0);
  };

  it('widen the interval when few of them have all the events', () => {
    const spread = Array.from({ length: 40 }, () => [1, 10] as const);
    const clumped = Array.from({ length: 40 }, (_, n) => [n < 4 ? 10 : 0, 10] as const);
    expect(rate(clumped)).toBeGreaterThan(rate(spread) + 0.05);
  });

  it('give the same interval every time, and none when there is only one', () => {
    const sums = [
      [1, 2],
      [2, 2],
      [0, 2],
    ] as const;
    const of = ([k = 0, n = 0]: readonly number[]) => k / n;
    expect(clusterInterval(sums, of)).toEqual(clusterInterval(sums, of));
    expect(clusterInterval([[1, 2]], of)).toBeNull();
  });

  it('count in every way in which outcomes share a cause', () => {
    const [one, other] = [new OutcomeClusters(), new OutcomeClusters()];
    for (let n = 0; n < 40; n++) {
      one.add(`c${n % 10}`, n < 20 ? 0 : 2);
      other.add(n < 20 ? 'works' : 'fails', n < 20 ? 0 : 2);
    }
    const width = (quality: ReturnType<typeof qualityOf>) =>
      (quality.intervals.recall?.high ?? 0) - (quality.intervals.recall?.low ?? 0);
    expect(width(qualityOf([one, other]))).toBe(1);
    expect(width(qualityOf([one]))).toBeLessThan(0.5);
  });

  it('are no excuse for certainty: all right of four is not known to be all', () => {
    const clusters = new OutcomeClusters();
    for (const name of ['a', 'b', 'c', 'd']) clusters.add(name, 0);
    expect(qualityOf([clusters]).intervals.recall?.low).toBeLessThan(0.6);
  });
});
