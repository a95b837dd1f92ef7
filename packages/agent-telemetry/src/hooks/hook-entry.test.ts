import { describe, expect, it } from 'vitest';
import { HookDenials } from './hook-entry.ts';
import { HookReader } from './hook-reader.ts';

const denials = new HookDenials();
const CLAUDE = { session_id: 's1', tool_name: 'Bash', tool_input: { command: 'ls' } };

describe('an answer that refuses a call', () => {
  it.each([
    [
      'Claude Code',
      { ...CLAUDE, hook_event_name: 'PreToolUse' },
      undefined,
      {
        hookSpecificOutput: {
          hookEventName: 'PreToolUse',
          permissionDecision: 'deny',
          permissionDecisionReason: 'No.',
        },
      },
    ],
    [
      'Codex, asked for permission',
      { ...CLAUDE, hook_event_name: 'PermissionRequest', turn_id: 't1' },
      undefined,
      {
        hookSpecificOutput: {
          hookEventName: 'PermissionRequest',
          decision: { behavior: 'deny', message: 'No.' },
        },
      },
    ],
    [
      'Copilot CLI, which does not name its event',
      { sessionId: 's1', timestamp: 1, cwd: '/', toolName: 'bash' },
      'preToolUse',
      { permissionDecision: 'deny', permissionDecisionReason: 'No.' },
    ],
    [
      'Gemini CLI',
      { ...CLAUDE, hook_event_name: 'BeforeTool', timestamp: '2026-12-01T00:00:00Z' },
      undefined,
      { decision: 'deny', reason: 'No.' },
    ],
    [
      'Cursor',
      { conversation_id: 'c1', hook_event_name: 'beforeShellExecution', command: 'ls' },
      undefined,
      { permission: 'deny', user_message: 'No.', agent_message: 'No.' },
    ],
  ])('is in the words of %s', (_, payload, event, expected) => {
    expect(denials.answer(payload, event, 'No.')).toEqual(expected);
  });

  it('is none where the client asks nothing, or is not known', () => {
    const after = { ...CLAUDE, hook_event_name: 'PostToolUse' };
    expect(denials.answer(after, undefined, 'No.')).toBeUndefined();
    expect(denials.answer({ anything: 1 }, 'PreToolUse', 'No.')).toBeUndefined();
  });
});

describe('a hook whose sender has refused the call', () => {
  const ask = { ...CLAUDE, hook_event_name: 'PreToolUse', tool_use_id: 'toolu_1' };

  it('tells a denied call with the order, and the turn says nothing else of it', () => {
    const reader = new HookReader();
    const { observations } = reader.read(ask, { deniedBy: 'order-1' }, 1);
    expect(observations[0]?.call).toMatchObject({
      ...{ stage: 'decided', outcome: 'denied', deniedBy: 'order-1', callId: 'toolu_1' },
    });
    const turn = { session_id: 's1', hook_event_name: 'PostToolBatch', tool_calls: [ask] };
    expect(reader.read(turn, {}, 2).observations).toEqual([]);
  });

  it('is of the main agent as the sender calls it, and of a sub-agent as the client does', () => {
    const reader = new HookReader();
    const named = (more: object) =>
      reader.read({ ...ask, ...more }, { agent: 'agent/mail-assistant' }, 1).observations[0]?.agent;
    expect(named({})).toEqual({ name: 'agent/mail-assistant', isAuthenticated: true });
    expect(named({ agent_id: 'a1', agent_type: 'reader' })).toEqual({ id: 'a1', name: 'reader' });
  });
});
