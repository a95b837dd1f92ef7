import { describe, expect, it } from 'vitest';
import type { Observation } from '../model/observation.ts';
import { ExchangeReader } from './exchange-reader.ts';

const NOW = 1_800_000_000_000;

interface Reported {
  readonly host?: string;
  readonly method?: string;
  readonly path?: string;
  readonly body?: unknown;
  readonly status?: number;
  readonly answer?: unknown;
}

function base64(body: unknown): string {
  const text = typeof body === 'string' ? body : body === undefined ? '' : JSON.stringify(body);
  return Buffer.from(text).toString('base64');
}

function http(told: Reported): string {
  return JSON.stringify({
    kind: 'http',
    method: told.method ?? 'POST',
    path: told.path ?? '/',
    headers: { host: told.host ?? 'payer.example' },
    body_b64: base64(told.body),
    response: { status: told.status ?? 200, headers: [] },
    response_body_b64: base64(told.answer),
  });
}

function message(text: string, more: Record<string, unknown> = {}): Record<string, unknown> {
  const metadata = { from_agent: 'researcher', user_id: 'u1' };
  return {
    message: { messageId: `m-${text}`, contextId: 'c', parts: [{ text }], metadata, ...more },
  };
}

function send(text: string, more: Record<string, unknown> = {}, method = 'SendMessage'): unknown {
  return { jsonrpc: '2.0', id: text, method, params: message(text, more) };
}

function task(state: string, more: Record<string, unknown> = {}): Record<string, unknown> {
  return { id: 't1', contextId: 'c', status: { state }, ...more };
}

function rpc(result: unknown): unknown {
  return { jsonrpc: '2.0', id: null, result };
}

function readAll(...lines: readonly string[]): readonly Observation[] {
  const reader = new ExchangeReader();
  return lines.flatMap((line) => reader.read(line, NOW).observations);
}

const CARD = http({
  method: 'GET',
  path: '/.well-known/agent-card.json',
  answer: { name: 'payer', url: 'https://payer.example/', skills: [] },
});

describe('A2A', () => {
  it('reads a message as a delegation to the agent whose card was seen', () => {
    const artifacts = [{ parts: [{ text: 'paid' }, { data: { id: 7 } }] }];
    const [observation] = readAll(
      CARD,
      http({
        body: send('pay'),
        answer: rpc({ task: task('TASK_STATE_COMPLETED', { artifacts }) }),
      }),
    );
    expect(observation).toMatchObject({
      convention: 'a2a',
      agent: { name: 'researcher' },
      user: 'u1',
      session: 'c',
      threads: ['a2a:c'],
      call: {
        stage: 'executed',
        tool: 'SendMessage',
        args: { text: 'pay' },
        result: { text: 'paid', data: [{ id: 7 }] },
        outcome: 'success',
        delegatesTo: { name: 'payer' },
      },
    });
  });

  it('does not let a card of one host name the agent of another that shows its own', () => {
    const other = { name: 'impostor', url: 'https://payer.example/', skills: [] };
    const [observation] = readAll(
      CARD,
      http({
        host: 'other.example',
        method: 'GET',
        path: '/.well-known/agent-card.json',
        answer: other,
      }),
      http({ body: send('pay'), answer: rpc(task('completed')) }),
    );
    expect(observation?.call?.delegatesTo).toEqual({ name: 'payer' });
  });

  it('does not say to whom a message goes while no card was seen', () => {
    const [observation] = readAll(http({ body: send('pay'), answer: rpc({ message: {} }) }));
    expect(observation?.call?.delegatesTo).toBeUndefined();
  });

  it.each([
    ['TASK_STATE_FAILED', 'error'],
    ['TASK_STATE_REJECTED', 'denied'],
    ['TASK_STATE_CANCELED', 'cancelled'],
    ['TASK_STATE_INPUT_REQUIRED', 'pending'],
    ['input-required', 'pending'],
    ['completed', 'success'],
  ])('takes %s for %s', (state, outcome) => {
    const [observation] = readAll(http({ body: send('pay'), answer: rpc(task(state)) }));
    expect(observation?.call?.outcome).toBe(outcome);
  });

  it('takes a further message with the task of the first for the same delegation', () => {
    const observations = readAll(
      http({ body: send('pay'), answer: rpc({ task: task('TASK_STATE_INPUT_REQUIRED') }) }),
      http({
        body: send('yes', { taskId: 't1' }),
        answer: rpc({ task: task('TASK_STATE_COMPLETED') }),
      }),
    );
    expect(observations.map(({ call }) => [call?.outcome, call?.args])).toEqual([
      ['pending', { text: 'pay' }],
      ['success', { text: 'pay\nyes' }],
    ]);
    expect(new Set(observations.map(({ call }) => call?.callId)).size).toBe(1);
  });

  it('reads 0.3 and its stream', () => {
    const stream = [
      { kind: 'task', ...task('submitted') },
      {
        kind: 'artifact-update',
        taskId: 't1',
        artifact: { parts: [{ kind: 'text', text: 'ok' }] },
      },
      { kind: 'status-update', taskId: 't1', status: { state: 'completed' } },
    ]
      .map((one) => `data: ${JSON.stringify(rpc(one))}\n\n`)
      .join('');
    const [observation] = readAll(
      http({ body: send('pay', {}, 'message/stream'), answer: stream }),
    );
    expect(observation?.call).toMatchObject({
      tool: 'SendStreamingMessage',
      outcome: 'success',
      result: { text: 'ok' },
    });
  });

  it('reads HTTP+JSON by its path', () => {
    const observations = readAll(
      http({ path: '/a2a/message:send', body: message('hi'), answer: { message: { parts: [] } } }),
      http({ path: '/a2a/message:send', body: message('hi'), status: 403 }),
    );
    expect(observations.map(({ call }) => [call?.tool, call?.outcome, call?.stage])).toEqual([
      ['SendMessage', undefined, 'executed'],
      ['SendMessage', 'denied', 'decided'],
    ]);
  });

  it('takes polling for no call, but for what became of one', () => {
    const poll = { jsonrpc: '2.0', id: 9, method: 'GetTask', params: { id: 't1' } };
    const done = rpc(task('TASK_STATE_COMPLETED'));
    const observations = readAll(
      http({ body: poll, answer: done }),
      http({ body: send('pay'), answer: rpc({ task: task('TASK_STATE_WORKING') }) }),
      http({ body: poll, answer: done }),
      http({ body: poll, answer: done }),
    );
    expect(observations.map(({ call }) => call?.outcome)).toEqual(['pending', 'success']);
  });

  it('does not let another server say what became of a task', () => {
    const poll = { jsonrpc: '2.0', id: 9, method: 'GetTask', params: { id: 't1' } };
    const observations = readAll(
      http({ body: send('pay'), answer: rpc({ task: task('TASK_STATE_WORKING') }) }),
      http({ host: 'other.example', body: poll, answer: rpc(task('TASK_STATE_COMPLETED')) }),
    );
    expect(observations).toHaveLength(1);
  });
});
