import { describe, expect, it } from 'vitest';
import type { Observation } from '../model/observation.ts';
import { HookReader } from './hook-reader.ts';
import { loadHookTables } from './hook-table.ts';

const NOW = 1_800_000_000_000;

type Payload = Readonly<Record<string, unknown>>;

function claude(event: string, more: Payload = {}): Payload {
  return { session_id: 's1', hook_event_name: event, ...more };
}

const PAY = { tool_name: 'mcp__bank__pay', tool_input: { amount: 5 }, tool_use_id: 'toolu_1' };

function readAll(...payloads: readonly (Payload | readonly [string, Payload])[]): Observation[] {
  const reader = new HookReader();
  return payloads.flatMap((one) => {
    const [event, payload] = isPair(one) ? one : [undefined, one];
    return [...reader.read(payload, { event }, NOW).observations];
  });
}

function isPair(one: Payload | readonly [string, Payload]): one is readonly [string, Payload] {
  return Array.isArray(one);
}

function calls(observations: readonly Observation[]): readonly unknown[] {
  return observations.flatMap(({ call }) =>
    call === undefined ? [] : [[call.callId, call.stage, call.outcome]],
  );
}

describe('hooks in the form of Claude Code', () => {
  it('tell a call as requested before it, and as executed only after it', () => {
    const observations = readAll(
      claude('PreToolUse', PAY),
      claude('PostToolUse', { ...PAY, tool_response: [{ type: 'text', text: '{"ok":1}' }] }),
    );
    expect(calls(observations)).toEqual([
      ['toolu_1', 'requested', undefined],
      ['toolu_1', 'executed', 'success'],
    ]);
    expect(observations[1]).toMatchObject({
      channel: 'hook',
      threads: ['session:s1'],
      agent: { name: 'claude-code' },
      call: { tool: 'mcp__bank__pay', args: { amount: 5 }, result: { ok: 1 } },
    });
  });

  it('tell a failure as an error and an interruption as cancelled', () => {
    const observations = readAll(
      claude('PostToolUseFailure', { ...PAY, error: 'Exit code 1' }),
      claude('PostToolUseFailure', { ...PAY, error: 'stopped', is_interrupt: true }),
    );
    expect(calls(observations).map((one) => one)).toEqual([
      ['toolu_1', 'executed', 'error'],
      ['toolu_1', 'executed', 'cancelled'],
    ]);
  });

  it('give a question for permission the id of the call that it asks about', () => {
    const { tool_use_id: _, ...asked } = PAY;
    const observations = readAll(claude('PreToolUse', PAY), claude('PermissionRequest', asked));
    expect(calls(observations).at(-1)).toEqual(['toolu_1', 'requested', 'pending']);
  });

  it('tell a call as denied that was asked for and is in the turn, but never ended', () => {
    const batch = claude('PostToolBatch', { tool_calls: [{ ...PAY, tool_response: 'No.' }] });
    const other = claude('PostToolUse', { ...PAY, tool_use_id: 'toolu_0' });
    expect(calls(readAll(other, claude('PreToolUse', PAY), batch)).at(-1)).toEqual([
      'toolu_1',
      'decided',
      'denied',
    ]);
  });

  it('do not take a call for denied while no hook tells how calls end', () => {
    const batch = claude('PostToolBatch', { tool_calls: [{ ...PAY, tool_response: 'ok' }] });
    expect(calls(readAll(claude('PreToolUse', PAY), batch)).at(-1)).toEqual([
      'toolu_1',
      'executed',
      undefined,
    ]);
  });

  it('tell nothing again of a call in the turn that ended', () => {
    const batch = claude('PostToolBatch', { tool_calls: [{ ...PAY, tool_response: 'ok' }] });
    expect(readAll(claude('PreToolUse', PAY), claude('PostToolUse', PAY), batch)).toHaveLength(2);
  });

  it('tell a call as an error that was refused for its arguments', () => {
    const refused = { ...PAY, tool_response: '<tool_use_error>wrong</tool_use_error>' };
    expect(calls(readAll(claude('PostToolBatch', { tool_calls: [refused] })))).toEqual([
      ['toolu_1', 'decided', 'error'],
    ]);
  });

  it('name the sub-agent that acts, and the call that started it', () => {
    const agent = {
      tool_name: 'Agent',
      tool_use_id: 'toolu_2',
      tool_input: { subagent_type: 'payer' },
    };
    const launched = { status: 'async_launched', agentId: 'a1' };
    const observations = readAll(
      claude('PostToolUse', { ...agent, tool_response: launched }),
      claude('SubagentStart', { agent_id: 'a1', agent_type: 'payer' }),
      claude('PreToolUse', { ...PAY, agent_id: 'a1', agent_type: 'payer' }),
    );
    expect(observations[0]).toMatchObject({
      call: { outcome: 'pending', delegatesTo: { name: 'payer', id: 'a1' } },
      fact: { id: 'a1', name: 'payer', parent: { name: 'claude-code' }, startedBy: 'toolu_2' },
    });
    expect(observations[0]?.call?.result).toBeUndefined();
    expect(observations[1]?.fact).toMatchObject({ id: 'a1', name: 'payer' });
    expect(observations[2]?.agent).toEqual({ id: 'a1', name: 'payer' });
  });

  it('do not take the result of a sub-agent for what a person asked', () => {
    const text =
      '<task-notification><task-id>a1</task-id><tool-use-id>toolu_2</tool-use-id><status>completed</status><result>paid</result></task-notification>';
    const observations = readAll(
      claude('UserPromptSubmit', { prompt: 'Pay the printer' }),
      claude('UserPromptSubmit', { prompt: text }),
      claude('UserPromptSubmit', { prompt: 'from the parent', agent_id: 'a1' }),
    );
    expect(observations.map(({ task }) => task)).toEqual(['Pay the printer', undefined]);
    expect(observations[1]?.call).toMatchObject({
      tool: 'Agent',
      callId: 'toolu_2',
      outcome: 'success',
      result: 'paid',
    });
  });
});

