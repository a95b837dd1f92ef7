/** What fires and what does not: the definitions and near-misses of `assembly.md`, one test each. */
import { alertSchema, type PrivilegeStep, policySchema, targetProblems } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { assemblyCounters } from '../correlation/assembly/model/stage-counters.ts';
import {
  Bench,
  idOf,
  policyRecord,
  type StepSketch,
  step,
  stepRecord,
  watermarkRecord,
} from '../correlation/assembly/testing/step-builder.ts';

const DATA = ['secret_use', 'data_flow', 'context'];
const policy = policySchema.parse({
  version: 1,
  combinations: [
    {
      id: 'secret-to-egress',
      severity: 'critical',
      steps: [
        { id: 'read', any: ['read:secret'] },
        { id: 'send', any: ['send:external', 'publish:public'], after: ['read'], link: DATA },
      ],
      within: '24h',
    },
  ],
});
const trifecta = policySchema.parse({
  version: 1,
  combinations: [
    {
      id: 'lethal-trifecta',
      severity: 'high',
      steps: [
        { id: 'ingest', any: ['ingest:untrusted'] },
        { id: 'read', any: ['read:personal'], after: ['ingest'] },
        { id: 'send', any: ['send:external'], after: ['read'] },
      ],
    },
  ],
});

const read = (over: Partial<StepSketch> = {}): PrivilegeStep =>
  step({
    ...{ id: 'read', agent: 'vault-bot', at: 0, capabilities: ['read:secret'] },
    ...{ result: { key: 'secret' } },
    ...over,
  });
const send = (over: Partial<StepSketch> = {}): PrivilegeStep =>
  step({
    ...{ id: 'send', agent: 'mail-bot', at: 10, capabilities: ['send:external'] },
    ...{ args: { key: 'secret' } },
    ...over,
  });

function openAfter(...steps: readonly PrivilegeStep[]) {
  const bench = new Bench(policy);
  bench.feed(...steps);
  return bench.open();
}

describe('secret-to-egress', () => {
  it('is one privilege_assembly with grants beside what was exercised, and who completed it', () => {
    const [alert] = openAfter(read(), send());
    expect(alert).toMatchObject({
      kind: 'privilege_assembly',
      severity: 'critical',
      evaluable: true,
      confidence: null,
      decisive_assurance: 'authenticated',
      subject: { agent_uid: 'mail-bot', chain_id: 'chain-1', task_id: 'task-1' },
      title: 'Two agents together read a secret and sent data outside (send)',
    });
    expect(alert).toMatchObject({ confidence: null, confidence_basis: 'proof' });
    expect(alert?.reasons[0]).not.toHaveProperty('threshold_source');
    expect(alert?.assembly).toMatchObject({
      contributors: [
        { agent_uid: 'vault-bot', granted: ['read:secret'], exercised: ['read:secret'] },
        { agent_uid: 'mail-bot', granted: ['send:external'], exercised: ['send:external'] },
      ],
      completed_by: 'mail-bot',
      proof: [idOf('read'), idOf('send')],
      proof_minimal: true,
      links: [
        { from_event: idOf('read'), to_event: idOf('send'), via: 'data_flow', strength: 0.7 },
      ],
      caveats: [],
    });
    expect(alert?.summary).toContain('Neither of the two agents is granted both steps');
    expect(alertSchema.safeParse(alert).error).toBeUndefined();
  });

  it('is toxic_combination when one contributor is granted all of it', () => {
    const [alert] = openAfter(read({ grants: ['read:*', 'send:external'] }), send());
    expect(alert?.kind).toBe('toxic_combination');
    expect(alert?.severity).toBe('critical');
  });

  it('is not excused by a wildcard agent that contributed nothing', () => {
    const idle = step({
      id: 'x',
      agent: 'root',
      at: 1,
      capabilities: ['read:public'],
      grants: ['*'],
    });
    expect(openAfter(read(), idle, send())[0]?.kind).toBe('privilege_assembly');
  });

  it('says that an unknown grant is unknown, and forbids acting on it', () => {
    const [alert] = openAfter(read({ grants: null }), send());
    expect(alert?.kind).toBe('privilege_assembly');
    expect(alert?.assembly?.caveats).toContain('grant_unknown');
    expect(alert?.not_visible).toContain('The grant of 1 of 2 agents is unknown.');
  });

  it('follows the use of a secret as a credential, the strongest link', () => {
    const using = send({ args: {}, wire: { credential_fp: 'key' } });
    expect(openAfter(read(), using)[0]?.assembly?.links[0]?.via).toBe('secret_use');
  });

  it('names a relay without which the link would not hold, and nothing else', () => {
    const relay = step({
      ...{ id: 'relay', agent: 'formatter', at: 5, capabilities: ['read:public'] },
      ...{ args: { key: 'secret' }, result: { page: 'url' } },
    });
    const noise = step({ id: 'n', agent: 'formatter', at: 6, capabilities: ['read:internal'] });
    const [alert] = openAfter(read(), relay, noise, send({ args: { page: 'url' } }));
    expect(alert?.assembly?.proof).toEqual([idOf('read'), idOf('relay'), idOf('send')]);
    expect(alert?.evidence.map((one) => one.role)).toEqual(['read', 'send', 'relay']);
    expect(alert?.assembly?.contributors.map((one) => one.agent_uid)).not.toContain('formatter');
  });
});

