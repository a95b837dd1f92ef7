/**
 * Guarantees of a partition that is full: who opens work without end pushes out its own; what went
 * with something dangerous in it is told with who flooded, and is not forgotten when it goes on.
 */
import { policySchema } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { CHAINS_EVICTED, CHAINS_MAX } from '../model/assembly-limits.ts';
import { assemblyCounters, count } from '../model/stage-counters.ts';
import { Bench, idOf, step, watermarkRecord } from '../testing/step-builder.ts';

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
const FLOOD = 800;

/** A partition that is full to `free` chains, and one that floods it. */
function flooded(can: string, flood = FLOOD, free = flood - 8): Bench {
  const bench = new Bench(policy);
  count(bench.transaction, { chains: CHAINS_MAX - free });
  bench.feed(opened('quiet', 0, 'read:secret'));
  for (let n = 1; n <= flood; n += 1) bench.feed(opened('noisy', n, can));
  return bench;
}

const stateOf = (bench: Bench, retained: RegExp) =>
  [...bench.transaction.entries.keys()].filter((key) => retained.test(key));

describe('a partition with more chains than it follows', { timeout: 120_000 }, () => {
  it('keeps what a quiet agent began before the flood, and tells nobody of losing nothing', () => {
    const bench = flooded('read:public');
    const { chains, chainsEvicted } = assemblyCounters(bench.transaction);
    expect(chains).toBeLessThan(CHAINS_MAX);
    expect(chainsEvicted).toBe(CHAINS_EVICTED);
    expect(bench.alerts).toEqual([]);
    bench.feed(out('chain of quiet 0', 'quiet'));
    const [alert] = bench.open();
    expect(alert?.assembly?.proof).toContain(idOf('quiet 0'));
    expect(alert?.evaluable).toBe(true);
  });

  it('gives up what does nothing dangerous first, and of that what nothing came to for longest', () => {
    const bench = new Bench(policy);
    count(bench.transaction, { chains: CHAINS_MAX - 300 });
    const secret = opened('noisy', 0, 'read:secret');
    const idle = opened('noisy', 1, 'read:public');
    const busy = opened('noisy', 2, 'read:public');
    bench.feed(secret, idle, busy);
    bench.feed({ ...opened('noisy', 3, 'read:public'), chain_id: busy.chain_id });
    for (let n = 4; n <= 320; n += 1) bench.feed(opened('noisy', n, 'read:public'));
    const open = stateOf(bench, /^chain\/.*meta$/).join();
    expect(assemblyCounters(bench.transaction).chainsEvicted).toBe(CHAINS_EVICTED);
    expect(open).toContain(secret.chain_id);
    expect(open).toContain(`/${busy.chain_id}/`);
    expect(open).not.toContain(`/${idle.chain_id}/`);
  });

  it('looks at few of them for one record, however many are open', () => {
    const bench = new Bench(policy);
    const flood = 4000;
    count(bench.transaction, { chains: CHAINS_MAX - flood + 100 });
    let [touched, most] = [0, 0];
    const { get, put } = bench.transaction;
    bench.transaction.get = (key) => {
      touched += 1;
      return get.call(bench.transaction, key) as never;
    };
    bench.transaction.put = (key, value) => {
      touched += 1;
      put.call(bench.transaction, key, value);
    };
    for (let n = 1; n <= flood; n += 1) {
      touched = 0;
      bench.feed(opened('noisy', n, 'read:public'));
      most = Math.max(most, touched);
    }
    expect(assemblyCounters(bench.transaction).chainsEvicted).toBeGreaterThan(0);
    expect(most).toBeLessThan(flood);
  });

  it('forgets all about the order in which they would go when they have ended', () => {
    const bench = flooded('read:public');
    for (const [n, hours] of [30, 60, 24 * 40].entries()) {
      bench.decide(watermarkRecord(hours * 3600, n + 2));
    }
    expect(stateOf(bench, /^(chain|turns?|opener|openers|due)\//)).toEqual([]);
    expect(assemblyCounters(bench.transaction).chains).toBe(CHAINS_MAX - FLOOD + 8);
  });

  it('names who flooded and whose dangerous calls are gone, once for many', () => {
    const bench = flooded('read:secret');
    const [flood, ...others] = bench.open();
    expect(others).toEqual([]);
    expect(flood?.count).toBeGreaterThan(0);
    expect(flood?.count).toBe(assemblyCounters(bench.transaction).chainsEvicted);
    expect(flood).toMatchObject({
      kind: 'telemetry_gap',
      subject: { agent_uid: 'noisy' },
      evaluable: false,
      decisive_assurance: 'authenticated',
    });
    expect(flood?.not_visible.join()).toMatch(/\d+ of noisy since .*\(read:secret\)/);
    expect(flood?.not_visible.join()).not.toContain('quiet');
  });

  it('does not take a chain that it gave up for one that did nothing', () => {
    const bench = flooded('read:secret');
    // Of those that went the latest are remembered.
    const chain = `chain of noisy ${assemblyCounters(bench.transaction).chainsEvicted}`;
    const again = { id: 'again', agent: 'noisy', at: 1999, capabilities: ['read:secret'] };
    bench.feed(step({ ...again, wire: { chain_id: chain } }), out(chain, 'noisy'));
    const alert = bench.open().find((one) => one.rule_id === 'egress');
    expect(alert?.evaluable).toBe(false);
    expect(alert?.not_visible.join()).toMatch(/given up.*1 of noisy since/);
  });
});
