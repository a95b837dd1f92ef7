/**
 * Guarantees of what is followed: it ends when nothing can follow from it any more; who brings values
 * without end pushes out its own; and no record pays for more than a few of the others, however many
 * there are and however they came.
 */
import type { ValueFlow } from '@waywarden/schemas';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  TRACKS_EVICTED_MAX,
  TRACKS_EXPIRED_MAX,
  TRACKS_LOOKED_MAX,
  TRACKS_MAX,
} from './flow-limits.ts';
import { flowCounters } from './open-tracks.ts';
import { FlowBench, observation } from './testing/flow-bench.ts';

const DAY_S = 86_400;

/** A hundred a second. */
const madeUp = (n: number, agent = 'noisy', at = n / 100) =>
  observation({ n: 10, chain: 'own', by: 'result', at, agent, fp: `made up by ${agent} ${n}` });

const flood = (count: number) => Array.from({ length: count }, (_, n) => madeUp(n));

/** A partition that has room for so many; the others are only counted: half a million would prove no more. */
function almostFull(free: number): FlowBench {
  const bench = new FlowBench();
  bench.transaction.put('counters', { tracks: TRACKS_MAX - free, tracksEvicted: 0 });
  return bench;
}

const followed = (bench: FlowBench): readonly string[] =>
  [...bench.transaction.entries.keys()].filter((key) => key.startsWith('track/')).sort();

