import { createServer, type Server } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CallFacts } from '../orders/call-facts.ts';
import type { Judgement } from '../orders/consumer-options.ts';
import { order } from '../testing/receiver-bench.ts';
import { runCommandHook } from './command-hook.ts';
import { HookForwarder, HookGate, type PassedHook } from './hook-gate.ts';

const ORDER = order(1);
const CALL = {
  ...{ session_id: 's1', tool_use_id: 'toolu_1' },
  ...{ tool_name: 'mcp__mail__send', tool_input: { to: 'a' } },
};
const CLAUDE = { ...CALL, hook_event_name: 'PreToolUse' };

let contained: readonly string[];
let judged: CallFacts[];
let passed: PassedHook[];
let gate: HookGate;

function judge(facts: CallFacts): Judgement {
  judged.push(facts);
  const command = contained.includes(facts.agentUid) ? ORDER : undefined;
  const verdict = { allowed: command === undefined, stale: false, asOfMs: 0 };
  return command === undefined ? verdict : { ...verdict, command };
}

function gateOf(agent?: string): HookGate {
  return new HookGate({ consumer: { judge }, agent, onHook: (hook) => passed.push(hook) });
}

beforeEach(() => {
  [contained, judged, passed] = [[], [], []];
  gate = gateOf();
});

const CLIENTS = ['claude-code', 'codex', 'copilot', 'gemini-cli', 'cursor'].map(
  (one) => `agent/${one}`,
);

const ask = (payload: object, event?: string) => gate.answer(JSON.stringify(payload), event);
const refusing = (reason: string) => expect.stringMatching(reason);

describe('the gate', () => {
  test('answers {} to every hook of who is not contained, and passes each on as it came', () => {
    const prompt = { session_id: 's1', hook_event_name: 'UserPromptSubmit', prompt: 'Hello' };
    expect([ask(prompt), ask(CLAUDE)]).toEqual([{}, {}]);
    expect(passed.map(({ payload }) => JSON.parse(payload))).toEqual([prompt, CLAUDE]);
    expect(passed.every(({ deniedBy }) => deniedBy === undefined)).toBe(true);
  });

  test('denies a call of who is contained, with the order, and tells by which', () => {
    contained = ['agent/claude-code'];
    expect(ask(CLAUDE)).toEqual({
      hookSpecificOutput: {
        hookEventName: 'PreToolUse',
        permissionDecision: 'deny',
        permissionDecisionReason: refusing(ORDER.command_id),
      },
    });
    expect(passed).toMatchObject([{ deniedBy: ORDER.command_id }]);
    expect(judged).toEqual([
      { agentUid: 'agent/claude-code', tool: 'mail/send', taskId: 's1', conversationId: 's1' },
    ]);
  });

  test('tells nothing as denied that only tells what happened', () => {
    contained = CLIENTS;
    expect(ask({ ...CALL, hook_event_name: 'PostToolUse', tool_response: 'ok' })).toEqual({});
    expect(passed).toMatchObject([{ deniedBy: undefined }]);
  });

  test.each([
    ['Codex', { ...CLAUDE, turn_id: 't1' }, undefined, 'hookSpecificOutput'],
    [
      'Copilot CLI',
      { sessionId: 's1', timestamp: 1, cwd: '/', toolName: 'bash', toolArgs: '{}' },
      'preToolUse',
      'permissionDecisionReason',
    ],
    [
      'Gemini CLI',
      { ...CALL, hook_event_name: 'BeforeTool', timestamp: '2026-12-01T00:00:00Z' },
      undefined,
      'decision',
    ],
    [
      'Cursor',
      { conversation_id: 'c1', hook_event_name: 'preToolUse', tool_name: 'Shell', tool_input: {} },
      undefined,
      'permission',
    ],
  ])('denies in the words of %s', (_, payload, event, word) => {
    contained = CLIENTS;
    expect(ask(payload, event)).toHaveProperty(word);
  });

  test('judges a sub-agent as itself and as the main agent that it works for', () => {
    gate = gateOf('agent/main');
    const ofReader = { ...CLAUDE, agent_id: 'a1', agent_type: 'reader' };
    contained = ['agent/reader'];
    expect(ask(ofReader)).toHaveProperty('hookSpecificOutput');
    expect(ask(CLAUDE)).toEqual({});
    contained = ['agent/main'];
    expect(ask(ofReader)).toHaveProperty('hookSpecificOutput');
  });

  test('calls the main agent as it was told to, here and to Waywarden', () => {
    gate = gateOf('agent/mail-assistant');
    contained = ['agent/mail-assistant'];
    expect(ask(CLAUDE)).toHaveProperty('hookSpecificOutput');
    expect(passed).toMatchObject([{ agent: 'agent/mail-assistant' }]);
  });
});

