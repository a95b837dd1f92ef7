/**
 * Work stays small on long chains, measured in links looked at and not in time; bounds are hit
 * openly; and what is kept does not grow with what arrives.
 */
import { policySchema } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { CHAIN_AGENTS_MAX, CHAIN_STEPS_MAX } from './model/assembly-limits.ts';
import { assemblyCounters } from './model/stage-counters.ts';
import { Bench, step } from './testing/step-builder.ts';

const policy = policySchema.parse({
  version: 1,
  combinations: [
    {
      id: 'secret-to-egress',
      severity: 'critical',
      steps: [
        { id: 'read', any: ['read:secret'] },
        { id: 'send', any: ['send:external'], after: ['read'], link: ['data_flow', 'context'] },
      ],
      within: '24h',
    },
  ],
});
const STEPS = 5000;
const AGENTS = 5;

/** Steps of five agents in turn, each using what the one before gave back. */
function longChain(symbolOf: (n: number) => string, length = STEPS) {
  return Array.from({ length }, (_, n) =>
    step({
      ...{ id: `s${n}`, agent: `agent-${n % AGENTS}`, at: n, capabilities: [symbolOf(n)] },
      ...{ args: { [`v${n - 1}`]: 'url' }, result: { [`v${n}`]: 'url' } },
    }),
  );
}

describe('a chain of 5,000 steps', () => {
  it('that lacks a step of every combination costs next to nothing', () => {
    const bench = new Bench(policy);
    bench.feed(...longChain((n) => (n % 2 === 0 ? 'read:internal' : 'send:external')));
    expect(bench.alerts).toEqual([]);
    expect(assemblyCounters(bench.transaction).work / STEPS).toBeLessThan(5);
  });

  it('whose reads and sends are never linked costs a fraction of its length a step', () => {
    const bench = new Bench(policy);
    const length = 1500;
    const symbolOf = (n: number) => (n % 2 === 0 ? 'send:external' : 'read:public');
    const reads = (n: number) => n % AGENTS === 0;
    const steps = longChain((n) => (reads(n) ? 'read:secret' : symbolOf(n)), length);
    bench.feed(...steps.map((one, n) => (reads(n) ? { ...one, result_values: [] } : one)));
    expect(bench.alerts).toEqual([]);
    expect(assemblyCounters(bench.transaction).work / length).toBeLessThan(length / AGENTS);
  });

  it('keeps a bounded state, and says that it gave calls up', () => {
    const bench = new Bench(policy);
    bench.feed(...longChain((n) => (n === 4000 ? 'read:secret' : 'write:data')));
    const retained = [...bench.transaction.entries.keys()].filter((key) => key.includes('/step/'));
    expect(retained.length).toBeLessThanOrEqual(CHAIN_STEPS_MAX);
    bench.feed(step({ id: 'out', agent: 'agent-0', at: STEPS, capabilities: ['send:external'] }));
    const [alert] = bench.open();
    expect(alert?.evaluable).toBe(false);
    expect(alert?.assembly?.caveats).toContain('not_evaluable');
    expect(alert?.not_visible.join()).toContain('given up');
  });

  it('gives up first what no combination names', () => {
    const bench = new Bench(policy);
    const secret = { id: 'first', agent: 'mailer', at: -1, capabilities: ['read:secret'] };
    bench.feed(step({ ...secret, result: { key: 'secret' } }));
    const idle = longChain(() => 'write:data').map((one) => ({ ...one, result_values: [] }));
    bench.feed(...idle);
    bench.feed(
      step({
        ...{ id: 'out', agent: 'other', at: STEPS, capabilities: ['send:external'] },
        args: { key: 'secret' },
      }),
    );
    expect(bench.open()).toHaveLength(1);
  });
});

describe('a swarm', () => {
  it('of more agents than are followed is not evaluable, and still alerts', () => {
    const bench = new Bench(policy);
    for (let n = 0; n < CHAIN_AGENTS_MAX + 10; n += 1) {
      bench.feed(step({ id: `s${n}`, agent: `a${n}`, at: n, capabilities: ['read:secret'] }));
    }
    bench.feed(step({ id: 'out', agent: 'a0', at: 9999, capabilities: ['send:external'] }));
    expect(bench.open()[0]).toMatchObject({ evaluable: false });
  });
});
