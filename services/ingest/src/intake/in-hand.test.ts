import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Hold, InHand } from './in-hand.ts';

const LIMITS = { bodies: 64, bytes: 16 * 1024 * 1024 };

/** Takes places of so many bytes until it is refused. */
function flood(inHand: InHand, tenant: string, source: string, bytes = 1): Hold[] {
  const holds: Hold[] = [];
  for (;;) {
    const hold = inHand.take({ tenant, source }, bytes);
    if (hold === undefined) return holds;
    holds.push(hold);
  }
}

describe('places in hand', () => {
  it('of a tenant are left for another source, whatever one source sends', () => {
    const inHand = new InHand(LIMITS);
    expect(flood(inHand, 'acme', 'sdk/flood')).toHaveLength(24);
    expect(inHand.take({ tenant: 'acme', source: 'gateway/main' }, 100)).toBeDefined();
  });

  it('of a tenant are left for another source when several flood together', () => {
    const inHand = new InHand(LIMITS);
    const sources = ['a', 'b', 'c', 'd'];
    const holds = new Map(sources.map((source) => [source, flood(inHand, 'acme', source)]));
    // Each body ends some time, and its place is asked for again at once.
    for (let round = 0; round < 40; round++) {
      for (const source of sources) {
        const mine = holds.get(source) ?? [];
        mine.shift()?.release();
        mine.push(...flood(inHand, 'acme', source));
      }
    }
    expect(inHand.take({ tenant: 'acme', source: 'gateway/main' }, 100)).toBeDefined();
  });

  it('are left for another tenant, whatever sources of one send', () => {
    const inHand = new InHand(LIMITS);
    for (let source = 0; source < 100; source++) flood(inHand, 'acme', `sdk/${source}`);
    expect(inHand.bodies).toBeLessThanOrEqual(48);
    expect(inHand.take({ tenant: 'other', source: 'gateway/main' }, 100)).toBeDefined();
  });

  it('are shared by bytes as by bodies', () => {
    const inHand = new InHand(LIMITS);
    flood(inHand, 'acme', 'sdk/flood', 1024 * 1024);
    expect(inHand.bytes).toBeLessThanOrEqual(9 * 1024 * 1024);
    expect(inHand.take({ tenant: 'acme', source: 'gateway/main' }, 1024 * 1024)).toBeDefined();
  });

  it('never exceed the limits, and all come back', () => {
    const step = fc.record({
      tenant: fc.constantFrom('a', 'b', 'c'),
      source: fc.constantFrom('x', 'y', 'z'),
      bytes: fc.nat({ max: 4 * 1024 * 1024 }),
      ends: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
        const inHand = new InHand(LIMITS);
        const holds: Hold[] = [];
        for (const { ends, bytes, ...sender } of steps) {
          if (ends) holds.shift()?.release();
          const hold = inHand.take(sender, bytes);
          if (hold !== undefined) holds.push(hold);
          expect(inHand.bodies).toBeLessThanOrEqual(LIMITS.bodies);
          expect(inHand.bytes).toBeLessThanOrEqual(LIMITS.bytes);
        }
        for (const hold of holds) hold.release();
        expect([inHand.bodies, inHand.bytes]).toEqual([0, 0]);
      }),
    );
  });
});
