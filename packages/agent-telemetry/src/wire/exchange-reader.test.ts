import { describe, expect, it } from 'vitest';
import type { Observation } from '../model/observation.ts';
import { ExchangeReader } from './exchange-reader.ts';

const NOW = 1_800_000_000_000;

interface Reported {
  readonly path?: string;
  readonly method?: string;
  readonly headers?: unknown;
  readonly body?: unknown;
  readonly status?: number | null;
  readonly answer?: unknown;
  readonly answerHeaders?: unknown;
  readonly closedEarly?: string;
  readonly endedAt?: number;
}

function base64(body: unknown): string {
  const text = typeof body === 'string' ? body : body === undefined ? '' : JSON.stringify(body);
  return Buffer.from(text).toString('base64');
}

function http(told: Reported): string {
  return JSON.stringify({
    kind: 'http',
    method: told.method ?? 'POST',
    path: told.path ?? '/mcp',
    headers: told.headers ?? { host: 'tools.example' },
    body_b64: base64(told.body),
    response: {
      status: told.status === undefined ? 200 : told.status,
      headers: told.answerHeaders ?? {},
      ...(told.closedEarly === undefined ? {} : { closed_early: told.closedEarly }),
      ...(told.endedAt === undefined ? {} : { ended_at: told.endedAt }),
    },
    response_body_b64: base64(told.answer),
  });
}

function stdio(side: 'client->server' | 'server->client' | null, body: unknown): string {
  return JSON.stringify({ kind: 'wire', method: null, path: side, body_b64: base64(body) });
}

function call(id: number | string, more: Record<string, unknown> = {}): unknown {
  const params = { name: 'pay', arguments: { amount: 5 }, ...more };
  return { jsonrpc: '2.0', id, method: 'tools/call', params };
}

function result(id: number | string, value: Record<string, unknown>): unknown {
  return { jsonrpc: '2.0', id, result: value };
}

const PAID = { content: [{ type: 'text', text: '{"state":"paid"}' }] };

function events(...values: readonly unknown[]): string {
  return values.map((value) => `event: message\ndata: ${JSON.stringify(value)}\n\n`).join('');
}

function readAll(...lines: readonly string[]): readonly Observation[] {
  const reader = new ExchangeReader();
  return lines.flatMap((line) => reader.read(line, NOW).observations);
}

function calls(observations: readonly Observation[]): readonly unknown[] {
  return observations.flatMap(({ call: one }) =>
    one === undefined ? [] : [[one.tool, one.stage, one.outcome]],
  );
}

function idsOf(observations: readonly Observation[]): ReadonlySet<string | undefined> {
  return new Set(observations.flatMap(({ call: one }) => (one === undefined ? [] : [one.callId])));
}