it('says on the first day that nothing is known yet of what is common, and not after it', () => {
  const said = (...steps: readonly PrivilegeStep[]) =>
    openAfter(...steps)[0]?.not_visible.some((one) => one.startsWith('New here'));
  const [late, day] = [
    { at: 90_010 },
    step({ id: 'day', agent: 'any', at: 0, args: { v: 'url' } }),
  ];
  const other = { ...day, capabilities: [{ symbol: 'read:public', basis: 'catalogue' as const }] };
  expect(said(read(), send())).toBe(true);
  expect(said({ ...other, chain_id: 'chain-0' }, read({ at: 90_000 }), send(late))).toBe(false);
});

describe('near misses are quiet', () => {
  it.each([
    ['no link', [read(), send({ args: { other: 'secret' } })]],
    ['nearness in time', [read(), send({ at: 0.001, args: {} })]],
    ['a denied last step', [read(), send({ wire: { exercise: 'attempted', outcome: 'denied' } })]],
    ['a denied read', [read({ wire: { exercise: 'attempted' } }), send()]],
    ['the wrong order', [read({ at: 600 }), send({ at: 0 })]],
    [
      'a value of no linking kind',
      [read({ result: { key: 'word' } }), send({ args: { key: 'word' } })],
    ],
    [
      'too long between for what is no lineage',
      [
        read({ result: { paper: 'document_number' } }),
        send({ args: { paper: 'document_number' }, at: 86_500 }),
      ],
    ],
    ['another chain', [read(), send({ wire: { chain_id: 'chain-2' } })]],
    [
      'one agent, two tasks that are proven apart',
      [read(), send({ agent: 'vault-bot', args: {}, wire: { task_id: 'task-2' } })],
    ],
    [
      'one agent, two instances',
      [
        read({ wire: { instance_uid: 'a' } }),
        send({ agent: 'vault-bot', args: {}, wire: { instance_uid: 'b' } }),
      ],
    ],
    [
      'two writes of one value',
      [
        read({ result: {}, args: { key: 'secret' }, wire: { effect: 'create' } }),
        send({ wire: { effect: 'update' } }),
      ],
    ],
  ])('%s', (_name, steps) => {
    expect(openAfter(...steps)).toEqual([]);
  });

  it('a common value', () => {
    const links = { ...policy.links, common_values: ['key'] };
    const bench = new Bench({ ...policy, links });
    bench.feed(read(), send());
    expect(bench.open()).toEqual([]);
  });
});

describe('what forbids acting', () => {
  it.each([
    ['possibly_exercised', [read(), send({ wire: { exercise: 'possibly', outcome: 'unknown' } })]],
    [
      'capability_inferred',
      [read({ wire: { capabilities: [{ symbol: 'read:secret', basis: 'inferred' }] } }), send()],
    ],
    ['asserted_claims', [read({ wire: { agent_assurance: 'asserted' } }), send()]],
    [
      'order_undetermined',
      [
        read({ args: { key: 'secret' } }),
        send({ result: { key: 'secret' }, capabilities: ['send:external'] }),
      ],
    ],
  ])('%s', (caveat, steps) => {
    expect(openAfter(...steps)[0]?.assembly?.caveats).toEqual([caveat]);
  });

  it('an inferred capability is no caveat beside one that the catalogue names', () => {
    const both = [
      { symbol: 'read:secret', basis: 'inferred' },
      { symbol: 'read:secret', basis: 'catalogue' },
    ] as const;
    const [alert] = openAfter(read({ wire: { capabilities: [...both] } }), send());
    expect(alert?.assembly?.caveats).toEqual([]);
  });
});

