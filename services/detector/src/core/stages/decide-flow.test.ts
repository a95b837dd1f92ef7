/**
 * Guarantees: a rare value links the call of another chain that had it first to the call that uses
 * it; a common one links nothing and says so; what stands in the end is a function of the observations.
 */
import { policySchema, validatePrivilegeLink } from '@waywarden/schemas';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OBSERVATIONS_MAX, USE_LINKS_MAX } from '../correlation/flow/flow-limits.ts';
import { FlowBench, observation } from '../correlation/flow/testing/flow-bench.ts';
import { testId } from '../testing/event-builder.ts';

const DAY_S = 86_400;

function linksAfter(...observations: readonly ReturnType<typeof observation>[]) {
  const bench = new FlowBench();
  bench.feed(...observations);
  return bench.links();
}

describe('a value in two chains', () => {
  const read = observation({ n: 1, chain: 'a', by: 'result', at: 0 });
  const use = observation({ n: 2, chain: 'b', by: 'argument', at: 600 });

  it('links the call that returned it to the call that uses it, under the producer’s chain', () => {
    const bench = new FlowBench();
    const [link] = bench.feed(read, use);
    expect(link).toMatchObject({
      ...{ chain_id: 'b', from_chain_id: 'a', via: 'data_flow', strength: 0.7, hops: 1 },
      ...{ fp: 'value', method: { from: 'result', to: 'argument' }, assurance: 'authenticated' },
      ...{ from_agent_uid: 'agent of a', capabilities: read.capabilities },
    });
    expect(validatePrivilegeLink(link)).toBe(true);
  });

  it('links nothing in one chain, nothing backwards, and nothing before the horizon', () => {
    expect(linksAfter(read, { ...use, chain_id: 'a' })).toEqual([]);
    const later = observation({ n: 1, chain: 'a', by: 'result', at: 800 });
    expect(linksAfter(later, use)).toEqual([]);
    const old = observation({ n: 1, chain: 'a', by: 'result', at: -8 * DAY_S });
    expect(linksAfter(old, use)).toEqual([]);
  });

  it('links within the skew of two clocks, whichever says it was first', () => {
    const close = observation({ n: 1, chain: 'a', by: 'result', at: 601 });
    expect(linksAfter(close, use)).toEqual(['1>2 data_flow']);
  });

  it('says nothing twice', () => {
    const bench = new FlowBench();
    expect(bench.feed(read, use, read, use)).toHaveLength(1);
  });

  it('does not link what the chain had read for itself before, and withdraws the link when told late', () => {
    const own = observation({ n: 3, chain: 'b', by: 'result', at: 300 });
    const bench = new FlowBench();
    bench.feed(read, use);
    expect(bench.links()).toEqual(['1>2 data_flow']);
    bench.feed(own);
    expect(bench.links()).toEqual([]);
    expect(bench.sent.at(-1)).toMatchObject({ withdrawn: true, chain_id: 'b', from_chain_id: 'a' });
  });

  it('does not link what its agent used elsewhere before the other read it, in whatever order it is reported', () => {
    const earlier = observation({
      n: 3,
      chain: 'c',
      by: 'argument',
      at: -600,
      agent: 'agent of b',
    });
    expect(linksAfter(earlier, read, use)).toEqual([]);
    expect(linksAfter(read, use, earlier)).toEqual([]);
    const others = { ...earlier, agent_uid: 'another' };
    expect(linksAfter(others, read, use)).toEqual(['1>2 data_flow']);
    const close = observation({ n: 3, chain: 'c', by: 'argument', at: -1, agent: 'agent of b' });
    expect(linksAfter(close, read, use)).toContain('1>2 data_flow');
    const written = observation({ n: 1, chain: 'a', by: 'written', at: 0 });
    expect(linksAfter(earlier, written, use)).toEqual(['1>2 data_flow']);
  });

  it('links the maker too where the chain read the value only from where the maker’s chain wrote it', () => {
    const on = (object: string) => ({ wire: { object } });
    const page = observation({ n: 4, chain: 'a', by: 'written', at: 100, ...on('page/1') });
    const own = observation({ n: 3, chain: 'b', by: 'result', at: 300, ...on('page/1') });
    const all = ['1>2 data_flow', '4>2 data_flow', '4>3 resource'];
    expect(linksAfter(read, page, own, use)).toEqual(all);
    // In whatever order it is told, and though the page's clock is ahead of the use.
    expect(linksAfter(own, use, read, page)).toEqual(all);
    const ahead = observation({ n: 4, chain: 'a', by: 'written', at: 601, ...on('page/1') });
    const late = { ...own, event_time: use.event_time };
    expect(linksAfter(late, read, { ...use, event_id: testId(9) }, ahead)).toContain(
      '1>9 data_flow',
    );
  });

  it('links no other reader of what stood on a page, and nobody where the chain read it elsewhere too', () => {
    const on = (object: string) => ({ wire: { object } });
    const page = observation({ n: 4, chain: 'a', by: 'written', at: 100, ...on('page/1') });
    const own = observation({ n: 3, chain: 'b', by: 'result', at: 300, ...on('page/1') });
    const other = observation({ n: 5, chain: 'c', by: 'result', at: 0 });
    expect(linksAfter(other, page, own, use)).not.toContain('5>2 data_flow');
    const elsewhere = observation({ n: 6, chain: 'b', by: 'result', at: 200, ...on('crm/1') });
    expect(linksAfter(read, page, own, elsewhere, use)).not.toContain('1>2 data_flow');
  });

  it('links what another chain wrote although this one read it, and two writes have no direction', () => {
    const written = observation({ n: 1, chain: 'a', by: 'written', at: 0 });
    const own = observation({ n: 3, chain: 'b', by: 'result', at: 300 });
    expect(linksAfter(written, own, use)).toEqual(['1>2 data_flow']);
    expect(linksAfter(written, { ...use, by: 'written' })).toEqual([]);
  });

  it('links the reader of a resource to who wrote the value there, and to no other', () => {
    const at = (object: string) => ({ wire: { object } });
    const written = observation({ n: 1, chain: 'a', by: 'written', at: 0, ...at('memory/1') });
    const recalled = observation({ n: 2, chain: 'b', by: 'result', at: 600, ...at('memory/1') });
    expect(linksAfter(written, recalled)).toEqual(['1>2 resource']);
    expect(linksAfter(written, { ...recalled, object: 'memory/2' })).toEqual([]);
  });
});

