import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Observation } from '../model/observation.ts';
import { concludeCalls } from './conclude.ts';
import { executed, messageOf, requested, runOf, spanOf } from './testing/observations.ts';

const only = (observations: readonly Observation[]) => {
  const calls = concludeCalls(observations);
  expect(calls).toHaveLength(1);
  return calls[0];
};

describe('who made a call', () => {
  it('is the nearest run of an agent above it, not the name that it inherited', () => {
    const call = only([
      spanOf('tool', 'inner', { label: 'supervisor', call: executed('search_web') }),
      runOf('inner', 'outer', 'researcher'),
      runOf('outer', undefined, 'supervisor'),
    ]);
    expect(call).toMatchObject({
      agent: { name: 'researcher' },
      agentSource: 'run',
      parentAgent: { name: 'supervisor' },
    });
  });

  it('is the agent whose graph the steps above it belong to', () => {
    const label = 'supervisor';
    const call = only([
      spanOf('tool', 'tools', { label, call: executed('search_web') }),
      spanOf('tools', 'graph', { name: 'tools', label, isStep: true }),
      spanOf('graph', 'ask', { name: 'researcher', label }),
      spanOf('ask', 'outer', { name: 'ask_researcher', label }),
      runOf('outer', undefined, 'supervisor'),
    ]);
    expect(call).toMatchObject({ agent: { name: 'researcher' } });
  });

  it('is the sub-agent below the call that started it, named by that call', () => {
    const calls = concludeCalls([
      spanOf('agent', undefined, { call: executed('Agent', { delegatesTo: { name: 'payer' } }) }),
      spanOf('pay', 'agent', { agent: { id: 'a1' }, call: executed('create_payee') }),
      {
        channel: 'log',
        convention: 'test',
        agent: { id: 'a1' },
        call: executed('approve', { callId: 'c' }),
      },
    ]);
    const agents = Object.fromEntries(calls.map(({ tool, agent }) => [tool, agent?.name]));
    expect(agents).toMatchObject({ create_payee: 'payer', approve: 'payer' });
  });

  it('is told as unknown where only the service is named', () => {
    const call = only([
      spanOf('tool', 'lost', { service: 'mail-app', call: executed('read_mail') }),
    ]);
    expect(call).toMatchObject({
      agent: { name: 'mail-app' },
      agentSource: 'service',
      unresolved: ['parent_missing', 'agent_unknown', 'arguments_absent'],
    });
  });

  it('ends its climb in a cycle of parents', () => {
    const call = only([spanOf('a', 'b', { call: executed('read_mail') }), spanOf('b', 'a')]);
    expect(call).toMatchObject({ tool: 'read_mail', agentSource: 'none' });
  });
});

describe('how a call ended', () => {
  const args = { amount: 9000 };

  it('is pending while it was only asked for', () => {
    expect(only([messageOf('chat', requested('c1', 'pay', args))])).toMatchObject({
      outcome: 'pending',
    });
  });

  it('is denied where a decision refused it, though its span ended well', () => {
    const call = only([
      spanOf('tool', undefined, { call: executed('pay', { callId: 'c1' }) }),
      {
        channel: 'log',
        convention: 'test',
        call: { stage: 'decided', tool: 'pay', callId: 'c1', outcome: 'denied' },
      },
    ]);
    expect(call).toMatchObject({ outcome: 'denied', observed: 2 });
  });

  it('is denied where others are seen to be carried out and this one was only answered', () => {
    const calls = concludeCalls([
      spanOf('tool', undefined, { call: executed('read_mail', { callId: 'c0' }) }),
      messageOf('chat', requested('c1', 'pay', args)),
      messageOf('next', { stage: 'requested', tool: '', callId: 'c1', result: 'Over the limit' }),
    ]);
    expect(calls.find(({ tool }) => tool === 'pay')).toMatchObject({ outcome: 'denied' });
  });

  it('is success where executions are never seen and the model was answered', () => {
    const call = only([
      messageOf('chat', requested('c1', 'pay', args)),
      messageOf('next', { stage: 'requested', tool: '', callId: 'c1', result: 'paid' }),
    ]);
    expect(call).toMatchObject({ outcome: 'success', result: 'paid' });
  });

  it('is not refused by words of what a tool read, where executions are never seen', () => {
    const result = 'Mail 1: permission was denied to the other office. Failed invoices: none.';
    const call = only([
      messageOf('chat', requested('c1', 'read_mail', args)),
      messageOf('next', { stage: 'requested', tool: '', callId: 'c1', result }),
    ]);
    expect(call).toMatchObject({ outcome: 'success' });
  });

  it('is what the last try says when a call that waited was made again', () => {
    const call = only([
      spanOf('first', undefined, { at: 1, call: executed('pay', { args, outcome: 'pending' }) }),
      spanOf('second', undefined, { at: 9, call: executed('pay', { args, result: 'paid' }) }),
    ]);
    expect(call).toMatchObject({ outcome: 'success', result: 'paid' });
  });
});

