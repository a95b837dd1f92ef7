import { seededRandom, shuffled } from '@waywarden/waywarden/input/seeded-random';
import { describe, expect, it } from 'vitest';
import { clusteredIntervals, rankingQuality } from './roc.ts';

const run = (score: number, positive: boolean, cluster = 'a') => ({ score, positive, cluster });

describe('ranking quality', () => {
  it('is 1 for a perfect ranking and one half when every score is equal', () => {
    expect(rankingQuality([run(2, true), run(1, false)]).auc).toBe(1);
    expect(rankingQuality([run(1, true), run(1, false), run(1, true)]).auc).toBe(0.5);
    expect(rankingQuality([run(1, true), run(2, false)]).auc).toBe(0);
  });

  it('takes no threshold whose false-positive rate exceeds the stated one', () => {
    const negatives = Array.from({ length: 99 }, (_, i) => run(i / 100, false));
    // One negative above every positive: 1/100 is allowed at 1 %, nothing below.
    const runs = [run(9, false), run(8, true), run(7, true), ...negatives];
    expect(rankingQuality(runs).tprAt1).toBe(1);
    expect(rankingQuality([run(9.5, false), ...runs]).tprAt1).toBe(0);
  });

  it('counts ties between classes against the true-positive rate', () => {
    expect(rankingQuality([run(1, true), run(1, false)]).tprAt1).toBe(0);
  });

  it('has wider intervals when runs repeat few tasks', () => {
    const random = seededRandom(7);
    const runs = Array.from({ length: 400 }, (_, i) => {
      const task = i % 8;
      return run(random() + (i % 2) * (task < 4 ? 0.9 : 0.1), i % 2 === 1, `t${task}`);
    });
    const clustered = clusteredIntervals(runs, seededRandom(1), 200);
    const independent = clusteredIntervals(
      runs.map((r, i) => ({ ...r, cluster: String(i) })),
      seededRandom(1),
      200,
    );
    const width = (i: { low: number; high: number }) => i.high - i.low;
    expect(width(clustered.tprAt1)).toBeGreaterThan(width(independent.tprAt1));
  });

  it('shuffles the same way for the same seed', () => {
    const items = Array.from({ length: 50 }, (_, i) => i);
    expect(shuffled(items, seededRandom(3))).toEqual(shuffled(items, seededRandom(3)));
    expect(shuffled(items, seededRandom(3))).not.toEqual(items);
  });
});
