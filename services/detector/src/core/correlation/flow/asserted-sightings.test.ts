/**
 * Guarantees: links between proven calls are those that would stand had nobody asserted anything, however
 * much is asserted and in whatever order it comes; what is asserted is judged among all.
 */
import { type ObservationWay, policySchema, validatePrivilegeLink } from '@waywarden/schemas';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decideLink } from '../../stages/decide-link.ts';
import { MapTransaction } from '../../testing/map-draft.ts';
import { chainStep } from '../assembly/model/chain-step.ts';
import { AskedHubs } from '../assembly/model/hub-values.ts';
import { step } from '../assembly/testing/step-builder.ts';
import { OBSERVATIONS_MAX } from './flow-limits.ts';
import { FlowBench, observation } from './testing/flow-bench.ts';

const ASSERTED = { assurance: 'asserted' } as const;
const read = observation({ n: 1, chain: 'a', by: 'result', at: 0, agent: 'vault' });
const use = observation({ n: 2, chain: 'b', by: 'argument', at: 600, agent: 'mail' });

/** The links into the proven use. */
const into = (bench: FlowBench) => bench.links().filter((one) => one.includes('>2 '));

/** So many strangers who say that they had the value. */
function strangers(count: number, by: ObservationWay, from = 100) {
  return Array.from({ length: count }, (_, n) =>
    observation({ n: 100 + n, chain: `noise ${n}`, by, at: from + n, wire: ASSERTED }),
  );
}

describe('a link between proven calls', () => {
  it('is not withdrawn by late strangers who only say that they had the value', () => {
    const bench = new FlowBench();
    bench.feed(read, use, ...strangers(20, 'argument'));
    expect(into(bench)).toEqual(['1>2 data_flow']);
    const back = bench.sent.filter((one) => one.withdrawn === true);
    expect(back.filter((one) => one.to_event === use.event_id)).toEqual([]);
  });

  it('is found though strangers said so before, more than are remembered', () => {
    for (const by of ['argument', 'result'] as const) {
      const bench = new FlowBench();
      bench.feed(read, ...strangers(3 * OBSERVATIONS_MAX, by), use);
      expect(bench.links()).toContain('1>2 data_flow');
    }
  });

  it('is not refuted by what somebody says in the name of its agent', () => {
    const own = observation({
      n: 3,
      chain: 'b',
      by: 'result',
      at: 300,
      agent: 'mail',
      wire: ASSERTED,
    });
    const bench = new FlowBench();
    bench.feed(read, use, own);
    expect(bench.links()).toEqual(['1>2 data_flow']);
    const proven = new FlowBench();
    proven.feed(read, use, { ...own, assurance: 'authenticated' });
    expect(into(proven)).toEqual([]);
  });

  it('with a stolen key is not refuted by a login that is only said to have been', () => {
    const login = { ...use, by: 'credential' } as const;
    const before = { ...login, event_id: use.event_id.replace(/2$/, '9'), ...ASSERTED };
    const bench = new FlowBench();
    bench.feed({ ...before, event_time: '2026-11-24T08:00:00.000000000Z' }, read, login);
    expect(bench.links()).toContain('1>2 secret_use');
  });

  it('is judged by proven observations, which make a value common as they did', () => {
    const proven = strangers(9, 'argument').map(({ assurance: _, ...one }) => one);
    const bench = new FlowBench();
    bench.feed(
      ...[read, ...strangers(1, 'result', 50)],
      ...proven.map((one) => ({ ...one, assurance: 'authenticated' as const })),
      use,
    );
    expect(into(bench)).toEqual([]);
  });

  const one = fc.record({
    chain: fc.constantFrom('a', 'b', 'c', 'd'),
    by: fc.constantFrom<ObservationWay>('result', 'argument', 'written', 'credential', 'root_key'),
    at: fc.constantFrom(0, 10, 60, 119, 121, 240, 700),
    agent: fc.constantFrom('x', 'y'),
    isAsserted: fc.boolean(),
  });
  const policy = policySchema.parse({ version: 1, links: { chains_max: 2, horizon: '5m' } });

  it('stands or falls as if nothing else had been said, in whatever order all is told', () => {
    let linking = 0;
    const mixed = fc.array(one, { minLength: 3, maxLength: 16 }).chain((all) => {
      const order = all.map((_, n) => n);
      return fc.tuple(fc.constant(all), fc.shuffledSubarray(order, { minLength: all.length }));
    });
    fc.assert(
      fc.property(mixed, ([sketches, order]) => {
        const all = sketches.map(({ isAsserted, ...sketch }, n) =>
          observation({ n, ...sketch, wire: isAsserted ? ASSERTED : {} }),
        );
        const [alone, plain, shuffled] = [policy, policy, policy].map((it) => new FlowBench(it));
        alone?.feed(...all.filter((it) => it.assurance === 'authenticated'));
        plain?.feed(...all);
        shuffled?.feed(...order.flatMap((n) => all[n] ?? []));
        const proven = (bench: FlowBench | undefined) =>
          [...(bench?.standing.values() ?? [])]
            .filter(({ hub, assurance }) => hub !== true && assurance === 'authenticated')
            .map((link) => `${link.from_event}>${link.to_event} ${link.via}`)
            .sort();
        linking += proven(alone).length > 0 ? 1 : 0;
        expect(proven(plain)).toEqual(proven(alone));
        expect(shuffled?.links()).toEqual(plain?.links());
      }),
      { numRuns: 400, seed: 8 },
    );
    expect(linking).toBeGreaterThan(100);
  });
});

describe('a link of which one end is only asserted', () => {
  it('is judged among all observations, as a common value is', () => {
    const said = { ...use, ...ASSERTED };
    const bench = new FlowBench();
    bench.feed(read, ...strangers(20, 'argument'), said);
    expect(into(bench)).toEqual([]);
    const rare = new FlowBench();
    rare.feed(read, said);
    expect(into(rare)).toEqual(['1>2 data_flow']);
  });
});

describe('the news that a value is common', () => {
  const call = (id: string, agent: string, isProven = true) =>
    chainStep(
      0,
      step({ id, agent, at: 600, ...(isProven ? {} : { wire: { agent_assurance: 'asserted' } }) }),
    );

  it('says apart among whom, and takes no link between proven calls of one chain', () => {
    const bench = new FlowBench();
    bench.feed(read, ...strangers(20, 'argument'));
    const news = bench.sent.findLast((link) => link.hub === true);
    expect(news?.hub_times).toHaveLength(1);
    expect(news?.hub_times_proven).toEqual([]);
    expect(validatePrivilegeLink(news)).toBe(true);
    const transaction = new MapTransaction();
    if (news !== undefined) decideLink(transaction, news);
    const hubs = new AskedHubs(transaction, 'acme');
    expect(hubs.isHub('value', call('x', 'vault'), call('y', 'mail'))).toBe(false);
    expect(hubs.isHub('value', call('x', 'vault', false), call('y', 'mail'))).toBe(true);
    expect(hubs.isHub('value', call('x', 'vault'), call('y', 'mail', false))).toBe(true);
  });
});
