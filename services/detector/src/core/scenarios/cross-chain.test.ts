/**
 * Guarantees: privilege that is assembled over several chains is one alert of the chain that completed
 * it, proven by calls of all of them; what stands in the end depends on neither arrival nor speed.
 */
import { type AuditEvent, policySchema, registrySchema } from '@waywarden/schemas';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TELLINGS_MAX } from '../correlation/assembly/model/assembly-limits.ts';
import type { Lead } from '../correlation/assembly/model/chain-meta.ts';
import { type Call, call, openAfter, policy } from '../testing/cross-chain-calls.ts';
import { testId } from '../testing/event-builder.ts';
import { MemoryPipeline } from '../testing/memory-pipeline.ts';

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

  it('names the one among several holders of a value by whom its user was reached', () => {
    const reads = [1, 2, 3].map((n) => ({
      ...{ n, agent: `reader-${n}`, chain: 'a', can: 'read:public', result: ['ann'] },
    }));
    const page = { n: 4, agent: 'browser', chain: 'a', can: 'ingest:untrusted', result: ['page'] };
    const crm = { ...look, n: 5, args: ['page'] };
    const [alert] = openAfter([...reads, page, crm, { ...send, n: 6 }]);
    expect(alert?.assembly?.proof).toEqual([4, 5, 6].map(testId));
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

  it('joins what leaves its task to what each agent had done there, whoever was busy first', () => {
    const over = { trace_id: 't' };
    const busy = [1, 2, 3].map((n) => ({
      n,
      agent: 'boss',
      chain: 'a',
      can: 'read:internal',
      over,
    }));
    const read = { n: 4, agent: 'clerk', chain: 'a', can: 'read:secret', over };
    const { task: _, ...out } = call({
      n: 9,
      agent: 'mailer',
      chain: 'b',
      can: 'send:external',
      over,
    });
    const [alert] = new MemoryPipeline(policy).sendAll([...[...busy, read].map(call), out]).open();
    expect(alert?.assembly?.proof).toEqual([4, 9].map(testId));
  });

  it('is withdrawn when a late observation shows that the value was common', () => {
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

  it.each([[[1, 2, 3, 4]], [[1, 2, 4, 3]], [[1, 4, 2, 3]], [[2, 1, 3, 4]], [[2, 3, 1, 4]]])(
    'parts what two calls that handed over to each other lead to and give back, arriving as %j',
    (order) => {
      const under = (agent: string, ref: string): Partial<AuditEvent> => ({
        delegation: { parent_agent_uid: agent, chain: [{ agent_uid: agent, ref }] },
      });
      const to = (uid: string): Partial<AuditEvent> => ({
        ...{ activity: 'delegation', target: { resource_type: 'agent', resource_id: uid } },
      });
      const boss = { agent: 'boss', chain: 'a' };
      const help = { agent: 'help', chain: 'b' };
      const calls: readonly Call[] = [
        { ...boss, n: 1, at: 10, over: { ...to('help'), ...under('help', 'call-2') } },
        {
          ...{ ...help, n: 2, at: 10, can: 'send:external' },
          over: { ...to('boss'), ...under('boss', 'call-1') },
        },
        { ...help, n: 3, at: 15, can: 'read:secret', over: under('boss', 'call-1') },
        { ...boss, n: 4, at: 20, can: 'send:external' },
      ];
      // What was read under the first hand-over came back to its agent, and never led to the second.
      const open = openAfter(order.flatMap((n) => calls.filter((one) => one.n === n)));
      expect(open.map((one) => [one.subject.chain_id, one.assembly?.proof])).toEqual([
        ['a', [1, 3, 4].map(testId)],
      ]);
    },
  );

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

const anns: AnyCall = {
  ...{ agent: 'ann', chain: 'a', minutes: 0, can: 'ingest:untrusted', args: [], result: [] },
  ...{ kind: 'email', credential: undefined, trace: undefined, isAsserted: false },
  ...{ effect: undefined, object: undefined, to: undefined, from: undefined, grantee: 'ann' },
};
const cyds: AnyCall = { ...anns, agent: 'cyd', chain: 'c', from: 1 };
/** Two calls handed over to each other, and a value came from a call after one to a call under it. */
const handedBoth: readonly AnyCall[] = [
  anns,
  { ...anns, minutes: 10, to: 'ann', from: 2 },
  { ...cyds, minutes: 10, to: 'ann', can: 'send:external' },
  { ...cyds, args: ['v4'] },
  { ...anns, can: 'read:secret', result: ['v4'] },
  anns,
];

const bobs: AnyCall = { ...anns, agent: 'bob' };
/** A secret handed on, so common, before it logs in. */
const commonSecret: readonly AnyCall[] = [
  { ...bobs, minutes: 10, can: 'send:external', from: 1 },
  { ...bobs, chain: 'c', credential: 'v1', to: 'ann' },
  { ...anns, minutes: 3 },
  { ...anns, chain: 'b' },
  { ...anns, chain: 'b', can: 'read:personal', args: ['v2'], result: ['v1'] },
  anns,
  { ...cyds, can: 'grant:access', args: ['v1'], result: ['v2'], isAsserted: true },
  { ...anns, can: undefined, credential: 'v1', to: 'ann' },
];

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
function mostReported({ assembly }: MemoryPipeline): number {
  const leads = [...assembly.transaction.entries]
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
          common += [...plain.assembly.transaction.entries.keys()].some((key) =>
            key.startsWith('rests/'),
          )
            ? 1
            : 0;
          expect(conclusions(mixed)).toEqual(alerts);
          // It came to rest by itself and not at the bound.
          expect(Math.max(mostReported(plain), mostReported(mixed))).toBeLessThan(TELLINGS_MAX / 2);
        }),
        {
          numRuns: 150,
          examples: [
            [[...handedBoth], [49], [0]],
            [[...commonSecret], [1, 0], [0]],
          ],
        },
      );
      expect(across).toBeGreaterThan(20);
      expect(common).toBeGreaterThan(20);
    },
    240_000,
  );
});
