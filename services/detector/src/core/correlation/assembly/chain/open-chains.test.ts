/**
 * Guarantees: state grows with chains that are open, never with the events of a day; and no record pays
 * for more than a few chains that fell due, however many do so at once.
 */
import { policySchema } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { EXPIRED_EACH } from '../../flow/open-turns.ts';
import { CHAINS_EXPIRED_MAX } from '../model/assembly-limits.ts';
import { assemblyCounters } from '../model/stage-counters.ts';
import { Bench, step, stepRecord, watermarkRecord } from '../testing/step-builder.ts';

const policy = policySchema.parse({
  version: 1,
  limits: { lateness: '10m' },
  links: { horizon: '1h' },
  combinations: [
    {
      id: 'egress',
      severity: 'high',
      steps: [
        { id: 'read', any: ['read:secret'] },
        { id: 'send', any: ['send:external'], after: ['read'] },
      ],
      within: '1h',
    },
  ],
});

const HOUR_S = 3600;
const CHAINS_AN_HOUR = 60;

/** One hour of chains of four calls each; every tenth reads and sends. */
function workHour(bench: Bench, hour: number): void {
  for (let n = 0; n < CHAINS_AN_HOUR; n += 1) {
    const chain = `chain ${hour}/${n}`;
    for (let call = 0; call < 4; call += 1) {
      const isLast = call === 3 && n % 10 === 0;
      const at = hour * HOUR_S + n * 60 + call;
      const value = step({
        ...{ id: `${chain}/${call}`, agent: `agent ${n % 7}`, at },
        capabilities: [isLast ? 'send:external' : call === 0 ? 'read:secret' : 'read:internal'],
        args: { [`in ${chain} ${call}`]: 'email' },
        result: { [`in ${chain} ${call + 1}`]: 'email' },
        wire: { chain_id: chain },
      });
      bench.decide(stepRecord(value));
    }
  }
}

describe('a day of work', () => {
  it('leaves as much behind as its first hours', () => {
    const bench = new Bench(policy);
    const sizes: number[] = [];
    for (let hour = 0; hour < 24; hour += 1) {
      workHour(bench, hour);
      bench.decide(watermarkRecord((hour + 1) * HOUR_S, hour + 2));
      // Alerts are remembered for days, so that a late record revises them: counted apart.
      const keys = [...bench.transaction.entries.keys()].filter((key) => key.startsWith('chain/'));
      const alerted = new Set(
        keys.filter((key) => key.includes('/head/')).map((key) => key.split('/head/')[0] ?? ''),
      );
      sizes.push(keys.filter((key) => ![...alerted].some((one) => key.startsWith(one))).length);
    }
    expect(bench.open()).toHaveLength(24 * (CHAINS_AN_HOUR / 10));
    const early = Math.max(...sizes.slice(3, 6));
    expect(Math.max(...sizes.slice(6))).toBeLessThanOrEqual(early * 1.1);
    const closed = assemblyCounters(bench.transaction).chains;
    expect(closed).toBeLessThan(4 * CHAINS_AN_HOUR + bench.open().length);
  });
});

describe('chains that fall due at once', () => {
  const opened = (bench: Bench, count: number, at: number): void => {
    for (let n = 0; n < count; n += 1) {
      const sketch = {
        id: `${at}/${n}`,
        agent: `agent ${n % 7}`,
        at,
        wire: { chain_id: `${at}/${n}` },
      };
      bench.decide(stepRecord(step({ ...sketch, capabilities: ['read:internal'] })));
    }
  };
  const open = (bench: Bench) => assemblyCounters(bench.transaction).chains;

  it('go some with each watermark, and some with each chain that comes', () => {
    const bench = new Bench(policy);
    const count = 2 * CHAINS_EXPIRED_MAX + 100;
    opened(bench, count, 0);
    bench.decide(watermarkRecord(4 * HOUR_S, 2));
    expect(open(bench)).toBe(count - CHAINS_EXPIRED_MAX);
    opened(bench, 1, 4 * HOUR_S);
    expect(open(bench)).toBe(count - CHAINS_EXPIRED_MAX - EXPIRED_EACH + 1);
    bench.decide(watermarkRecord(4 * HOUR_S + 1, 3));
    bench.decide(watermarkRecord(4 * HOUR_S + 2, 4));
    expect(open(bench)).toBe(1);
    // What is left behind is what one chain leaves.
    const alone = new Bench(policy);
    opened(alone, 1, 0);
    alone.decide(watermarkRecord(0, 2));
    expect(bench.transaction.entries.size).toBe(alone.transaction.entries.size);
  });

  it('go whole where few do, and in one watermark', () => {
    const bench = new Bench(policy);
    opened(bench, CHAINS_EXPIRED_MAX, 0);
    bench.decide(watermarkRecord(4 * HOUR_S, 2));
    expect(open(bench)).toBe(0);
  });
});

describe('calls that come days late', () => {
  const late = (n: number, capability: string) =>
    step({
      ...{ id: `late/${n}`, agent: `agent ${n}`, at: n, capabilities: [capability] },
      ...{ args: { seen: 'email' }, result: { seen: 'email' }, wire: { chain_id: 'late' } },
    });
  const NOW_S = 240 * HOUR_S;
  const passes = (bench: Bench, at: number, seq: number) => bench.decide(watermarkRecord(at, seq));

  it('are put together, if they come together', () => {
    const bench = new Bench(policy);
    passes(bench, NOW_S, 2);
    bench.feed(late(1, 'read:secret'));
    bench.feed(step({ id: 'other', agent: 'other', at: NOW_S, wire: { chain_id: 'other' } }));
    passes(bench, NOW_S + 1, 3);
    bench.feed(late(2, 'send:external'));
    expect(bench.open()).toHaveLength(1);
  });

  it('are forgotten soon after', () => {
    const bench = new Bench(policy);
    passes(bench, NOW_S, 2);
    bench.feed(late(1, 'read:secret'));
    passes(bench, NOW_S + 2 * HOUR_S, 3);
    expect(assemblyCounters(bench.transaction).chains).toBe(0);
  });
});
