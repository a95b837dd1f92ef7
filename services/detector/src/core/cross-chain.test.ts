/**
 * Guarantees: privilege that is assembled over several chains is one alert of the chain that completed
 * it, proven by calls of all of them; what stands in the end depends on neither arrival nor speed.
 */
import { type AuditEvent, type Policy, policySchema, registrySchema } from '@waywarden/schemas';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TELLINGS_MAX } from './assembly/assembly-limits.ts';
import type { Lead } from './assembly/chain-meta.ts';
import { event, testId } from './testing/event-builder.ts';
import { MemoryPipeline } from './testing/memory-pipeline.ts';

const TIED = {
  id: 'granted',
  severity: 'high',
  steps: [
    { id: 'grant', any: ['grant:access'] },
    { id: 'use', any: ['read:secret', 'deploy:production'], after: ['grant'], link: ['grantee'] },
  ],
  within: '24h',
};
const LINKS = ['secret_use', 'delegation', 'data_flow', 'resource', 'context'];
const policy = policySchema.parse({
  version: 1,
  combinations: [
    {
      id: 'trifecta',
      severity: 'high',
      steps: [
        { id: 'ingest', any: ['ingest:untrusted'] },
        { id: 'read', any: ['read:personal'], after: ['ingest'], link: LINKS },
        { id: 'send', any: ['send:external'], after: ['read'], link: LINKS },
      ],
    },
    {
      id: 'egress',
      severity: 'critical',
      steps: [
        { id: 'read', any: ['read:secret'] },
        { id: 'use', any: ['send:external', 'deploy:production'], after: ['read'], link: LINKS },
      ],
    },
    TIED,
  ],
});

interface Call {
  readonly n: number;
  /** Minutes after nine; by default five for each number, beyond the skew of any two clocks. */
  readonly at?: number;
  readonly agent: string;
  readonly chain: string;
  readonly can?: string | undefined;
  readonly args?: readonly string[];
  readonly result?: readonly string[];
  readonly kind?: string;
  readonly over?: Partial<AuditEvent>;
}

const EFFECTS: Readonly<Record<string, AuditEvent['effect']>> = { send: 'send', deploy: 'execute' };

function call({
  n,
  at = n * 5,
  agent,
  chain,
  can,
  args = [],
  result = [],
  kind = 'email',
  over,
}: Call) {
  const clock = `${String(9 + Math.floor(at / 60)).padStart(2, '0')}:${String(at % 60).padStart(2, '0')}`;
  const time = `2026-01-05T${clock}:00.000000000Z`;
  const values = (fps: readonly string[]) => ({ values: fps.map((fp) => ({ fp, kind })) });
  return event(n, {
    event_time: time,
    observed_time: time,
    agent: { uid: agent, assurance: 'authenticated' },
    chain_id: chain,
    task: { id: chain },
    effect: EFFECTS[can?.split(':')[0] ?? ''] ?? 'read',
    capabilities: can === undefined ? [] : [{ symbol: can, basis: 'operator' }],
    args: values(args),
    result: values(result),
    ...over,
  });
}

const mail = { n: 1, agent: 'reader', chain: 'a', can: 'ingest:untrusted', result: ['case'] };
const look = {
  n: 2,
  agent: 'clerk',
  chain: 'a',
  can: 'read:personal',
  args: ['case'],
  result: ['ann'],
};
const send = { n: 3, agent: 'mailer', chain: 'b', can: 'send:external', args: ['ann'] };

/** Reads of a value in so many other chains, before all else. */
function knownTo(chains: number, value: string): readonly Call[] {
  return Array.from({ length: chains }, (_, n) => ({
    ...{ n: 100 + n, at: 0, agent: 'x', chain: `x${n}` },
    ...{ can: 'read:internal', result: [value] },
  }));
}

function openAfter(calls: readonly Call[], under: Policy = policy) {
  return new MemoryPipeline(under).settle().sendAll(calls.map(call)).open();
}

