/**
 * The baseline behaves as the detector that it stands for is described: measured shares of benign
 * calls that are quarantined, and the three cases that it misses or mistakes.
 */
import { expect, it } from 'vitest';
import { AgentRisk, type Call, entropyBits } from './agent-risk.ts';

/** Mulberry32: the test must not depend on the day. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const TOOLS = ['read', 'write', 'search', 'mail'];
const call = (atMs: number, tool = 'read', inScope = true): Call => ({ atMs, tool, inScope });

/** Benign Poisson traffic of 30 agents for an hour: share of calls quarantined, and agents hit. */
function benignHour(perMinute: number) {
  const random = seeded(perMinute);
  let [calls, blocked, hit] = [0, 0, 0];
  for (let agent = 0; agent < 30; agent++) {
    const risk = new AgentRisk();
    let wasHit = false;
    for (let at = 0; ; ) {
      at += (-Math.log(1 - random()) / perMinute) * 60_000;
      if (at >= 3_600_000) break;
      const { level } = risk.assess(call(at, TOOLS[Math.floor(random() * 4)]));
      calls++;
      if (level === 'HIGH' || level === 'CRITICAL') {
        blocked++;
        wasHit = true;
      }
    }
    if (wasHit) hit++;
  }
  return { share: blocked / calls, hit };
}

it.each([
  [2, 0.05],
  [8, 0.312],
  [20, 0.513],
  [60, 0.682],
])(
  'quarantines benign calls at %d a minute about as often as described (%d)',
  (rate, described) => {
    const { share, hit } = benignHour(rate);
    expect(Math.abs(share - described)).toBeLessThan(0.08);
    expect(hit).toBeGreaterThanOrEqual(28);
  },
);

it('misses the spike of a perfectly regular agent', () => {
  const risk = new AgentRisk();
  for (let minute = 0; minute < 60; minute++) {
    risk.assess(call(minute * 60_000, TOOLS[minute % 4]));
  }
  const spike = Array.from({ length: 1000 }, (_, n) =>
    risk.assess(call(60 * 60_000 + n, TOOLS[n % 4])),
  );
  expect(spike.at(-1)).toEqual({ level: 'LOW', score: 0 });
});

it('misses one call out of scope after a thousand in it', () => {
  const risk = new AgentRisk();
  for (let n = 0; n < 1000; n++) risk.assess(call(n * 60_000, TOOLS[n % 4]));
  const { level, score } = risk.assess(call(1000 * 60_000, 'drop_db', false));
  expect(level).toBe('LOW');
  expect(score).toBeCloseTo(0.001, 3);
});

it('keeps a narrow agent at medium for ever', () => {
  const risk = new AgentRisk();
  const levels = Array.from({ length: 300 }, (_, n) => risk.assess(call(n * 60_000)).level);
  expect(new Set(levels.slice(10))).toEqual(new Set(['MEDIUM']));
});

it('measures entropy in bits', () => {
  expect(entropyBits(['a', 'a'])).toBe(0);
  expect(entropyBits(['a', 'b', 'c', 'd'])).toBe(2);
});