describe('over HTTP', () => {
  const servers: Server[] = [];
  let url: string;

  async function listening(server: Server): Promise<string> {
    servers.push(server);
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const address = server.address();
    return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  }

  async function command(args: readonly string[], payload: object) {
    const said = { out: '', errors: '' };
    const code = await runCommandHook(args, {
      input: (async function* () {
        yield JSON.stringify(payload);
      })(),
      output: (text) => {
        said.out += text;
      },
      errors: (text) => {
        said.errors += text;
      },
    });
    return { code, ...said };
  }

  beforeEach(async () => {
    url = `http://127.0.0.1:${await gate.listen(0)}`;
  });

  afterEach(async () => {
    await gate.close();
    for (const server of servers.splice(0)) {
      await new Promise((resolve) => {
        server.close(resolve);
      });
    }
  });

  test('a hook is answered at POST /hooks, what is no JSON is refused, and nothing else is there', async () => {
    const send = async (path: string, body: string) => {
      const answer = await fetch(`${url}${path}`, { method: 'POST', body });
      return [answer.status, await answer.json()];
    };
    contained = CLIENTS;
    const copilot = { sessionId: 's1', timestamp: 1, cwd: '/', toolName: 'bash' };
    expect(await send('/hooks?event=preToolUse', JSON.stringify(copilot))).toMatchObject([
      200,
      { permissionDecision: 'deny' },
    ]);
    expect(await send('/hooks', 'no')).toMatchObject([400, { error: 'hook_not_read' }]);
    expect(await send('/', '{}')).toMatchObject([404, {}]);
  });

  test('hooks reach Waywarden in order, with what the gate says of them', async () => {
    const arrived: unknown[] = [];
    const waywarden = createServer(async (request, response) => {
      let body = '';
      for await (const part of request) body += String(part);
      arrived.push([request.url, request.headers.authorization, body]);
      response.writeHead(202).end();
    });
    const forwarder = new HookForwarder({ url: await listening(waywarden), token: 't' });
    const hook = { payload: '{"a":1}', event: undefined, agent: undefined, deniedBy: undefined };
    forwarder.pass(hook);
    forwarder.pass({ ...hook, event: 'preToolUse', agent: 'a b', deniedBy: '' });
    await forwarder.flush();
    expect(arrived).toEqual([
      ['/v1/hooks', 'Bearer t', '{"a":1}'],
      ['/v1/hooks?event=preToolUse&agent=a+b&denied_by=', 'Bearer t', '{"a":1}'],
    ]);
    waywarden.closeAllConnections();
  });

  test('the command hook answers what the gate answers, and ends well', async () => {
    contained = CLIENTS;
    const { code, out, errors } = await command(['--gate', url], CLAUDE);
    expect([code, errors]).toEqual([0, '']);
    expect(JSON.parse(out)).toMatchObject({ hookSpecificOutput: { permissionDecision: 'deny' } });
  });

  test('without the gate a call passes or is denied as it was chosen, and it is said', async () => {
    const nobody = ['--gate', 'http://127.0.0.1:1'];
    const open = await command(nobody, CLAUDE);
    expect([open.code, JSON.parse(open.out)]).toEqual([0, {}]);
    expect(open.errors).toContain('--when-stale open lets the call pass');
    const closed = await command([...nobody, '--when-stale', 'closed'], CLAUDE);
    expect(closed.code).toBe(0);
    expect(JSON.parse(closed.out)).toMatchObject({
      hookSpecificOutput: { permissionDecision: 'deny' },
    });
    expect(closed.errors).toContain('refuses the call');
    const told = { ...CALL, hook_event_name: 'PostToolUse' };
    const after = await command([...nobody, '--when-stale', 'closed'], told);
    expect(JSON.parse(after.out)).toEqual({});
    expect((await command(['--when-stale', 'shut'], CLAUDE)).code).toBe(2);
  });
});
