/**
 * Guarantees of each bound: what is lost is told by the agent whose it was, since when and what it
 * could do; and who floods pushes out its own, never what another did.
 */
import {
  LINK_CALLS_MAX,
  type PrivilegeLink,
  type PrivilegeStep,
  policySchema,
} from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { decideAssembly } from '../../stages/decide-assembly.ts';
import {
  CHAIN_AGENTS_MAX,
  CHAIN_STEPS_MAX,
  IMPORTS_MAX,
  LEADS_MAX,
} from './model/assembly-limits.ts';
import { Bench, idOf, step, stepRecord, TENANT } from './testing/step-builder.ts';

const policy = policySchema.parse({
  version: 1,
  combinations: [
    {
      id: 'egress',
      severity: 'critical',
      steps: [
        { id: 'read', any: ['read:secret'] },
        { id: 'send', any: ['send:external'], after: ['read'], link: ['data_flow', 'context'] },
      ],
      within: '24h',
    },
  ],
});

const read = (id: string, agent: string, at: number, value?: string) =>
  step({
    ...{ id, agent, at, capabilities: ['read:secret'] },
    ...(value === undefined ? {} : { result: { [value]: 'secret' } }),
  });

const send = (at: number, value: string) =>
  step({
    ...{ id: 'out', agent: 'mailer', at, capabilities: ['send:external'] },
    args: { [value]: 'secret' },
  });

function flooded(flooder: string): Bench {
  const bench = new Bench(policy);
  bench.feed(read('quiet', 'vaulter', 0, 'key'));
  for (let n = 0; n < CHAIN_STEPS_MAX + 500; n += 1) bench.feed(read(`n${n}`, flooder, 1 + n));
  bench.feed(send(9000, 'key'));
  return bench;
}

describe('a chain that is full', () => {
  const bench = flooded('noisy');
  const [alert] = bench.open();

  it('still holds what a quiet agent did before the flood', () => {
    expect(alert?.assembly?.proof).toEqual([idOf('quiet'), idOf('out')]);
  });

  it('says whose calls it lost, since when, and what they could do', () => {
    expect(alert?.evaluable).toBe(false);
    const lost = alert?.not_visible.find((one) => one.includes('given up'));
    expect(lost).toMatch(/\d+ of noisy since 2026-11-24T09:00:01Z \(read:secret\)/);
    expect(lost).not.toContain('vaulter');
  });
});

describe('an agent that floods its own chain', () => {
  const named = policySchema.parse({
    version: 1,
    combinations: [
      ...policy.combinations,
      {
        id: 'leak',
        severity: 'low',
        steps: [
          { id: 'read', any: ['read:internal'] },
          { id: 'publish', any: ['publish:public'], after: ['read'], link: ['data_flow'] },
        ],
        within: '24h',
      },
    ],
  });
  const calls = CHAIN_STEPS_MAX + 600;

  it.each([
    ['that a combination names', ['read:internal']],
    ['that relay values', ['write:data']],
    ['of two sorts by turns', ['read:internal', 'write:data']],
  ])('with calls %s keeps its one read of a secret', (_, symbols) => {
    const floodBench = new Bench(named);
    floodBench.feed(read('quiet', 'vaulter', 0, 'key'));
    for (let n = 0; n < calls; n += 1) {
      floodBench.feed(
        step({
          ...{ id: `n${n}`, agent: 'vaulter', at: 1 + n },
          capabilities: [symbols[n % symbols.length] ?? ''],
          ...{ args: { [`v${n}`]: 'url' }, result: { [`v${n + 1}`]: 'url' } },
        }),
      );
    }
    floodBench.feed(send(9000, 'key'));
    const [alert] = floodBench.open();
    expect(alert?.assembly?.proof).toEqual([idOf('quiet'), idOf('out')]);
    expect(alert?.evaluable).toBe(false);
  });
});