const stateOf = (bench: FlowBench) =>
  [...bench.transaction.entries.keys()].filter((key) => /^(track|turns?|openers?)\//.test(key));

/** How often state is touched by the record that touches it most. */
function mostTouched(bench: FlowBench, records: readonly (() => void)[]): number {
  let [touched, most] = [0, 0];
  const { get, put, delete: remove } = bench.transaction;
  bench.transaction.get = (key) => {
    touched += 1;
    return get.call(bench.transaction, key) as never;
  };
  bench.transaction.put = (key, value) => {
    touched += 1;
    put.call(bench.transaction, key, value);
  };
  bench.transaction.delete = (key) => {
    touched += 1;
    remove.call(bench.transaction, key);
  };
  for (const record of records) {
    touched = 0;
    record();
    most = Math.max(most, touched);
  }
  return most;
}

const eachFed = (bench: FlowBench, all: readonly ValueFlow[]) =>
  all.map((one) => () => {
    bench.feed(one);
  });

describe('a value', () => {
  it('is forgotten when the horizon has passed, by the log’s time', () => {
    const bench = new FlowBench();
    bench.feed(...flood(100));
    bench.pass(6 * DAY_S);
    expect(flowCounters(bench.transaction).tracks).toBe(100);
    bench.pass(8 * DAY_S);
    expect(flowCounters(bench.transaction).tracks).toBe(0);
    expect(stateOf(bench)).toEqual([]);
  });

  it('is followed longer when it was seen again, even if it then is all that is left', () => {
    const bench = new FlowBench();
    bench.feed(...flood(100), { ...madeUp(50, 'noisy', 5 * DAY_S), chain_id: 'other' });
    bench.pass(8 * DAY_S);
    expect(followed(bench)).toHaveLength(1);
    bench.pass(13 * DAY_S);
    expect(stateOf(bench)).toEqual([]);
  });
});

describe('a value that is shown days late', () => {
  const ofChain = (n: number, chain: string, by: 'result' | 'argument') =>
    observation({ n, chain, by, at: n });

  it('links calls that come together', () => {
    const bench = new FlowBench();
    bench.pass(30 * DAY_S);
    bench.feed(ofChain(1, 'reads', 'result'));
    bench.pass(30 * DAY_S + 1);
    bench.feed(ofChain(2, 'sends', 'argument'));
    expect(bench.links()).toHaveLength(1);
  });

  it('is forgotten soon after', () => {
    const bench = new FlowBench();
    bench.pass(30 * DAY_S);
    bench.feed(ofChain(1, 'reads', 'result'));
    bench.pass(30 * DAY_S + 2 * 3600);
    expect(stateOf(bench)).toEqual([]);
  });
});

describe('a partition with more values than it follows', () => {
  it('forgets values of whoever brought most, and not what a quiet agent read before', () => {
    const bench = almostFull(500);
    bench.feed(observation({ n: 1, chain: 'a', by: 'result', at: 0, agent: 'vaulter' }));
    bench.feed(...flood(2000));
    expect(flowCounters(bench.transaction).tracksEvicted).toBeGreaterThanOrEqual(1501);
    expect(flowCounters(bench.transaction).tracks).toBeLessThanOrEqual(TRACKS_MAX);
    bench.feed(observation({ n: 2, chain: 'b', by: 'argument', at: 3600, agent: 'mailer' }));
    expect(bench.links()).toContain('1>2 data_flow');
  });

  it('forgets first what nobody has shown for longest, to the hour', () => {
    const bench = almostFull(500);
    bench.feed(...flood(400));
    bench.feed({ ...madeUp(7, 'noisy', 2 * 3600), chain_id: 'other' });
    bench.feed(...Array.from({ length: 400 }, (_, n) => madeUp(1000 + n, 'noisy', 2 * 3600)));
    expect(flowCounters(bench.transaction).tracksEvicted).toBeGreaterThan(250);
    expect(followed(bench).join()).toContain('made up by noisy 7"');
    expect(followed(bench).join()).not.toContain('made up by noisy 8"');
  });

  it('looks at few of them for one record, however many are followed and seen again', () => {
    const bench = almostFull(3000);
    const again = flood(3000).map((one, n) => ({
      ...madeUp(n, 'noisy', DAY_S),
      chain_id: 'other',
      fp: one.fp,
    }));
    const more = Array.from({ length: 3000 }, (_, n) => madeUp(5000 + n, 'noisy', DAY_S));
    const all = [...flood(3000), ...again, ...more];
    const most = mostTouched(bench, eachFed(bench, all));
    expect(flowCounters(bench.transaction).tracksEvicted).toBeGreaterThan(1000);
    // Each that is looked at is taken out of one queue and put into another, or forgotten.
    expect(most).toBeLessThan(20 * TRACKS_LOOKED_MAX);
    // What moves on is looked at for nothing: so many more are followed meanwhile.
    expect(flowCounters(bench.transaction).tracks).toBeLessThan(
      TRACKS_MAX + 3000 / TRACKS_LOOKED_MAX,
    );
  });

  it('lets few of them expire with one record, and in the end all', () => {
    const bench = new FlowBench();
    const count = 3 * TRACKS_EXPIRED_MAX;
    bench.feed(...flood(count));
    const hours = Array.from({ length: 4 }, (_, n) => () => {
      bench.pass(8 * DAY_S + n);
    });
    expect(mostTouched(bench, hours)).toBeLessThan(20 * TRACKS_EXPIRED_MAX);
    expect(stateOf(bench)).toEqual([]);
    expect(flowCounters(bench.transaction).tracks).toBe(0);
  });

  it('goes on letting them expire with each new value', () => {
    const bench = new FlowBench();
    bench.feed(...flood(2 * TRACKS_EXPIRED_MAX));
    bench.pass(8 * DAY_S);
    const later = Array.from({ length: 600 }, (_, n) => madeUp(n, 'other', 8 * DAY_S));
    bench.feed(...later);
    expect(followed(bench)).toHaveLength(600);
  });

  it('keeps the same of others and as many of its own in whatever order they come, a restart included', () => {
    const [quiet, noisy] = [
      Array.from({ length: 40 }, (_, n) => madeUp(n, `quiet ${n % 8}`)),
      flood(400),
    ];
    const all = [...quiet, ...noisy];
    const orders = fc.shuffledSubarray(
      all.map((_, n) => n),
      { minLength: all.length },
    );
    const retained = (order: readonly number[], restartAt: number) => {
      const bench = almostFull(200);
      order.forEach((n, at) => {
        if (at === restartAt) bench.transaction.readAnew();
        bench.feed(...all.slice(n, n + 1));
      });
      return bench;
    };
    const others = (bench: FlowBench) => followed(bench).filter((key) => !key.includes('noisy'));
    fc.assert(
      fc.property(orders, fc.nat(all.length), (order, restartAt) => {
        const [bench, again] = [retained(order, -1), retained(order, restartAt)];
        expect(others(bench)).toHaveLength(quiet.length);
        // With each value that comes a few go, so that most of the time there is a little room.
        const room = TRACKS_MAX - flowCounters(bench.transaction).tracks;
        expect(room).toBeLessThan(TRACKS_EVICTED_MAX);
        expect(JSON.stringify([...again.transaction.entries].sort())).toBe(
          JSON.stringify([...bench.transaction.entries].sort()),
        );
      }),
      { numRuns: 30, seed: 6 },
    );
  });
});