describe('MCP over HTTP', () => {
  it('reads a call with its arguments and its parsed result', () => {
    const [observation] = readAll(http({ body: call(1), answer: result(1, PAID) }));
    expect(observation).toMatchObject({
      channel: 'wire',
      convention: 'mcp',
      call: { stage: 'executed', tool: 'pay', args: { amount: 5 }, outcome: 'success' },
    });
    expect(observation?.call?.result).toEqual({ state: 'paid' });
  });

  it('names the client of initialize in every later call of its session', () => {
    const observations = readAll(
      http({
        body: {
          jsonrpc: '2.0',
          id: 0,
          method: 'initialize',
          params: { clientInfo: { name: 'clerk' } },
        },
        answer: result(0, { serverInfo: { name: 'bank' } }),
        answerHeaders: [['Mcp-Session-Id', 's1']],
      }),
      http({
        headers: [
          ['Host', 'tools.example'],
          ['Mcp-Session-Id', 's1'],
        ],
        body: call(1),
        answer: result(1, PAID),
      }),
    );
    expect(observations).toMatchObject([
      { agent: { name: 'clerk' }, threads: ['mcp:s1'], call: { server: 'bank' } },
    ]);
  });

  it('takes the client of 2026-07-28 from the request itself', () => {
    const meta = { _meta: { 'io.modelcontextprotocol/clientInfo': { name: 'clerk' } } };
    const [observation] = readAll(http({ body: call(1, meta), answer: result(1, PAID) }));
    expect(observation).toMatchObject({ agent: { name: 'clerk' } });
    expect(observation?.threads).toBeUndefined();
  });

  it('tells a failed tool, a failed request and a failed server as errors', () => {
    const failed = { content: [{ type: 'text', text: 'no' }], isError: true };
    const observations = readAll(
      http({ body: call(1), answer: result(1, failed) }),
      http({ body: call(2), answer: { jsonrpc: '2.0', id: 2, error: { code: -32602 } } }),
      http({ body: call(3), status: 500, answer: 'broken' }),
    );
    expect(calls(observations)).toEqual([
      ['pay', 'executed', 'error'],
      ['pay', 'executed', 'error'],
      ['pay', 'executed', 'error'],
    ]);
  });

  it('reads the answer from a stream, behind notifications and in a batch', () => {
    const progress = { jsonrpc: '2.0', method: 'notifications/progress', params: {} };
    const observations = readAll(
      http({ body: call(1), answer: events(progress, result(1, PAID)) }),
      http({ body: [call(2), call(3)], answer: [result(3, PAID), result(2, PAID)] }),
    );
    expect(calls(observations)).toEqual(Array(3).fill(['pay', 'executed', 'success']));
    expect(idsOf(observations).size).toBe(3);
  });

  it('tells a call that waits for input and its repetition as one', () => {
    const meta = { _meta: { 'io.modelcontextprotocol/clientInfo': { name: 'clerk' } } };
    const asked = { resultType: 'input_required', requestState: 'x', inputRequests: {} };
    const said = (action: string) => ({ inputResponses: { ok: { action } }, requestState: 'x' });
    const accepted = readAll(
      http({ body: call(1, meta), answer: result(1, asked) }),
      http({ body: call(2, { ...meta, ...said('accept') }), answer: result(2, PAID) }),
    );
    expect(calls(accepted)).toEqual([
      ['pay', 'requested', 'pending'],
      ['pay', 'executed', 'success'],
    ]);
    expect(idsOf(accepted).size).toBe(1);
    const declined = readAll(
      http({ body: call(1, meta), answer: result(1, asked) }),
      http({ body: call(2, { ...meta, ...said('decline') }), answer: result(2, PAID) }),
    );
    expect(calls(declined).at(-1)).toEqual(['pay', 'executed', 'denied']);
    expect(idsOf(declined).size).toBe(1);
  });

  const session = { 'mcp-session-id': 's1' };
  const asking = { jsonrpc: '2.0', id: 0, method: 'elicitation/create', params: {} };
  const decline = { jsonrpc: '2.0', id: 0, result: { action: 'decline' } };

  it.each([
    ['before', 0],
    ['after', 1],
  ])('tells a call as denied when its elicitation is declined, reported %s it', (_, position) => {
    const lines = [
      http({ headers: session, body: call(0), answer: events(asking, result(0, PAID)) }),
    ];
    lines.splice(position, 0, http({ headers: session, body: decline, status: 202 }));
    const observations = readAll(...lines);
    expect(calls(observations).at(-1)).toContain('denied');
    expect(idsOf(observations)).toEqual(new Set(['mcp:s1@:n:0']));
  });

  it('does not take the answer to an elicitation for the answer to a call of the same id', () => {
    const accept = { jsonrpc: '2.0', id: 0, result: { action: 'accept', content: {} } };
    const observations = readAll(
      http({ headers: session, body: call(0), answer: events(asking, result(0, PAID)) }),
      http({ headers: session, body: accept, status: 202 }),
    );
    expect(calls(observations)).toEqual([['pay', 'executed', 'success']]);
  });

  it('tells a closed connection and a cancelling notification as cancelled', () => {
    const cancel = {
      jsonrpc: '2.0',
      method: 'notifications/cancelled',
      params: { requestId: 7 },
    };
    const closed = readAll(http({ body: call(7), status: null, closedEarly: 'by the client' }));
    const notified = readAll(
      http({ headers: session, body: call(7), answer: events() }),
      http({ headers: session, body: cancel, status: 202 }),
    );
    expect(calls(closed).at(-1)).toContain('cancelled');
    expect(calls(notified).at(-1)).toEqual(['pay', 'decided', 'cancelled']);
  });

  it('tells a refused call as denied, and one call when it is repeated with a token', () => {
    const forbidden = readAll(http({ body: call(1), status: 403 }));
    expect(calls(forbidden)).toEqual([['pay', 'decided', 'denied']]);
    const repeated = readAll(
      http({ body: call(1), status: 401 }),
      http({
        headers: { host: 'tools.example', authorization: 'Bearer x' },
        body: call(1),
        answer: result(1, PAID),
      }),
    );
    expect(calls(repeated).at(-1)).toEqual(['pay', 'executed', 'success']);
    expect(idsOf(repeated).size).toBe(1);
  });

  it.each([
    ['before', 0],
    ['after', 1],
  ])('reads an answer on a stream that is reported %s the request', (_, position) => {
    const endpoint = 'event: endpoint\ndata: /messages?session_id=abc\n\n';
    const lines = [http({ path: '/messages?session_id=abc', body: call(1), status: 202 })];
    const stream = endpoint + events(result(1, PAID));
    lines.splice(position, 0, http({ method: 'GET', path: '/sse', answer: stream }));
    const observations = readAll(...lines);
    expect(calls(observations).at(-1)).toEqual(['pay', 'executed', 'success']);
    expect(idsOf(observations)).toEqual(new Set(['mcp:abc@tools.example:n:1']));
  });

  it('keeps the sessions of two servers apart that chose one name', () => {
    const at = (host: string) => ({ host, ...session });
    const observations = readAll(
      http({ headers: at('a.example'), body: call(1), answer: result(1, PAID) }),
      http({ headers: at('b.example'), body: call(1), answer: result(1, PAID) }),
    );
    expect(idsOf(observations).size).toBe(2);
  });

  it('keeps two calls apart that have one id in no session', () => {
    const observations = readAll(
      http({ body: call(1), answer: result(1, PAID), endedAt: 1_800_000_001 }),
      http({ body: call(1), answer: result(1, PAID), endedAt: 1_800_000_002 }),
    );
    expect(idsOf(observations).size).toBe(2);
  });

  it('gives one id to an exchange that is reported twice', () => {
    const line = http({ body: call(1), answer: result(1, PAID), endedAt: 1_800_000_001 });
    expect(idsOf(readAll(line, line)).size).toBe(1);
  });

  it('takes the ids of the model and of the trace where the client sends them', () => {
    const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
    const meta = {
      _meta: { callId: 'call_9', 'x-codex-turn-metadata': '{"session_id":"c1"}' },
    };
    const [observation] = readAll(
      http({ headers: { traceparent }, body: call(1, meta), answer: result(1, PAID) }),
    );
    expect(observation).toMatchObject({
      place: { trace: 'a'.repeat(32), parent: 'b'.repeat(16) },
      threads: ['session:c1'],
      call: { callId: 'call_9' },
    });
  });

  it('tells which tools a server offers', () => {
    const tools = [{ name: 'pay', description: 'Pays', inputSchema: { type: 'object' } }, {}];
    const list = { jsonrpc: '2.0', id: 1, method: 'tools/list' };
    const [observation] = readAll(http({ body: list, answer: result(1, { tools }) }));
    expect(observation?.definitions).toMatchObject([{ name: 'pay', description: 'Pays' }]);
  });

  it('settles a call that became a task by the result of the task', () => {
    const get = { jsonrpc: '2.0', id: 2, method: 'tasks/result', params: { taskId: 't' } };
    const observations = readAll(
      http({ headers: session, body: call(1), answer: result(1, { task: { taskId: 't' } }) }),
      http({ headers: session, body: get, answer: result(2, PAID) }),
    );
    expect(calls(observations)).toEqual([
      ['pay', 'requested', 'pending'],
      ['pay', 'executed', 'success'],
    ]);
    expect(idsOf(observations).size).toBe(1);
  });
});