describe('several observations of one call', () => {
  it('are one call: request, client span, server span', () => {
    const call = only([
      messageOf('chat', requested('c1', 'read_mail', { id: 1 })),
      spanOf('client', 'run', { at: 5, call: executed('mcp__mail__read_mail', { callId: 'c1' }) }),
      spanOf('server', 'client', { at: 6, convention: 'otel-mcp', call: executed('read_mail') }),
      runOf('run', undefined, 'assistant'),
    ]);
    expect(call).toMatchObject({ observed: 3, args: { id: 1 }, agent: { name: 'assistant' } });
  });

  it('stay two calls where one id is used for two different things', () => {
    const calls = concludeCalls([
      spanOf('one', undefined, { call: executed('pay', { callId: 'c1', args: { to: 'acme' } }) }),
      spanOf('two', undefined, { call: executed('pay', { callId: 'c1', args: { to: 'evil' } }) }),
    ]);
    expect(calls).toHaveLength(2);
  });

  it('stay two calls where the same was asked for and carried out twice', () => {
    const args = { id: 1 };
    const calls = concludeCalls([
      messageOf('chat', requested('c1', 'read_mail', args), 1),
      spanOf('one', undefined, { at: 2, call: executed('read_mail', { args }) }),
      messageOf('chat2', requested('c2', 'read_mail', args), 3),
      messageOf('chat2', requested('c1', 'read_mail', args), 3),
      spanOf('two', undefined, { at: 4, call: executed('read_mail', { args }) }),
    ]);
    expect(calls.map(({ outcome }) => outcome)).toEqual(['success', 'success']);
  });

  it('are no call where only a history names it and no model asked for it', () => {
    const history = { ...requested('x', 'transfer_back', {}), isAsked: false };
    const calls = concludeCalls([
      messageOf('chat', requested('c1', 'pay', {})),
      messageOf('chat', history),
    ]);
    expect(calls.map(({ tool }) => tool)).toEqual(['pay']);
  });

  it('give the same calls in any order and with repeats', () => {
    const observations = [
      runOf('run', undefined, 'assistant'),
      messageOf('chat', requested('c1', 'read_mail', { id: 1 }), 1),
      spanOf('one', 'run', { at: 2, call: executed('read_mail', { callId: 'c1', result: 'hi' }) }),
      messageOf('chat2', requested('c2', 'pay', { to: 'acme' }), 3),
      spanOf('two', 'run', {
        at: 4,
        call: executed('pay', { args: { to: 'acme' }, outcome: 'error' }),
      }),
      spanOf('three', 'run', { at: 5, call: executed('ask_payer') }),
      runOf('four', 'three', 'payer'),
      spanOf('five', 'four', { at: 6, call: executed('approve', { args: { id: 2 } }) }),
    ];
    const wanted = concludeCalls(observations).map(({ observed: _, ...call }) => call);
    const shuffled = fc.shuffledSubarray([...observations, ...observations], {
      minLength: observations.length * 2,
    });
    fc.assert(
      fc.property(shuffled, (list) => {
        const calls = concludeCalls(list).map(({ observed: _, ...call }) => call);
        expect(calls).toEqual(wanted);
      }),
    );
  });
});

describe('whom a call hands over to', () => {
  it('is the agent that runs below it', () => {
    const calls = concludeCalls([
      runOf('outer', undefined, 'supervisor'),
      spanOf('ask', 'outer', { call: executed('ask_payer') }),
      runOf('inner', 'ask', 'payer'),
    ]);
    expect(calls).toMatchObject([
      { delegatesTo: { name: 'payer' }, agent: { name: 'supervisor' } },
    ]);
  });

  it('is the agent of its name that runs later', () => {
    const calls = concludeCalls([
      runOf('outer', undefined, 'supervisor'),
      spanOf('move', 'outer', { call: executed('transfer_to_payer') }),
      runOf('other', undefined, 'payer'),
    ]);
    expect(calls).toMatchObject([{ delegatesTo: { name: 'payer' } }]);
  });
});