describe('privilege assembled across chains', () => {
  it('is one alert of the chain that completed it, with calls of both in its proof', () => {
    const [alert, ...others] = openAfter([mail, look, send]);
    expect(others).toEqual([]);
    expect(alert).toMatchObject({
      ...{ kind: 'privilege_assembly', rule_id: 'trifecta', evaluable: true },
      subject: { agent_uid: 'mailer', chain_id: 'b', task_id: 'b' },
      assembly: {
        ...{ completed_by: 'mailer', proof: [testId(1), testId(2), testId(3)] },
        ...{ proof_minimal: true, cut_sound: true },
        links: [
          { from_event: testId(1), to_event: testId(2), via: 'data_flow' },
          { from_event: testId(2), to_event: testId(3), via: 'data_flow' },
        ],
      },
    });
    expect(alert?.assembly?.contributors.map((one) => one.agent_uid)).toEqual([
      'reader',
      'clerk',
      'mailer',
    ]);
  });

  it('tells what each was granted, whichever chain it acted in', () => {
    const agents = [
      { uid: 'reader', class: 'autonomous', grants: ['ingest:untrusted'] },
      { uid: 'clerk', class: 'autonomous', grants: ['*'] },
      { uid: 'mailer', class: 'autonomous', grants: ['send:external'] },
    ];
    const registry = registrySchema.parse({ version: 1, agents });
    const pipeline = new MemoryPipeline(policy, registry);
    const [alert] = pipeline.sendAll([mail, look, send].map(call)).open();
    expect(alert?.kind).toBe('toxic_combination');
    expect(alert?.assembly?.contributors.map((one) => one.granted)).toEqual([
      ['ingest:untrusted'],
      ['*'],
      ['send:external'],
    ]);
  });

  it('follows a relay through a third chain, and no further than hops_max', () => {
    const copy = { n: 4, agent: 'copier', chain: 'c', args: ['ann'], result: ['bob'] };
    const last = { ...send, n: 5, args: ['bob'] };
    const [alert] = openAfter([mail, look, copy, last]);
    expect(alert?.assembly?.proof).toEqual([1, 2, 4, 5].map(testId));
    const short = policySchema.parse({ ...policy, links: { hops_max: 2 } });
    expect(openAfter([mail, look, copy, last], short)).toEqual([]);
  });

  it('stays quiet where no link leads over: no common value, a common one, or one read before', () => {
    expect(openAfter([mail, look, { ...send, args: ['other'] }])).toEqual([]);
    const known = knownTo(8, 'ann');
    expect(openAfter([...known, mail, look, send])).toEqual([]);
    const own = {
      ...{ n: 9, at: 12, agent: 'mailer', chain: 'b' },
      ...{ can: 'read:internal', result: ['ann'] },
    };
    expect(openAfter([mail, look, own, send])).toEqual([]);
  });

  it('follows a stolen secret to whoever calls with it, in any chain', () => {
    const steal = {
      n: 1,
      agent: 'helper',
      chain: 'a',
      can: 'read:secret',
      result: ['key'],
      kind: 'secret',
    };
    const use = { n: 2, agent: 'thief', chain: 'b', can: 'deploy:production' };
    const credential = { credential: { uid: 'token-1', fp: 'key' } };
    const [alert] = openAfter([steal, { ...use, over: credential }]);
    expect(alert?.assembly?.links).toMatchObject([{ via: 'secret_use', strength: 1 }]);
    const before = { n: 0, agent: 'thief', chain: 'z', can: 'read:public', over: credential };
    expect(openAfter([before, steal, { ...use, over: credential }])).toEqual([]);
  });

  it('follows a hand-over from task to task, and what the parent had done before it', () => {
    const own = { n: 1, agent: 'boss', chain: 'a', can: 'read:secret' };
    const handOver = {
      ...{ n: 2, agent: 'boss', chain: 'a' },
      over: {
        ...{ activity: 'delegation', native_id: 'order' },
        target: { resource_type: 'agent', resource_id: 'mailer' },
      },
    };
    const child = {
      ...{ n: 3, agent: 'mailer', chain: 'b', can: 'send:external' },
      over: { delegation: { chain: [{ agent_uid: 'boss', ref: 'order' }] } },
    };
    const [alert] = openAfter([own, handOver, child]);
    expect(alert).toMatchObject({ rule_id: 'egress', subject: { chain_id: 'b' } });
    expect(alert?.assembly?.proof).toEqual([1, 2, 3].map(testId));
  });

  describe('a hand-over from task to task', () => {
    const handOver = {
      ...{ n: 2, agent: 'boss', chain: 'a' },
      over: {
        ...{ activity: 'delegation', native_id: 'order' },
        target: { resource_type: 'agent', resource_id: 'clerk' },
      },
    } as const;
    const under = {
      delegation: { parent_agent_uid: 'boss', chain: [{ agent_uid: 'boss', ref: 'order' }] },
    };
    const child = (n: number, can?: string) => ({
      ...{ n, agent: 'clerk', chain: 'b', can },
      over: under,
    });
    const after = { n: 9, agent: 'boss', chain: 'a', can: 'send:external' };

    it('brings back to the parent what its child did, whichever of its calls it was', () => {
      const calls = [handOver, child(3), child(4), child(5, 'read:secret'), after];
      const [alert, ...others] = openAfter(calls);
      expect(others).toEqual([]);
      expect(alert).toMatchObject({
        rule_id: 'egress',
        subject: { chain_id: 'a', agent_uid: 'boss' },
      });
      expect(alert?.assembly?.proof).toEqual([2, 5, 9].map(testId));
      expect(alert?.assembly?.caveats).not.toContain('asserted_claims');
      expect(openAfter([...calls].reverse())).toMatchObject([{ rule_id: 'egress' }]);
    });

    it('brings nothing to calls before it, or of who has handed over nothing', () => {
      const before = { ...after, n: 1 };
      expect(openAfter([before, handOver, child(5, 'read:secret')])).toEqual([]);
      const other = { ...after, agent: 'mailer' };
      expect(openAfter([handOver, child(5, 'read:secret'), other])).toEqual([]);
    });

    it('brings what a child’s child did back to the child, and only by it to the parent', () => {
      const deep = [
        { agent_uid: 'boss', ref: 'order' },
        { agent_uid: 'clerk', ref: 'errand' },
      ];
      const over = { delegation: { parent_agent_uid: 'clerk', chain: deep } };
      const errand = {
        ...{ n: 4, agent: 'clerk', chain: 'b' },
        over: {
          ...{ activity: 'delegation', native_id: 'errand', ...under },
          target: { resource_type: 'agent', resource_id: 'digger' },
        },
      } as const;
      const dig = { n: 5, agent: 'digger', chain: 'c', can: 'read:secret', over };
      expect(openAfter([handOver, child(3), errand, dig, after])).toEqual([]);
      const [alert] = openAfter([
        handOver,
        child(3),
        errand,
        dig,
        { ...child(6, 'send:external') },
      ]);
      expect(alert?.assembly?.proof).toEqual([4, 5, 6].map(testId));
      const [whole] = openAfter([handOver, child(3), errand, dig, child(6, 'read:public'), after]);
      expect(whole?.subject.chain_id).toBe('a');
    });

    it('is not acted upon where the child only asserts under which hand-over it works', () => {
      const event = call(child(5, 'read:secret'));
      const said = { ...event, claims: { ...event.claims, delegation: 'asserted' as const } };
      const [alert] = new MemoryPipeline(policy)
        .sendAll([call(handOver), said, call(after)])
        .open();
      expect(alert?.assembly?.caveats).toContain('asserted_claims');
    });
  });

  describe('access that one task gave', () => {
    const grant = (to: string, n = 1) => ({
      ...{ n, agent: 'admin', chain: 'a', can: 'grant:access' },
      over: { effect: 'grant' as const, args: { values: [], features: { grantee: to } } },
    });
    const use = { n: 3, agent: 'helper', chain: 'b', can: 'read:secret' };

    it('is tied to what the agent that got it does in another, and to nothing that it did before', () => {
      const [alert, ...others] = openAfter([grant('helper'), use]);
      expect(others).toEqual([]);
      expect(alert).toMatchObject({
        ...{ rule_id: 'granted', subject: { chain_id: 'b' } },
        assembly: { proof: [1, 3].map(testId), links: [{ via: 'grantee' }] },
      });
      expect(openAfter([grant('other'), use])).toEqual([]);
      expect(openAfter([{ ...use, n: 0 }, grant('helper', 5)])).toEqual([]);
    });

    it('is tied to a later call of a chain in which the agent had acted before it', () => {
      const early = { ...use, n: 0 };
      const [alert] = openAfter([early, grant('helper', 5), { ...use, n: 8 }]);
      expect(alert?.assembly?.proof).toEqual([5, 8].map(testId));
    });

    it('is tied to the credential that it was given to, and is no evidence of anything else', () => {
      const over = { credential: { uid: 'token-7' } };
      expect(openAfter([grant('token-7'), { ...use, over }])).toMatchObject([
        { rule_id: 'granted' },
      ]);
      const secret = { n: 0, agent: 'admin', chain: 'a', can: 'read:secret' };
      const out = { n: 4, agent: 'helper', chain: 'b', can: 'send:external' };
      expect(openAfter([secret, grant('helper'), out])).toEqual([]);
    });

    it('is tied to nothing that its agent may do anyway, nor to a person’s other work', () => {
      const agents = (may: string) => [{ uid: 'helper', class: 'autonomous', grants: [may] }];
      const under = (may: string) =>
        new MemoryPipeline(policy, registrySchema.parse({ version: 1, agents: agents(may) }));
      const calls = [grant('helper'), use].map(call);
      expect(under('read:public').sendAll(calls).open()).toHaveLength(1);
      expect(under('read:*').sendAll(calls).open()).toEqual([]);
      const over = { principal: { uid: 'ann' } };
      expect(openAfter([grant('ann'), { ...use, over }])).toEqual([]);
      expect(openAfter([grant('ann'), { ...use, chain: 'a', over }])).toHaveLength(1);
    });

    it('is told to the chains where it is used next, and to no more of them than are followed', () => {
      const uses = Array.from({ length: 40 }, (_, n) => ({ ...use, n: 10 + n, chain: `b${n}` }));
      const chains = openAfter([grant('helper'), ...uses]).map((one) => one.subject.chain_id);
      expect([...chains].sort()).toEqual(
        uses
          .slice(0, 16)
          .map((one) => one.chain)
          .sort(),
      );
    });
  });

  it('joins what leaves its task under the same trace, and two proven tasks never', () => {
    const read = { n: 1, agent: 'boss', chain: 'a', can: 'read:secret', over: { trace_id: 't' } };
    const out = { n: 2, agent: 'boss', chain: 'b', can: 'send:external' };
    const { task: _, ...plain } = call({ ...out, over: { trace_id: 't' } });
    const joined = new MemoryPipeline(policy).sendAll([call(read), plain]).open();
    expect(joined).toMatchObject([
      { rule_id: 'egress', assembly: { links: [{ via: 'delegation' }] } },
    ]);
    expect(openAfter([read, { ...out, over: { trace_id: 't' } }])).toEqual([]);
  });

  it('is withdrawn when a late sighting shows that the value was common', () => {
    const pipeline = new MemoryPipeline(policy).sendAll([mail, look, send].map(call));
    expect(pipeline.open()).toHaveLength(1);
    const known = knownTo(8, 'ann').map(call);
    pipeline.sendAll(known);
    expect(pipeline.open()).toEqual([]);
    expect(pipeline.alerts.at(-1)).toMatchObject({ state: 'withdrawn', rule_id: 'trifecta' });
  });

  it('is not acted upon where only clocks tell the order', () => {
    const at = (time: string) => ({ event_time: time, observed_time: time });
    const wrote = {
      ...{ n: 1, agent: 'clerk', chain: 'a', can: 'read:secret', args: ['ann'] },
      over: { effect: 'update' as const, ...at('2026-01-05T09:00:00.800Z') },
    };
    const used = { ...send, over: at('2026-01-05T09:00:00Z') };
    const [alert] = openAfter([wrote, used]);
    expect(alert?.assembly?.caveats).toContain('order_undetermined');
  });

  it('inside one chain too: not by a value that many chains show, and taken back when told late', () => {
    const pay = { n: 3, agent: 'mailer', chain: 'a', can: 'send:external', args: ['ann'] };
    expect(openAfter([look, pay])).toEqual([]);
    expect(openAfter([mail, look, pay])).toHaveLength(1);
    const known = knownTo(8, 'ann');
    const pipeline = new MemoryPipeline(policy);
    for (const one of [...known, mail, look, pay]) pipeline.sendAll([call(one)]);
    // It never stood open for a moment: what is common is known before the call that needs it.
    expect(pipeline.alerts).toEqual([]);
    const late = new MemoryPipeline(policy).sendAll([mail, look, pay].map(call));
    late.sendAll(known.map(call));
    expect(late.open()).toEqual([]);
    expect(late.alerts.at(-1)).toMatchObject({ state: 'withdrawn', rule_id: 'trifecta' });
  });

  it('is not hidden by whoever uses a value in many tasks of its own first', () => {
    const own = Array.from({ length: 30 }, (_, n) => ({
      ...{ n: 200 + n, at: 11, agent: 'mailer', chain: `own ${n}` },
      ...{ can: 'read:internal', args: ['ann'] },
    }));
    const pay = { n: 3, agent: 'mailer', chain: 'a', can: 'send:external', args: ['ann'] };
    expect(openAfter([mail, look, ...own, pay])).toHaveLength(1);
  });

  it('says of values that are too common that they were not followed', () => {
    const known = knownTo(9, 'house');
    const early = {
      ...{ n: 9, at: 7, agent: 'mailer', chain: 'b' },
      ...{ can: 'read:internal', args: ['house'] },
    };
    const [alert] = openAfter([...known, mail, look, early, send]);
    expect(alert?.not_visible).toContain(
      '1 value used here is seen in too many other chains to link by.',
    );
  });
});