describe('a common value', () => {
  const inChains = (count: number) =>
    Array.from({ length: count }, (_, n) =>
      observation({ n: 10 + n, chain: `chain ${n}`, by: 'result', at: n }),
    );
  const use = observation({ n: 2, chain: 'b', by: 'argument', at: 600 });

  it('links while it was seen in chains_max chains before its use, and not in one more', () => {
    expect(linksAfter(...inChains(8), use)).toHaveLength(8);
    const bench = new FlowBench();
    bench.feed(...inChains(9), use);
    expect(bench.links()).toEqual([]);
    expect(bench.sent.filter((one) => one.hub === true)).toHaveLength(1);
    const at = (time: string) => `2026-${time}.000000000Z`;
    expect(bench.sent.at(-1)).toMatchObject({
      ...{ hub: true, fp: 'value' },
      hub_times: [{ from: at('11-24T09:00:08'), until: at('12-01T09:00:00') }],
    });
    expect(validatePrivilegeLink(bench.sent.at(-1))).toBe(true);
  });

  it('does not lose earlier links by becoming common later', () => {
    const later = inChains(20).map((one, n) => ({
      ...observation({ n: 40 + n, chain: one.chain_id, by: 'result', at: 900 + n }),
    }));
    const [first] = inChains(1);
    expect(linksAfter(...(first ? [first] : []), use, ...later)).toEqual(['10>2 data_flow']);
  });

  it('is told once and not to each chain, and costs no more the more it is seen', () => {
    const bench = new FlowBench();
    bench.feed(...inChains(2000));
    for (let n = 0; n < 50; n += 1) {
      bench.feed(observation({ n: 5000 + n, chain: 'b', by: 'argument', at: 3000 + n }));
    }
    expect(bench.sent.filter((one) => one.hub === true)).toHaveLength(1);
    expect(JSON.stringify([...bench.transaction.entries.values()]).length).toBeLessThan(60_000);
  });
});

describe('a value that one agent shows over and over', () => {
  it('still leads from who had it before, and in which way it was shown is told apart', () => {
    const read = observation({ n: 1, chain: 'a', by: 'result', at: 0, agent: 'vaulter' });
    const noise = Array.from({ length: 2 * OBSERVATIONS_MAX }, (_, n) =>
      observation({
        n: 10 + n,
        chain: `own ${n % 4}`,
        by: 'argument',
        at: 300 + n,
        agent: 'noisy',
      }),
    );
    const use = observation({ n: 2, chain: 'b', by: 'argument', at: 3600, agent: 'noisy' });
    expect(linksAfter(read, ...noise, use)).toContain('1>2 data_flow');
  });

  it('leads from who had it first, whoever is pushed out by showing it since', () => {
    const bench = new FlowBench();
    const shown = (n: number, at: number) =>
      observation({ n: 10 + n, chain: `own ${n % 6}`, by: 'result', at, agent: 'noisy' });
    bench.feed(
      shown(0, 0),
      observation({ n: 2, chain: 'b', by: 'argument', at: 1, agent: 'user' }),
    );
    const before = bench.links();
    expect(before).toEqual(['10>2 data_flow']);
    // All within the skew of the use, so each may have come before it.
    for (let n = 1; n <= 2 * OBSERVATIONS_MAX; n += 1) bench.feed(shown(n, n / 2));
    expect(bench.links()).toEqual(expect.arrayContaining([...before]));
    expect(bench.sent.filter((one) => one.withdrawn === true)).toEqual([]);
    expect(bench.links().length).toBeLessThanOrEqual(USE_LINKS_MAX);
  });
});

