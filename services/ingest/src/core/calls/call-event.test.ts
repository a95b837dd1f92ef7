import type { Call } from '@waywarden/agent-telemetry';
import { validateInputEvent } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { callEvent } from './call-event.ts';

const CONTEXT = { source: 'otel/laptop', nowMs: 1_796_000_000_000 };

const call = (set: Partial<Call> = {}): Call => ({
  id: 'call-id',
  agent: { name: 'mailer' },
  agentSource: 'run',
  parentAgent: undefined,
  tool: 'send_email',
  server: undefined,
  callId: undefined,
  args: { to: 'bob' },
  result: 'sent',
  outcome: 'success',
  deniedBy: undefined,
  delegatesTo: undefined,
  task: undefined,
  session: undefined,
  user: undefined,
  trace: undefined,
  at: 1_796_000_000_123.5,
  until: 1_796_000_000_223.5,
  observed: 1,
  channels: ['span'],
  conventions: ['otel-genai'],
  unresolved: [],
  ...set,
});
const inputOf = (set: Partial<Call> = {}) => callEvent(call(set), CONTEXT).input;

describe('the event of a call', () => {
  it('names a tool of an MCP server the same, whichever way the client writes it', () => {
    const apart = { server: 'mail', name: 'send_email' };
    for (const one of [
      { tool: 'mcp__mail__send_email' },
      { tool: 'mcp__mail__send_email', server: 'mail' },
      { tool: 'send_email', server: 'mail' },
    ]) {
      expect(inputOf(one).tool).toEqual(apart);
    }
  });

  it('names the order that refused it, and says where none is known to be about it', () => {
    expect(inputOf({ outcome: 'denied', deniedBy: 'order-1' })).toMatchObject({
      ...{ outcome: 'denied', policy: { decision: 'deny', id: 'order-1' } },
    });
    const bare = inputOf({ outcome: 'denied', deniedBy: '' });
    expect([bare.policy, bare.error]).toEqual([undefined, { type: 'not_decided' }]);
    const own = inputOf({ outcome: 'denied' });
    expect([own.policy, own.error]).toEqual([undefined, undefined]);
  });

  it('is one that /v1/events would take', () => {
    const input = inputOf({
      callId: 'c-1',
      parentAgent: { name: 'boss' },
      session: 's-1',
      user: 'u-1',
      trace: 't-1',
      task: 'Send it',
    });
    expect(validateInputEvent(input)).toBe(true);
    expect(input).toMatchObject({
      native_id: 'call-id',
      call_uid: 'call-id',
      event_time: '2026-11-30T00:53:20.123000000Z',
      duration_ms: 100,
      phase: 'completed',
      agent: { uid: 'agent/mailer', framework: 'otel-genai', uid_source: 'ancestor_span' },
      delegation: { parent_agent_uid: 'agent/boss' },
      tool: { name: 'send_email', call_id: 'c-1' },
      conversation_id: 's-1',
      task: { id: 's-1', request: 'Send it' },
      principal: { uid: 'u-1' },
      outcome: 'success',
    });
  });

  it.each<[Call['outcome'], string, string]>([
    ['success', 'completed', 'success'],
    ['error', 'completed', 'tool_error'],
    ['denied', 'completed', 'denied'],
    ['cancelled', 'completed', 'cancelled'],
    ['pending', 'requested', 'unknown'],
    ['unknown', 'completed', 'unknown'],
  ])('%s is told as %s, %s: what was asked for is not what was done', (outcome, phase, told) => {
    expect(inputOf({ outcome })).toMatchObject({ phase, outcome: told });
  });

  it('is paired with that of its end by call_uid, and is another event', () => {
    const asked = inputOf({ id: '7f-requested', outcome: 'pending' });
    const done = inputOf({ id: '7f-completed' });
    expect([asked.call_uid, done.call_uid]).toEqual(['7f', '7f']);
    expect(asked.native_id).not.toBe(done.native_id);
  });

  it('names no agent where nobody did, and is then believed not at all', () => {
    for (const agent of [undefined, { id: 'a1b2' }, { name: ' ' }, { name: 'x'.repeat(300) }]) {
      const { input, believed } = callEvent(call({ agent, agentSource: 'none' }), CONTEXT);
      expect(input.agent.uid).toBe('unknown/otel/laptop');
      expect(input.agent.name).toBeUndefined();
      expect(believed).toBe('unresolved');
    }
  });

  it.each<[Call['agentSource'], string]>([
    ['run', 'asserted'],
    ['label', 'asserted'],
    ['thread', 'inferred'],
    ['service', 'inferred'],
    ['none', 'unresolved'],
  ])('a name from %s is believed as %s at most', (agentSource, believed) => {
    expect(callEvent(call({ agentSource }), CONTEXT).believed).toBe(believed);
  });

  it('hands over to the agent that the call names', () => {
    expect(inputOf({ delegatesTo: { name: 'payer' } })).toMatchObject({
      activity: 'delegation',
      target: { resource_type: 'agent', resource_id: 'agent/payer' },
    });
    expect(inputOf({ delegatesTo: { id: '7f' } }).target).toBeUndefined();
  });

  it('says nothing of arguments and results that the client does not send', () => {
    const input = inputOf({ args: undefined, result: undefined });
    expect(input.args).toBeUndefined();
    expect(input.result).toBeUndefined();
    expect(inputOf({ args: null }).args).toEqual({ value: null });
  });

  it('takes our time where the client’s can not be written', () => {
    for (const at of [Number.NaN, Number.POSITIVE_INFINITY, -1, 1e18]) {
      expect(inputOf({ at }).event_time).toBe('2026-11-30T00:53:20.000000000Z');
    }
  });

  it('leaves out what is too long for an id rather than losing the call', () => {
    const long = 'x'.repeat(600);
    const input = inputOf({
      session: long,
      user: long,
      trace: long,
      callId: long,
      agent: { name: 'a', id: long },
    });
    expect(validateInputEvent(input)).toBe(true);
    expect(input.conversation_id).toBeUndefined();
  });

  it('names no framework when several conventions saw the call', () => {
    expect(inputOf({ conventions: ['a', 'b'] }).agent.framework).toBeUndefined();
  });
});