const anyCall = fc.record({
  agent: fc.constantFrom('ann', 'bob', 'cyd'),
  chain: fc.constantFrom('a', 'b', 'c'),
  can: fc.constantFrom(
    'ingest:untrusted',
    'read:personal',
    'read:secret',
    'send:external',
    'grant:access',
    undefined,
  ),
  args: fc.subarray(['v1', 'v2', 'v3', 'v4'], { maxLength: 2 }),
  result: fc.subarray(['v1', 'v2', 'v3', 'v4'], { maxLength: 2 }),
  kind: fc.constantFrom('email', 'secret'),
  minutes: fc.constantFrom(0, 1, 3, 10),
  credential: fc.option(fc.constantFrom('v1', 'v2'), { nil: undefined, freq: 4 }),
  trace: fc.option(fc.constantFrom('t1', 't2'), { nil: undefined, freq: 3 }),
  isAsserted: fc.boolean(),
  effect: fc.constantFrom(undefined, 'update', 'read'),
  object: fc.option(fc.constantFrom('o1', 'o2'), { nil: undefined, freq: 3 }),
  to: fc.option(fc.constantFrom('ann', 'bob', 'cyd'), { nil: undefined, freq: 6 }),
  from: fc.option(fc.nat(10), { nil: undefined, freq: 6 }),
  grantee: fc.constantFrom('ann', 'bob', 'cyd', 'none'),
});
type AnyCall = typeof anyCall extends fc.Arbitrary<infer T> ? T : never;