describe('MCP over stdio', () => {
  const start = { jsonrpc: '2.0', id: 0, method: 'initialize', params: {} };

  it.each([
    ['said', 'client->server', 'server->client'],
    ['not said', null, null],
  ] as const)('joins request and answer where the direction is %s', (_, out, back) => {
    const observations = readAll(
      stdio(out, start),
      stdio(out, call(1)),
      stdio(back, result(1, PAID)),
    );
    expect(calls(observations)).toEqual([
      ['pay', 'requested', undefined],
      ['pay', 'executed', 'success'],
    ]);
    expect(idsOf(observations).size).toBe(1);
  });

  it('keeps the calls of two processes apart', () => {
    const reader = new ExchangeReader();
    const ids = [NOW, NOW + 1000].flatMap((at) =>
      [start, call(1)].flatMap((body) =>
        reader
          .read(stdio('client->server', body), at)
          .observations.map(({ call: one }) => one?.callId),
      ),
    );
    expect(new Set(ids).size).toBe(2);
  });
});

describe('lines that are no exchange', () => {
  it.each([
    ['text', 'hello'],
    ['another object', '{"kind":"other"}'],
    ['a nested bomb', `{"kind":"http","headers":${'['.repeat(5000)}${']'.repeat(5000)}}`],
    [
      'an unread encoding',
      JSON.stringify({
        kind: 'http',
        headers: { 'content-encoding': 'zpaq' },
        body_b64: base64('x'),
      }),
    ],
  ])('refuses %s and says what to send', (_, line) => {
    const read = new ExchangeReader().read(line, NOW);
    expect(read).toMatchObject({ observations: [], rejected: 1 });
    expect(read.problem).toMatch(/Send|let the proxy/);
  });

  it('gives nothing, and refuses nothing, of other traffic', () => {
    const reader = new ExchangeReader();
    const lines = [
      http({ path: '/', body: 'a=b', answer: '<html>' }),
      http({ body: { jsonrpc: '2.0', id: 1, method: 'eth_call' }, answer: result(1, {}) }),
      http({ method: 'GET', path: '/tasks', answer: [1, 2] }),
    ];
    for (const line of lines) {
      expect(reader.read(line, NOW)).toEqual({ observations: [], rejected: 0 });
    }
  });

  it('carries a value on that is nested without end, cut, and still tells the call', () => {
    const deep = JSON.parse(`${'{"a":'.repeat(3000)}1${'}'.repeat(3000)}`);
    const [observation] = readAll(
      http({ body: call(1, { arguments: deep }), answer: result(1, PAID) }),
    );
    expect(observation?.call?.tool).toBe('pay');
    expect(JSON.stringify(observation?.call?.args).length).toBeLessThan(1000);
  });
});