describe('delegation', () => {
  const ingest = step({ id: 'in', agent: 'boss', at: 0, capabilities: ['ingest:untrusted'] });
  const delegating = (over: Partial<PrivilegeStep> = {}) =>
    step({
      ...{ id: 'hand', agent: 'boss', at: 1 },
      wire: { activity: 'delegation', delegate_uid: 'clerk', ...over },
    });
  const crm = (over: Partial<PrivilegeStep> = {}) =>
    step({ id: 'crm', agent: 'clerk', at: 2, capabilities: ['read:personal'], wire: over });
  const out = step({ id: 'out', agent: 'clerk', at: 3, capabilities: ['send:external'] });
  const open = (...steps: readonly PrivilegeStep[]) => {
    const bench = new Bench(trifecta);
    bench.feed(...steps);
    return bench.open();
  };

  it('leads from the parent before the hand-over to the child, with the hand-over in the proof', () => {
    const [alert] = open(ingest, delegating(), crm({ delegation_ref: 'hand' }), out);
    expect(alert?.assembly?.proof).toEqual(['in', 'hand', 'crm', 'out'].map(idOf));
    expect(alert?.assembly?.links.map((link) => link.via)).toEqual(['delegation', 'context']);
    expect(alert?.assembly?.caveats).toEqual([]);
  });

  it('does not lead from what the parent did after it handed over', () => {
    const late = step({ id: 'late', agent: 'boss', at: 2.5, capabilities: ['ingest:untrusted'] });
    expect(open(delegating(), late, crm({ delegation_ref: 'hand' }), out)).toEqual([]);
  });

  it('does not lead to a child whose reference names another hand-over', () => {
    expect(open(ingest, delegating(), crm({ delegation_ref: 'other' }), out)).toEqual([]);
  });

  it('reaches past an agent between that logged nothing, to the nearest that did', () => {
    const wire = {
      ...{ parent_agent_uid: 'silent', delegation_ref: 'hand-2' },
      delegators: [{ agent_uid: 'boss', ref: 'hand' }, { agent_uid: 'root' }],
    };
    const hand = delegating({ delegate_uid: 'silent' });
    const [alert] = open(ingest, hand, crm(wire), step({ ...outSketch, wire }));
    expect(alert?.assembly?.proof).toEqual(['in', 'hand', 'crm', 'out'].map(idOf));
    const below = step({ ...outSketch, id: 'under', capabilities: ['ingest:untrusted'], wire });
    const back = [
      step({ id: 'crm', agent: 'boss', at: 400, capabilities: ['read:personal'] }),
      step({ id: 'out', agent: 'boss', at: 410, capabilities: ['send:external'] }),
    ];
    expect(open(hand, below, ...back)).toHaveLength(1);
    const nearer = step({ id: 'idle', agent: 'silent', at: 1.5, capabilities: ['read:public'] });
    expect(open(ingest, hand, nearer, crm(wire), step({ ...outSketch, wire }))).toHaveLength(1);
    const own = { ...wire, delegators: [] };
    expect(open(ingest, hand, crm(own), step({ ...outSketch, wire: own }))).toEqual([]);
  });

  it('is told by the span alone', () => {
    const spanned = delegating({ span_id: 'sp', delegate_uid: undefined });
    expect(open(ingest, spanned, crm({ parent_span_id: 'sp' }), out)).toHaveLength(1);
  });

  it('leads back to the parent after its return', () => {
    const below = crm({ delegation_ref: 'hand' });
    const inside = step({
      ...{ id: 'in', agent: 'clerk', at: 1.5, capabilities: ['ingest:untrusted'] },
      wire: { delegation_ref: 'hand' },
    });
    const after = step({ id: 'out', agent: 'boss', at: 400, capabilities: ['send:external'] });
    const [alert] = open(delegating(), inside, below, after);
    expect(alert?.assembly?.completed_by).toBe('boss');
  });

  it('withdraws when a hand-over shows that the parent learned it too late', () => {
    const bench = new Bench(trifecta);
    const late = step({ id: 'late', agent: 'boss', at: 1.5, capabilities: ['ingest:untrusted'] });
    const named = { parent_agent_uid: 'boss' };
    bench.feed(late, crm(named), step({ ...outSketch, wire: named }));
    expect(bench.open()).toHaveLength(1);
    bench.feed(delegating());
    expect(bench.open()).toEqual([]);
    expect(bench.alerts.at(-1)).toMatchObject({ state: 'withdrawn', revision: 2 });
  });
});
const outSketch = { id: 'out', agent: 'clerk', at: 3, capabilities: ['send:external'] };