describe('hooks of other clients', () => {
  it('Codex: a command that ended is not said to have succeeded, a tool of MCP is', () => {
    const codex = (tool: string): Payload =>
      claude('PostToolUse', {
        turn_id: 't',
        tool_name: tool,
        tool_use_id: tool,
        tool_response: '',
      });
    expect(calls(readAll(codex('Bash'), codex('mcp__bank__pay')))).toEqual([
      ['Bash', 'executed', undefined],
      ['mcp__bank__pay', 'executed', 'success'],
    ]);
  });

  it('Codex: a spawned agent is known by the id in the result', () => {
    const [observation] = readAll(
      claude('PostToolUse', {
        turn_id: 't',
        tool_name: 'spawn_agent',
        tool_use_id: 'c1',
        tool_input: { message: 'go' },
        tool_response: '{"agent_id":"a9","nickname":"K"}',
      }),
    );
    expect(observation?.call?.delegatesTo).toEqual({ id: 'a9', name: undefined });
  });

  it('Copilot CLI: the event is what the sender says, the outcome what the result says', () => {
    const payload = { timestamp: 1_800_000_000_500, cwd: '/w', sessionId: 's', toolName: 'bash' };
    const toolArgs = '{"command":"ls"}';
    const observations = readAll(
      ['preToolUse', { ...payload, toolArgs }],
      [
        'postToolUse',
        {
          ...payload,
          timestamp: 1_800_000_000_900,
          toolArgs,
          toolResult: { resultType: 'denied', textResultForLlm: 'no' },
        },
      ],
    );
    expect(observations[0]).toMatchObject({
      at: 1_800_000_000_500,
      call: { args: { command: 'ls' } },
    });
    expect(observations[1]?.call).toMatchObject({ stage: 'decided', outcome: 'denied' });
    expect(observations[0]?.call?.callId).toBe(observations[1]?.call?.callId);
  });

  it('Gemini CLI: two equal calls at once keep ids of their own, and each its end', () => {
    const gemini = (event: string, timestamp: string): Payload =>
      claude(event, { timestamp, tool_name: 'ls', tool_input: {}, tool_response: {} });
    const observations = readAll(
      gemini('BeforeTool', '2026-01-01T00:00:00Z'),
      gemini('BeforeTool', '2026-01-01T00:00:01Z'),
      gemini('AfterTool', '2026-01-01T00:00:02Z'),
      gemini('AfterTool', '2026-01-01T00:00:03Z'),
    );
    const ids = observations.map(({ call }) => call?.callId);
    expect(new Set(ids).size).toBe(2);
    expect(ids.slice(2)).toEqual(ids.slice(0, 2));
  });

  it('Cursor: the event of one kind of tool counts only without the general one', () => {
    const cursor = (event: string, more: Payload): Payload => ({
      conversation_id: 'c',
      hook_event_name: event,
      ...more,
    });
    const shell = cursor('beforeShellExecution', { command: 'ls', cwd: '/w' });
    expect(readAll(shell)[0]?.call).toMatchObject({ tool: 'Shell', args: { command: 'ls' } });
    const general = cursor('preToolUse', { tool_name: 'Shell', tool_use_id: 'x' });
    expect(readAll(general, shell)).toHaveLength(1);
  });

  it('opencode: a sub-agent is a session of its own', () => {
    const info = { id: 'ses_2', parentID: 'ses_1', agent: 'payer' };
    const observations = readAll(
      { type: 'session.created', properties: { info } },
      {
        hook: 'tool.execute.before',
        input: { tool: 'bash', sessionID: 'ses_2', callID: 'c1' },
        output: { args: { command: 'ls' } },
      },
    );
    expect(observations[0]?.fact).toMatchObject({ id: 'ses_2', parent: { id: 'ses_1' } });
    expect(observations[1]).toMatchObject({
      agent: { id: 'ses_2', name: 'payer' },
      call: { tool: 'bash', callId: 'c1', args: { command: 'ls' } },
    });
  });
});

describe('payloads that are no hook', () => {
  it.each([[null], ['text'], [[1]], [{}], [{ a: 1 }]])(
    'refuses %j and says what to do',
    (payload) => {
      const read = new HookReader().read(payload, { event: 'PreToolUse' }, NOW);
      expect(read).toMatchObject({ observations: [], rejected: 1 });
      expect(read.problem).toContain('Send what the client gives its hook');
    },
  );

  it('gives nothing of an event that the table does not list', () => {
    const read = new HookReader().read(claude('SessionStart'), {}, NOW);
    expect(read).toEqual({ observations: [], rejected: 0 });
  });

  it.each(['__proto__', 'constructor', 'toString'])('gives nothing of an event %s', (event) => {
    const read = new HookReader().read(claude(event, PAY), {}, NOW);
    expect(read).toEqual({ observations: [], rejected: 0 });
  });

  it('reads fields of another kind than expected as absent', () => {
    const odd = claude('PreToolUse', { tool_name: { a: 1 }, tool_input: 7, tool_use_id: [] });
    expect(new HookReader().read(odd, {}, NOW)).toEqual({ observations: [], rejected: 0 });
  });
});

describe('hook tables', () => {
  it('are all valid and named apart', () => {
    const names = loadHookTables().map(({ name }) => name);
    expect(names.length).toBeGreaterThanOrEqual(6);
    expect(new Set(names).size).toBe(names.length);
  });
});