describe('a chain with more agents than are followed', () => {
  it('names some that it does not follow, and counts the others', () => {
    const bench = new Bench(policy);
    for (let n = 0; n < CHAIN_AGENTS_MAX + 20; n += 1) bench.feed(read(`s${n}`, `a${n}`, n));
    bench.feed(
      step({ id: 'own', agent: 'a0', at: 9000, capabilities: ['send:external'], args: {} }),
    );
    const said = bench.open()[0]?.not_visible.find((one) => one.includes('more agents'));
    expect(said).toContain(`1 of a${CHAIN_AGENTS_MAX} since`);
    expect(said).toContain('12 of other agents since');
  });
});

interface LinkSketch {
  readonly from: string;
  readonly agent: string;
  readonly strength: number;
  readonly chain?: string;
}

/** A link that leads from a read of a secret in another chain to the send of `chain-1`. */
function link({ from, agent, strength, chain = 'chain-1' }: LinkSketch): PrivilegeLink {
  const calls: PrivilegeStep[] = [
    step({
      ...{ id: from, agent, at: 0, capabilities: ['read:secret'], result: { [from]: 'secret' } },
      wire: { chain_id: `chain of ${from}` },
    }),
  ];
  return {
    tenant_id: TENANT,
    chain_id: chain,
    from_event: idOf(from),
    from_chain_id: `chain of ${from}`,
    to_event: idOf('out'),
    via: 'data_flow',
    strength,
    hops: 1,
    capabilities: [{ symbol: 'read:secret', basis: 'catalogue' }],
    event_time: '2026-11-24T09:00:00.000Z',
    fp: from,
    method: { from: 'result', to: 'argument' },
    from_agent_uid: agent,
    assurance: 'authenticated',
    calls,
    edges: [],
  };
}

function feedLink(bench: Bench, value: PrivilegeLink) {
  const base = stepRecord(step({ id: 'x', agent: 'x', at: 0 }));
  return decideAssembly(bench.transaction, { ...base, value });
}

function imports(bench: Bench): readonly PrivilegeLink[] {
  const [, retained] =
    [...bench.transaction.entries].find(([key]) => key.endsWith('/imports')) ?? [];
  return (retained ?? []) as readonly PrivilegeLink[];
}

describe('a chain into which more leads than is kept', () => {
  const noise = Array.from({ length: IMPORTS_MAX + 8 }, (_, n) =>
    link({ from: `noise ${n}`, agent: 'noisy', strength: 0.9 }),
  );
  const weak = link({ from: 'weak', agent: 'noisy', strength: 0.2 });
  const quiet = link({ from: 'quiet', agent: 'vaulter', strength: 0.5 });

  it.each([
    ['first', [quiet, weak, ...noise]],
    ['last', [...noise, weak, quiet]],
  ])('keeps the strongest, and of each agent some, whether they come %s', (_, links) => {
    const bench = new Bench(policy);
    for (const one of links) feedLink(bench, one);
    const retained = imports(bench).map((one) => one.fp);
    expect(retained).toHaveLength(IMPORTS_MAX);
    expect(retained).toContain('quiet');
    expect(retained).not.toContain('weak');
  });

  it('says from whom more led there', () => {
    const bench = new Bench(policy);
    for (const one of [...noise, quiet]) feedLink(bench, one);
    bench.feed(send(600, 'quiet'));
    const said = bench.open()[0]?.not_visible.find((one) => one.startsWith('More links lead'));
    expect(said).toMatch(/\d+ of noisy since 2026-11-24T09:00:00Z \(read:secret\)/);
    expect(said).not.toContain('vaulter');
  });
});