describe('revisions', () => {
  it('a repeat changes nothing', () => {
    const bench = new Bench(policy);
    bench.feed(read(), send());
    const before = structuredClone(bench.transaction.entries);
    expect(bench.feed(read(), send())).toEqual([]);
    expect(bench.transaction.entries).toEqual(before);
  });

  it('a further completion by the same agent is a count, told when it doubles', () => {
    const bench = new Bench(policy);
    bench.feed(read(), send());
    const counts = [1, 2, 3, 4, 5].map(
      (n) => bench.feed(send({ id: `again-${n}`, at: 10 + n }))[0]?.count ?? null,
    );
    expect(counts).toEqual([2, null, 4, null, null]);
    expect(new Set(bench.alerts.map((alert) => alert.alert_id)).size).toBe(1);
    expect(bench.open()[0]?.assembly?.proof).toEqual([idOf('read'), idOf('send')]);
  });

  it('a second completer is named, and cut too', () => {
    const bench = new Bench(policy);
    bench.feed(read(), send(), send({ id: 'other', agent: 'blog-bot', at: 20 }));
    const [alert] = bench.open();
    expect(alert?.assembly?.completed_by).toBe('mail-bot');
    expect(alert?.assembly?.cut.map((one) => one.target.agent_uid)).toEqual([
      'mail-bot',
      'blog-bot',
    ]);
  });

  it('a late record that changes the kind withdraws the old alert; the new one supersedes it', () => {
    const bench = new Bench(policy);
    bench.feed(read({ at: 5 }), send({ at: 300 }));
    const [first] = bench.open();
    bench.feed(read({ id: 'early', at: 1, grants: ['*'] }));
    const [second, ...more] = bench.open();
    expect([first?.kind, second?.kind]).toEqual(['privilege_assembly', 'toxic_combination']);
    expect(more).toEqual([]);
    expect(second?.supersedes).toEqual([first?.alert_id]);
    expect(second?.first_detected_at).toBe(first?.first_detected_at);
    const withdrawn = bench.alerts.filter((alert) => alert.state === 'withdrawn');
    expect(withdrawn.map((alert) => alert.alert_id)).toEqual([first?.alert_id]);
  });
});

describe('the cut', () => {
  it('stops whoever completed it, in this task, and rotates the secret: sound', () => {
    const named = read({ wire: { target: { resource_id: 'vault/db-key' } } });
    const cut = openAfter(named, send())[0]?.assembly;
    expect(cut?.cut.map((one) => [one.action, one.target.level])).toEqual([
      ['revoke_token', 'task'],
      ['rotate_secret', 'credential'],
    ]);
    expect(cut?.cut_sound).toBe(true);
    for (const one of cut?.cut ?? []) expect(targetProblems(one.action, one.target)).toEqual([]);
    expect(cut?.residual_access.map((left) => left.what)).toEqual(['secret_read', 'data_sent']);
  });

  it('is not sound, and says so, when the secret cannot be named', () => {
    const [alert] = openAfter(read(), send());
    expect(alert?.assembly?.cut_sound).toBe(false);
    expect(alert?.not_visible.join()).toContain('secret read');
  });

  it('never takes in another agent whose identity is only asserted', () => {
    const other = send({
      id: 'o',
      agent: 'blog-bot',
      at: 20,
      wire: { agent_assurance: 'asserted' },
    });
    const cut = openAfter(read(), send(), other)[0]?.assembly;
    expect(cut?.cut.map((one) => one.target.agent_uid)).toEqual(['mail-bot']);
    expect(cut?.cut_sound).toBe(false);
  });
});

describe('time and policy', () => {
  it('judges a call by the policy version stamped on it', () => {
    const bench = new Bench(policySchema.parse({ version: 1 }));
    bench.decide(policyRecord(policy, 'p2', 2));
    bench.feed(read(), send());
    expect(bench.open()).toEqual([]);
    bench.feed(send({ id: 'later', at: 20, wire: { policy_version: 'p2' } }));
    expect(bench.open()[0]?.policy_version).toBe('p2');
  });

  it('ignores a control record whose number was seen', () => {
    const bench = new Bench(policy);
    bench.decide(policyRecord(policySchema.parse({ version: 1 }), 'p1', 1));
    bench.feed(read(), send());
    expect(bench.open()).toHaveLength(1);
  });

  it('lets a chain expire once every source has passed it, and not before', () => {
    const bench = new Bench(policy);
    bench.decide(watermarkRecord(0, 2, 's/0'));
    bench.decide(watermarkRecord(0, 1, 's/1'));
    bench.decide(stepRecord(read()));
    // A secret may be used for as long as links reach back.
    const days = 9 * 86_400;
    bench.decide(watermarkRecord(days, 3, 's/0'));
    expect(assemblyCounters(bench.transaction).chains).toBe(1);
    bench.decide(watermarkRecord(days, 2, 's/1'));
    expect(assemblyCounters(bench.transaction).chains).toBe(0);
    expect([...bench.transaction.entries.keys()].filter((key) => key.startsWith('chain/'))).toEqual(
      [],
    );
  });
});
