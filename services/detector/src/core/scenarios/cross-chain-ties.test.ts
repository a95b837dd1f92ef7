/**
 * Guarantees: what a delegate did in another chain comes back to whoever sent it and to nobody else; a
 * grant is tied to what its grantee could not do without it, in whichever chain.
 */
import { policySchema, registrySchema } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { type Call, call, openAfter, policy } from '../testing/cross-chain-calls.ts';
import { testId } from '../testing/event-builder.ts';
import { MemoryPipeline } from '../testing/memory-pipeline.ts';

describe('between two chains', () => {
  it('follows a hand-over from task to task, and what the parent had done before it', () => {
    const own = { n: 1, agent: 'boss', chain: 'a', can: 'read:secret' };
    const delegating = {
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
    const [alert] = openAfter([own, delegating, child]);
    expect(alert).toMatchObject({ rule_id: 'egress', subject: { chain_id: 'b' } });
    expect(alert?.assembly?.proof).toEqual([1, 2, 3].map(testId));
  });

  it('follows the declared delegation past an agent that logs nothing, in its task and into another', () => {
    const own = { n: 1, agent: 'boss', chain: 'a', can: 'read:secret' };
    const delegating = {
      ...{ n: 2, agent: 'boss', chain: 'a' },
      over: {
        ...{ activity: 'delegation', native_id: 'order' },
        target: { resource_type: 'agent', resource_id: 'silent' },
      },
    };
    const under = (...between: readonly { agent_uid: string; ref: string }[]) => ({
      delegation: {
        parent_agent_uid: 'silent',
        chain: [{ agent_uid: 'root', ref: 'r' }, ...between, { agent_uid: 'silent', ref: 's' }],
      },
    });
    const child = { n: 3, agent: 'mailer', can: 'send:external' };
    for (const chain of ['a', 'b']) {
      const sent = { ...child, chain, over: under({ agent_uid: 'boss', ref: 'order' }) };
      const [alert] = openAfter([own, delegating, sent]);
      expect(alert?.assembly?.proof).toEqual([1, 2, 3].map(testId));
      expect(openAfter([own, delegating, { ...sent, over: under() }])).toEqual([]);
    }
  });

  describe('a hand-over from task to task', () => {
    const delegating = {
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
      const calls = [delegating, child(3), child(4), child(5, 'read:secret'), after];
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
      expect(openAfter([before, delegating, child(5, 'read:secret')])).toEqual([]);
      const other = { ...after, agent: 'mailer' };
      expect(openAfter([delegating, child(5, 'read:secret'), other])).toEqual([]);
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
      expect(openAfter([delegating, child(3), errand, dig, after])).toEqual([]);
      const [alert] = openAfter([
        delegating,
        child(3),
        errand,
        dig,
        { ...child(6, 'send:external') },
      ]);
      expect(alert?.assembly?.proof).toEqual([4, 5, 6].map(testId));
      const [whole] = openAfter([
        delegating,
        child(3),
        errand,
        dig,
        child(6, 'read:public'),
        after,
      ]);
      expect(whole?.subject.chain_id).toBe('a');
    });

    it('is not acted upon where the child only asserts under which hand-over it works', () => {
      const event = call(child(5, 'read:secret'));
      const said = { ...event, claims: { ...event.claims, delegation: 'asserted' as const } };
      const [alert] = new MemoryPipeline(policy)
        .sendAll([call(delegating), said, call(after)])
        .open();
      expect(alert?.assembly?.caveats).toContain('asserted_claims');
    });
  });

  it('knows the parent of a credential that was used under a hand-over', () => {
    const steps = [
      { id: 'parent', any: ['*'] },
      {
        ...{ id: 'child', any: ['*'], after: ['parent'], link: ['derived_credential'] },
        beyond_scopes_of: 'parent',
      },
    ];
    const derived = { id: 'derived', severity: 'high', within: '24h', steps };
    const scopes = { look: ['read:public'], pay: ['initiate:payment'] };
    const pipeline = () =>
      new MemoryPipeline(
        policySchema.parse({ version: 1, combinations: [derived] }),
        registrySchema.parse({ version: 1, scope_map: scopes }),
      );
    const own = { n: 1, agent: 'boss', chain: 'a', can: 'read:public' };
    const over = { credential: { uid: 'k-1' }, scopes: ['look'] };
    const delegating = {
      ...{ n: 2, agent: 'boss', chain: 'a' },
      over: {
        ...{ activity: 'delegation', native_id: 'order' },
        target: { resource_type: 'agent', resource_id: 'payer' },
      },
    };
    const pays = (parent_uid: string) => ({
      ...{ n: 3, agent: 'payer', chain: 'b', can: 'initiate:payment' },
      over: {
        delegation: { chain: [{ agent_uid: 'boss', ref: 'order' }] },
        ...{ credential: { uid: 'k-2', parent_uid }, scopes: ['pay'] },
      },
    });
    const calls = (parent: string) => [
      call({ ...own, over }),
      call(delegating),
      call(pays(parent)),
    ];
    const [alert] = pipeline().sendAll(calls('k-1')).open();
    expect(alert?.assembly?.proof).toEqual([1, 3].map(testId));
    expect(pipeline().sendAll(calls('k-9')).open()).toEqual([]);
  });

  it('holds a checker dependent who read in its task what the maker wrote for it in another', () => {
    const steps = [
      { id: 'make', any: ['write:source_code'] },
      { id: 'check', any: ['approve:change'], after: ['make'], link: ['data_flow'] },
    ];
    const pairs = [{ steps: ['make', 'check'], are: 'not_independent' }];
    const checked = { id: 'checked', severity: 'high', within: '24h', steps, pairs };
    const agents = ['maker', 'checker'].map((uid) => ({
      ...{ uid, class: 'autonomous', grants: ['*'], owner: { team: `of-${uid}` } },
    }));
    const under = () =>
      new MemoryPipeline(
        policySchema.parse({ version: 1, combinations: [checked] }),
        registrySchema.parse({ version: 1, agents }),
      );
    const by = (uid: string, resource_id: string, effect: 'create' | 'read' | 'execute') => ({
      ...{ principal: { uid: `for-${uid}` }, target: { resource_id }, effect },
    });
    const writes = { agent: 'maker', chain: 'a', can: 'write:source_code' };
    const change = { n: 1, ...writes, result: ['c'], over: by('maker', 'change/1', 'create') };
    const note = { n: 2, ...writes, args: ['note'], over: by('maker', 'note/1', 'create') };
    const read = { n: 3, agent: 'checker', chain: 'b', can: 'read:internal', result: ['note'] };
    const looks = { ...read, over: by('checker', 'note/1', 'read') };
    const approve = { n: 4, agent: 'checker', chain: 'b', can: 'approve:change', args: ['c'] };
    const approves = { ...approve, over: by('checker', 'change/1', 'execute') };
    const open = (...calls: readonly Call[]) => under().sendAll(calls.map(call)).open();
    expect(open(change, note, looks, approves)).toMatchObject([
      { rule_id: 'checked', assembly: { caveats: [] } },
    ]);
    expect(open(change, note, approves)).toEqual([]);
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

    it('is tied days later to what its agent is known not to be granted, within the horizon', () => {
      const on = (day: number) => ({ event_time: `2026-01-${day}T15:00:00.000000000Z` });
      const calls = (to: string, from: number, until: number) => {
        const given = grant(to);
        return [
          call({ ...given, over: { ...given.over, ...on(from) } }),
          call({ ...use, over: on(until) }),
        ];
      };
      const agents = [{ uid: 'helper', class: 'autonomous', grants: ['read:public'] }];
      const registry = registrySchema.parse({ version: 1, agents });
      const after = (...made: Parameters<typeof calls>) =>
        new MemoryPipeline(policy, registry).sendAll(calls(...made)).open();
      expect(after('helper', 10, 12)).toMatchObject([
        { rule_id: 'granted', assembly: { proof: [1, 3].map(testId) } },
      ]);
      expect(after('other', 10, 12)).toEqual([]);
      expect(after('helper', 10, 19)).toEqual([]);
      expect(new MemoryPipeline(policy).sendAll(calls('helper', 10, 12)).open()).toEqual([]);
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
});