describe('a secret', () => {
  const secret = { kind: 'secret' } as const;
  const read = observation({ n: 1, chain: 'a', by: 'result', at: 100, wire: secret });
  const login = (n: number, at: number, agent: string, chain = `c${n}`) =>
    observation({ n, chain, by: 'credential', at, agent, wire: secret });

  it('links to whoever calls with it later, however often its owner has', () => {
    const daily = Array.from({ length: 30 }, (_, n) => login(10 + n, n - 1000, 'owner'));
    expect(linksAfter(...daily, read, login(2, 600, 'thief'))).toEqual(['1>2 secret_use']);
  });

  it('does not link to who had called with it before', () => {
    expect(linksAfter(login(9, 0, 'owner'), read, login(2, 600, 'owner'))).toEqual([]);
  });

  it('that a call created links to its later use', () => {
    const created = observation({ n: 1, chain: 'a', by: 'created', at: 0 });
    expect(linksAfter(created, login(2, 600, 'other'))).toEqual(['1>2 secret_use']);
  });
});

describe('a shared root key', () => {
  const key = (n: number, chain: string, at: number, rank: number, proven = true) =>
    observation({
      ...{ n, chain, at, by: 'root_key' },
      wire: { kind: 'root_key', key_rank: 3, chain_key_rank: rank, chain_key_proven: proven },
    });

  it('joins a call without task to the task that ran under the same trace', () => {
    expect(linksAfter(key(1, 'task', 0, 1), key(2, 'trace', 600, 3))).toEqual(['1>2 delegation']);
  });

  it('never joins two proven tasks, and does join two that are only asserted', () => {
    expect(linksAfter(key(1, 'task 1', 0, 1), key(2, 'task 2', 600, 1))).toEqual([]);
    expect(linksAfter(key(1, 'task 1', 0, 1, false), key(2, 'task 2', 600, 1, false))).toEqual([
      '1>2 delegation',
    ]);
  });

  it('joins the child of a hand-over that names it, and brings back what it did, whatever task either is in', () => {
    const delegating = observation({ n: 1, chain: 'task 1', at: 0, by: 'hand_over' });
    const child = key(2, 'task 2', 600, 1);
    expect(linksAfter(delegating, child)).toEqual(['1>2 delegation', '2>1 delegation']);
    expect(linksAfter(child, delegating)).toEqual(['1>2 delegation', '2>1 delegation']);
    // Of a child one call is enough: its chain tells of the others.
    const more = [700, 800, 900].map((at, n) => ({ ...key(3 + n, 'task 2', at, 1) }));
    const links = linksAfter(delegating, child, ...more);
    expect(links.filter((one) => one.endsWith('>1 delegation'))).toEqual(['2>1 delegation']);
  });
});

describe('what stands in the end', () => {
  const one = fc.record({
    chain: fc.constantFrom('a', 'b', 'c', 'd'),
    by: fc.constantFrom('result', 'argument', 'written', 'credential', 'root_key', 'hand_over'),
    at: fc.constantFrom(0, 10, 60, 119, 121, 240, 700),
    agent: fc.constantFrom('x', 'y'),
    object: fc.constantFrom(undefined, 'o'),
  });
  const policy = policySchema.parse({ version: 1, links: { chains_max: 2, horizon: '5m' } });

  it('does not depend on the order of arrival, repeats included', () => {
    let linking = 0;
    const shuffled = fc.array(one, { minLength: 2, maxLength: 14 }).chain((all) =>
      fc.tuple(
        fc.constant(all),
        fc.shuffledSubarray(
          all.map((_, n) => n),
          { minLength: all.length },
        ),
      ),
    );
    fc.assert(
      fc.property(shuffled, ([sketches, order]) => {
        const all = sketches.map(({ object, ...sketch }, n) =>
          observation({ n, ...sketch, wire: object === undefined ? {} : { object } }),
        );
        const [plain, mixed] = [new FlowBench(policy), new FlowBench(policy)];
        plain.feed(...all);
        mixed.feed(...order.flatMap((n) => all[n] ?? []), ...all.slice(0, 3));
        linking += plain.links().length > 0 ? 1 : 0;
        expect(mixed.links()).toEqual(plain.links());
      }),
      { numRuns: 500, seed: 6 },
    );
    expect(linking).toBeGreaterThan(200);
  });
});