/** Calls in the order of each agent's own clock. */
function toEvents(calls: readonly AnyCall[]): readonly AuditEvent[] {
  const clocks = new Map<string, number>();
  return calls.map((one, n) => {
    const minute = (clocks.get(one.agent) ?? 0) + one.minutes;
    clocks.set(one.agent, minute);
    const time = `2026-01-05T${String(9 + Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}:00.${String(n).padStart(3, '0')}Z`;
    const made = call({ ...one, n });
    const source = calls[one.from ?? -1];
    return {
      ...made,
      ...{ event_time: time, observed_time: time },
      ...(one.effect === undefined ? {} : { effect: one.effect as AuditEvent['effect'] }),
      args: { ...made.args, features: { grantee: one.grantee } },
      ...(one.credential === undefined ? {} : { credential: { fp: one.credential } }),
      ...(one.trace === undefined ? {} : { trace_id: one.trace }),
      ...(one.object === undefined ? {} : { target: { resource_id: one.object } }),
      ...(one.to === undefined
        ? {}
        : { activity: 'delegation', target: { resource_type: 'agent', resource_id: one.to } }),
      ...(source === undefined
        ? {}
        : {
            delegation: {
              parent_agent_uid: source.agent,
              chain: [{ agent_uid: source.agent, ref: `call-${one.from}` }],
            },
          }),
      claims: { ...made.claims, ...(one.isAsserted ? { task: 'asserted' as const } : {}) },
    };
  });
}

