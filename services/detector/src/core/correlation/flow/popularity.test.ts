/**
 * Guarantees: a value is common to a use exactly when others than the using agent showed it in more
 * than `chains_max` chains in the horizon before, whatever the order in which that was learnt.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isHubAt, toHubSpan, toHubTimes, unionOf } from '../assembly/model/hub-span.ts';
import { type ChainSpan, hubSpans, withChain } from './popularity.ts';

const rule = { chainsMax: 2, linkHorizonMs: 50 };

interface Shown {
  readonly chain: string;
  readonly agent: string;
  readonly ms: number;
}

function spansOf(all: readonly Shown[], max = 40): readonly ChainSpan[] {
  return all.reduce<readonly ChainSpan[]>(
    (spans, { chain, ...shown }) => withChain(spans, chain, shown, max),
    [],
  );
}

/** By the definition, where each chain shows the value at one time or without a gap. */
function isCommon(all: readonly Shown[], ms: number, agent: string): boolean {
  const others = all.filter((one) => one.agent !== agent);
  const chains = [...new Set(others.map((one) => one.chain))].filter((chain) => {
    const times = others.filter((one) => one.chain === chain).map((one) => one.ms);
    return Math.min(...times) < ms && Math.max(...times) >= ms - rule.linkHorizonMs;
  });
  return chains.length > rule.chainsMax;
}

const shown = fc.record({
  chain: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
  agent: fc.constantFrom('x', 'y', 'z'),
  ms: fc.nat(120),
});

describe('when a value is too common', () => {
  it('is what the definition says, for every time and agent', () => {
    let [common, over] = [0, 0];
    fc.assert(
      fc.property(fc.array(shown, { maxLength: 12 }), (all) => {
        const hub = hubSpans(spansOf(all), rule);
        for (const agent of ['x', 'y', 'z', 'nobody']) {
          const times = Array.from({ length: 181 }, (_, ms) => ms);
          const due = times.filter((ms) => isCommon(all, ms, agent));
          const said = times.filter((ms) => isHubAt(hub, ms, agent));
          common += due.length;
          expect(said).toEqual(expect.arrayContaining(due));
          // A gap in one agent's own times is gone over, inside a time that is common to others.
          const gone = said.filter((ms) => !isCommon(all, ms, agent));
          for (const ms of gone) {
            expect(isCommon(all, ms, 'nobody')).toBe(true);
            expect(due.some((one) => one < ms) && due.some((one) => one > ms)).toBe(true);
          }
          over += gone.length;
        }
      }),
      { numRuns: 300, seed: 11 },
    );
    expect(common).toBeGreaterThan(5000);
    expect(over).toBeLessThan(common / 50);
  });

  it('does not depend on the order in which it was shown', () => {
    const shuffled = fc
      .array(shown, { maxLength: 14 })
      .chain((all) =>
        fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
      );
    fc.assert(
      fc.property(shuffled, ([all, mixed]) => {
        expect(hubSpans(spansOf(mixed), rule)).toEqual(hubSpans(spansOf(all), rule));
      }),
      { numRuns: 300, seed: 12 },
    );
  });

  it('counts nothing that the using agent showed alone, in however many of its tasks', () => {
    const own = Array.from({ length: 30 }, (_, n) => ({
      chain: `own ${n}`,
      agent: 'thief',
      ms: n,
    }));
    const read = { chain: 'a', agent: 'vault', ms: 0 };
    const hub = hubSpans(spansOf([read, ...own]), rule);
    expect(isHubAt(hub, 40, 'thief')).toBe(false);
    expect(isHubAt(hub, 40, 'anybody else')).toBe(true);
  });

  it('keeps its order of magnitude: many chains, and many agents in one, are bounded', () => {
    const crowd = Array.from({ length: 5000 }, (_, n) => ({
      ...{ chain: `chain ${n >> 3}`, agent: `agent ${n & 7}`, ms: n },
    }));
    const spans = spansOf(crowd);
    expect(spans).toHaveLength(40);
    expect(JSON.stringify(spans).length).toBeLessThan(10_000);
  });
});

describe('spans of time', () => {
  const span = { from: 10, until: 60, except: { x: { from: 20, until: 50 } } };

  it('survive the wire', () => {
    expect(toHubSpan(toHubTimes(span))).toEqual(span);
  });

  it('are joined where they touch, each agent’s own with them', () => {
    const later = { from: 60, until: 100, except: {} };
    expect(unionOf([later], [span], 4)).toEqual([
      { from: 10, until: 100, except: { x: { from: 20, until: 100 } } },
    ]);
    const apart = [5, 1, 3].map((n) => ({ from: n * 100, until: n * 100 + 10, except: {} }));
    expect(unionOf(apart, [], 2).map((one) => one.from)).toEqual([300, 500]);
  });

  it('of an agent to which it never was common leave it out', () => {
    const never = { from: 10, until: 60, except: { x: { from: 60, until: 60 } } };
    expect(isHubAt([never], 30, 'x')).toBe(false);
    expect(unionOf([never], [span], 4)[0]?.except).toEqual({ x: { from: 20, until: 50 } });
  });
});
