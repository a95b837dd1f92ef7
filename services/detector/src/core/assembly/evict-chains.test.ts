/**
 * Guarantees of a partition that is full: who opens work without end pushes out its own; what went
 * with something dangerous in it is told with who flooded, and is not forgotten when it goes on.
 */
import { policySchema } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { CHAINS_EVICTED, CHAINS_MAX } from './assembly-limits.ts';
import { assemblyCounters, count } from './stage-counters.ts';
import { Bench, idOf, step } from './testing/step-builder.ts';

const policy = policySchema.parse({
  version: 1,
  combinations: [
    {
      id: 'egress',
      severity: 'critical',
      steps: [
        { id: 'read', any: ['read:secret'] },
        { id: 'send', any: ['send:external'], after: ['read'] },
      ],
      within: '24h',
    },
  ],
});

/** One call in a chain of its own; a hundred a second. */
function opened(agent: string, n: number, can: string, assurance = 'authenticated' as const) {
  return step({
    ...{ id: `${agent} ${n}`, agent, at: n / 100, capabilities: [can] },
    wire: { chain_id: `chain of ${agent} ${n}`, agent_assurance: assurance },
  });
}

const out = (chain: string, agent: string) =>
  step({
    ...{ id: `out of ${chain}`, agent, at: 2000, capabilities: ['send:external'] },
    wire: { chain_id: chain },
  });

/** Of the chains that fill the partition so many are there; the others are only counted. */
const FLOOD = CHAINS_EVICTED + 500;

function flooded(can: string): Bench {
  const bench = new Bench(policy);
  count(bench.draft, { chains: CHAINS_MAX - FLOOD });
  bench.feed(opened('quiet', 0, 'read:secret'));
  for (let n = 1; n <= FLOOD; n += 1) bench.feed(opened('noisy', n, can));
  return bench;
}

describe('a partition with more chains than it follows', { timeout: 120_000 }, () => {
  it('keeps what a quiet agent began before the flood, and tells nobody of losing nothing', () => {
    const bench = flooded('read:public');
    expect(assemblyCounters(bench.draft)).toMatchObject({
      chains: CHAINS_MAX - CHAINS_EVICTED + 1,
      chainsEvicted: CHAINS_EVICTED,
    });
    expect(bench.alerts).toEqual([]);
    bench.feed(out('chain of quiet 0', 'quiet'));
    const [alert] = bench.open();
    expect(alert?.assembly?.proof).toContain(idOf('quiet 0'));
    expect(alert?.evaluable).toBe(true);
  });

  it('names who flooded and whose dangerous calls are gone, once for many', () => {
    const bench = flooded('read:secret');
    const [flood, ...others] = bench.open();
    expect(others).toEqual([]);
    expect(flood).toMatchObject({
      kind: 'telemetry_gap',
      subject: { agent_uid: 'noisy' },
      count: CHAINS_EVICTED,
      evaluable: false,
      decisive_assurance: 'authenticated',
    });
    expect(flood?.not_visible.join()).toMatch(/\d+ of noisy since .*\(read:secret\)/);
    expect(flood?.not_visible.join()).not.toContain('quiet');
  });

  it('does not take a chain that it gave up for one that did nothing', () => {
    const bench = flooded('read:secret');
    // The last one that went: of those that went the latest are remembered.
    const chain = `chain of noisy ${CHAINS_EVICTED}`;
    const again = { id: 'again', agent: 'noisy', at: 1999, capabilities: ['read:secret'] };
    bench.feed(step({ ...again, wire: { chain_id: chain } }), out(chain, 'noisy'));
    const alert = bench.open().find((one) => one.rule_id === 'egress');
    expect(alert?.evaluable).toBe(false);
    expect(alert?.not_visible.join()).toMatch(/given up.*1 of noisy since/);
  });
});