/** Merges the agents' own sequences by a list of choices. */
function interleave(events: readonly AuditEvent[], choices: readonly number[]) {
  const queues = ['ann', 'bob', 'cyd'].map((uid) => events.filter((one) => one.agent.uid === uid));
  const merged: AuditEvent[] = [];
  for (let at = 0; ; at += 1) {
    const open = queues.filter((queue) => queue.length > 0);
    const next = open[(choices[at % choices.length] ?? 0) % Math.max(1, open.length)]?.shift();
    if (next === undefined) return merged;
    merged.push(next);
  }
}

/** All of an alert but what tells when it was concluded, and what was then not to be seen yet. */
function conclusions(pipeline: MemoryPipeline) {
  return pipeline.open().map((alert) => {
    const { revision, detected_at, first_detected_at, supersedes, count, not_visible, ...rest } =
      alert;
    return rest;
  });
}

/** How often one link was told anew, at most. */
function mostTold({ assembly }: MemoryPipeline): number {
  const leads = [...assembly.draft.entries]
    .filter(([key]) => key.endsWith('/leads'))
    .flatMap(([, value]) => value as readonly Lead[]);
  return Math.max(0, ...leads.map((lead) => lead.times));
}

describe('arrival and speed', () => {
  const many = fc.array(anyCall, { minLength: 3, maxLength: 12 });
  const picks = fc.array(fc.nat(60), { minLength: 1, maxLength: 30 });

  it.each([1, 2])(
    'change nothing of what stands in the end, with chains_max %i',
    (chainsMax) => {
      const rare = policySchema.parse({ ...policy, links: { chains_max: chainsMax } });
      let [across, common] = [0, 0];
      fc.assert(
        fc.property(many, picks, picks, (calls, order, speeds) => {
          const events = toEvents(calls);
          const plain = new MemoryPipeline(rare).sendAll(events);
          const mixed = new MemoryPipeline(rare);
          const arriving = interleave(events, order);
          for (const [at, one] of arriving.entries()) {
            mixed.send(one);
            // Some stages work in between, and some of them fall behind.
            for (let n = 0; n < (speeds[at % speeds.length] ?? 0) % 4; n += 1) {
              mixed.work(speeds[(at + n) % speeds.length] ?? 0);
            }
          }
          mixed.settle(speeds);
          const alerts = conclusions(plain);
          const chains = new Map(events.map((one) => [one.event_id, one.chain_id]));
          const isAcross = alerts.some(
            (one) => new Set(one.assembly?.proof.map((id) => chains.get(id))).size > 1,
          );
          across += isAcross ? 1 : 0;
          common += [...plain.assembly.draft.entries.keys()].some((key) => key.startsWith('rests/'))
            ? 1
            : 0;
          expect(conclusions(mixed)).toEqual(alerts);
          // It came to rest by itself and not at the bound.
          expect(Math.max(mostTold(plain), mostTold(mixed))).toBeLessThan(TELLINGS_MAX / 2);
        }),
        { numRuns: 150 },
      );
      expect(across).toBeGreaterThan(20);
      expect(common).toBeGreaterThan(20);
    },
    240_000,
  );
});