describe('an alert that stands when links are refused', () => {
  const standing = () => {
    const bench = new Bench(policy);
    for (const one of noise) feedLink(bench, one);
    bench.feed(send(600, 'noise 0'));
    expect(bench.open()[0]?.evaluable).toBe(true);
    return bench;
  };
  const noise = Array.from({ length: IMPORTS_MAX }, (_, n) =>
    link({ from: `noise ${n}`, agent: 'noisy', strength: 0.9 }),
  );

  it.each([
    ['that leads there', link({ from: 'weak', agent: 'noisy', strength: 0.2 })],
    ['that is stronger than one of them', link({ from: 'strong', agent: 'noisy', strength: 1 })],
  ])('says so at once of one %s, and again only when it is revised', (_, more) => {
    const bench = standing();
    const revised = feedLink(bench, more).map((output) => output.value);
    expect(revised).toMatchObject([{ rule_id: 'egress', revision: 2, evaluable: false }]);
    expect(JSON.stringify(revised)).toContain('More links lead');
    expect(feedLink(bench, link({ from: 'further', agent: 'noisy', strength: 0.1 }))).toEqual([]);
  });
});

describe('a chain from which more leads than is kept', () => {
  it('keeps what leads to one chain when another uses its values over and over', () => {
    const bench = new Bench(policy);
    const lead = (from: string, chain: string): PrivilegeLink => {
      const { calls: _, edges: __, ...found } = link({ from, agent: 'a', strength: 0.9, chain });
      return { ...found, from_chain_id: 'chain-1' };
    };
    feedLink(bench, lead('quiet', 'quiet'));
    for (let n = 0; n < LEADS_MAX + 8; n += 1) feedLink(bench, lead(`n${n}`, 'noisy'));
    const [, leads] = [...bench.transaction.entries].find(([key]) => key.endsWith('/leads')) ?? [];
    const names = (leads as readonly { link: PrivilegeLink }[]).map((one) => one.link.chain_id);
    expect(names).toHaveLength(LEADS_MAX);
    expect(names).toContain('quiet');
  });
});

describe('a chain that tells less than leads to its call', () => {
  const wide = Array.from({ length: LINK_CALLS_MAX + 4 }, (_, n) => `read:thing_${n}`);
  const broad = policySchema.parse({
    version: 1,
    combinations: [
      {
        id: 'broad',
        severity: 'low',
        steps: [
          { id: 'read', any: wide },
          { id: 'send', any: ['send:external'], after: ['read'], link: ['data_flow', 'context'] },
        ],
        within: '24h',
      },
    ],
  });

  it('says whose calls are not told, and the alert of the other chain says so too', () => {
    const there = new Bench(broad);
    for (const [n, symbol] of wide.entries()) {
      there.feed(
        step({
          ...{ id: `r${n}`, agent: `reader-${n}`, at: n * 300, capabilities: [symbol] },
          ...{ args: n === 0 ? {} : { [`v${n - 1}`]: 'secret' }, result: { [`v${n}`]: 'secret' } },
          wire: { chain_id: 'there' },
        }),
      );
    }
    const last = wide.length - 1;
    const { calls: _, edges: __, ...found } = link({ from: `r${last}`, agent: 'a', strength: 0.9 });
    const lead = { ...found, from_chain_id: 'there', fp: `v${last}` };
    there.feed(
      step({
        ...{ id: 'sum', agent: 'sum', at: 9000, capabilities: ['read:thing_0'] },
        args: Object.fromEntries(wide.map((__, n) => [`v${n}`, 'secret'])),
        ...{ result: { all: 'secret' }, wire: { chain_id: 'there' } },
      }),
    );
    const [told] = feedLink(there, { ...lead, from_event: idOf('sum'), fp: 'all' });
    const sent = told?.value as PrivilegeLink;
    expect(sent.calls_truncated).toBe(true);
    expect(sent.unreported?.map((one) => one.agent_uid)).toContain('reader-19');

    const here = new Bench(broad);
    feedLink(here, sent);
    here.feed(send(9600, 'all'));
    const said = here.open()[0]?.not_visible.find((one) => one.startsWith('Of another chain'));
    expect(said).toContain('reader-19 since 2026-11-24T10:35:00Z (read:thing_19)');
  });
});