describe('a main agent that the client does not name', () => {
  const observed = (channel: 'log' | 'hook', more: Partial<Observation>): Observation => ({
    ...{ channel, convention: channel, at: 1, session: 's1', threads: ['session:s1'] },
    agent: { name: 'claude-code', isMain: true },
    call: { stage: 'executed', tool: 'Bash', callId: 'toolu_1', args: {}, outcome: 'success' },
    ...more,
  });
  const uid = { name: 'agent/mail', isAuthenticated: true };

  it('is who its sender says, in whatever it was seen', () => {
    const told = observed('hook', { agent: uid, mainAgent: uid });
    const [call] = concludeCalls([observed('log', {}), told]);
    expect(call?.agent).toEqual(uid);
    const sub = { agent: { id: 'a1', name: 'reader' }, mainAgent: uid };
    expect(concludeCalls([observed('hook', sub)])[0]?.agent).toEqual(sub.agent);
  });
});

describe('the time of a call', () => {
  it('is its own, not that of the run whose messages tell of it', () => {
    const all = ['read', 'send'].flatMap((tool, n): Observation[] => {
      const call = { tool, callId: `c-${tool}`, args: { n } };
      const told = {
        channel: 'message',
        convention: 'x',
        place: { trace: 't', span: 'run' },
      } as const;
      const place = { trace: 't', span: tool, parent: 'run' };
      const ran = { ...call, stage: 'executed', outcome: 'success' } as const;
      return [
        { ...told, at: 1, until: 900, call: { ...call, stage: 'requested', result: 'ok' } },
        { channel: 'span', convention: 'x', place, at: 100 + n, until: 200 + n, call: ran },
      ];
    });
    const times = concludeCalls(all).map(({ tool, at, until }) => [tool, at, until]);
    expect(times).toEqual([
      ['read', 100, 200],
      ['send', 101, 201],
    ]);
  });
});

describe('a flood in one trace', () => {
  it('is concluded call by call: thousands without an id below hundreds of nested spans', () => {
    const depth = 250;
    const nested = Array.from({ length: depth }, (_, n) =>
      spanOf(`m${n}`, n === 0 ? undefined : `m${n - 1}`),
    );
    const calls = Array.from({ length: 10_000 }, (_, n) =>
      spanOf(`t${n}`, `m${depth - 1}`, { at: n, call: executed('read_mail', { args: { n } }) }),
    );
    const concludedCalls = concludeCalls([...nested, ...calls]);
    expect(concludedCalls).toHaveLength(calls.length);
  });
});

describe('one id for two executions', () => {
  const run = (span: string, more: Partial<Observation>) =>
    spanOf(span, undefined, { call: executed('pay', { callId: 'c', args: { n: 1 } }), ...more });

  it('is two calls where agents, sessions, results or times differ', () => {
    const calls = [
      run('a', { at: 0, agent: { name: 'one' } }),
      run('b', { at: 0, agent: { name: 'two' } }),
      run('c', { at: 0, session: 's1' }),
      run('d', { at: 0, session: 's2' }),
      run('e', { at: 60_000 }),
    ];
    const [first, ...others] = [calls.slice(0, 2), calls.slice(2, 4), [calls[0], calls[4]]].map(
      (pair) => concludeCalls(pair.filter((one) => one !== undefined)).length,
    );
    expect([first, ...others]).toEqual([2, 2, 2]);
  });

  it('stays one call where two channels saw it', () => {
    const seen = run('a', { at: 0 });
    expect(concludeCalls([seen, { ...seen, channel: 'hook', at: 1 }])).toHaveLength(1);
  });
});

describe('the task of a call', () => {
  it('is what the person asked last before it, not what one agent asked another', () => {
    const asked = (span: string, parent: string | undefined, at: number, task: string) =>
      spanOf(span, parent, { at, task });
    const [first, second] = concludeCalls([
      runOf('outer', undefined, 'assistant'),
      asked('one', 'outer', 1, 'Read my mail'),
      spanOf('a', 'outer', { at: 2, call: executed('read_mail') }),
      asked('two', 'outer', 3, 'Now pay it'),
      runOf('inner', 'outer', 'payer'),
      asked('three', 'inner', 4, 'Pay Acme'),
      spanOf('b', 'inner', { at: 5, call: executed('pay') }),
    ]);
    expect([first?.task, second?.task]).toEqual(['Read my mail', 'Now pay it']);
  });
});
