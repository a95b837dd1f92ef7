/** What the MCP proxy tells of calls that it let in: what their server did, and not that they were let in. */
import { createServer, type Server, type ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { EventReporter } from './event-reporter.ts';
import { McpProxy } from './mcp-proxy.ts';

let behind: Server;
let proxy: McpProxy;
let url: string;
let answer: (response: ServerResponse) => void;
let told: [string, string, number?][];
let reportMore: () => void;

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  return typeof address === 'object' ? (address?.port ?? 0) : 0;
}

async function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => {
    server.close(resolve);
  });
}

beforeEach(async () => {
  [told, reportMore] = [[], () => undefined];
  behind = createServer((request, response) => {
    request.resume();
    answer(response);
  });
  const judge = () => ({ allowed: true, stale: false, asOfMs: 0 });
  proxy = new McpProxy({
    ...{ consumer: { judge }, server: 'mail' },
    upstream: `http://127.0.0.1:${await listening(behind)}/mcp`,
    onCall: ({ tool, outcome, status }) => {
      told.push(status === undefined ? [tool, outcome] : [tool, outcome, status]);
      reportMore();
    },
  });
  url = `http://127.0.0.1:${await proxy.listen(0)}/mcp`;
});

afterEach(async () => {
  await proxy.close();
  await closed(behind);
});

const call = (id: number, name: string) => ({
  ...{ jsonrpc: '2.0', id, method: 'tools/call', params: { name } },
});

async function send(...calls: readonly object[]): Promise<Response> {
  const body = JSON.stringify(calls.length === 1 ? calls[0] : calls);
  return fetch(url, { method: 'POST', headers: { 'x-agent-uid': 'agent-a' }, body });
}

/** A server that answers so, and no further. */
const says = (status: number, body: string, type = 'application/json') => {
  answer = (response) => response.writeHead(status, { 'content-type': type }).end(body);
};
const result = (id: number, isError: boolean) => ({ jsonrpc: '2.0', id, result: { isError } });

describe('a call that was let in is told', () => {
  test.each([
    [401, '{"error":"invalid_token"}', ['mail/send', 'denied', 401]],
    [403, '', ['mail/send', 'denied', 403]],
    [500, '', ['mail/send', 'unknown', 500]],
    [200, JSON.stringify(result(1, false)), ['mail/send', 'success']],
    [200, JSON.stringify(result(1, true)), ['mail/send', 'tool_error']],
    [200, '{"jsonrpc":"2.0","id":1,"error":{"code":-32602}}', ['mail/send', 'protocol_error']],
    [200, 'not understood', ['mail/send', 'success']],
  ])('as its server answered: %d %s', async (status, body, expected) => {
    says(status, body);
    await (await send(call(1, 'send'))).text();
    expect(told).toEqual([expected]);
  });

  test('as unknown where its server is down', async () => {
    await closed(behind);
    expect((await send(call(1, 'send'))).status).toBe(502);
    expect(told).toEqual([['mail/send', 'unknown']]);
    behind = createServer();
  });

  test('each of a batch by its own answer', async () => {
    says(200, JSON.stringify([result(2, true), result(1, false)]));
    await (await send(call(1, 'read'), call(2, 'send'))).text();
    expect(told.toSorted()).toEqual([
      ['mail/read', 'success'],
      ['mail/send', 'tool_error'],
    ]);
  });

  test('as soon as a stream has its answer, though it stays open', async () => {
    answer = (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(`event: message\ndata: ${JSON.stringify(result(1, true))}\n\n`);
    };
    const more = new Promise<void>((resolve) => {
      reportMore = resolve;
    });
    const open = await send(call(1, 'send'));
    await more;
    expect(told).toEqual([['mail/send', 'tool_error']]);
    await open.body?.cancel();
  });
});

test('the event says the server’s refusal, and the status by which it refused', async () => {
  let events = '';
  const ingest = createServer(async (request, response) => {
    for await (const part of request) events += String(part);
    response.end();
  });
  const reporter = new EventReporter({
    ...{ url: `http://127.0.0.1:${await listening(ingest)}`, token: 't', nowMs: () => 0 },
  });
  const facts = { agentUid: 'agent-a' };
  reporter.report({
    ...{ facts, tool: 'mail/send', commandId: undefined, outcome: 'denied', status: 401 },
  });
  await reporter.flush();
  expect(JSON.parse(events)).toMatchObject({ outcome: 'denied', error: { type: '401' } });
  await closed(ingest);
});

describe('while Waywarden is away', () => {
  const facts = { agentUid: 'agent-a' };
  const sent = { facts, tool: 'mail/send', commandId: undefined, outcome: 'success' } as const;

  /** Answers one request after another so, the last of them from then on; what arrived with a good one. */
  async function ingestThat(...statuses: readonly (number | 'cut')[]) {
    const arrived: string[] = [];
    let asked = 0;
    const server = createServer(async (request, response) => {
      const status = statuses[Math.min(asked++, statuses.length - 1)];
      let body = '';
      for await (const part of request) body += String(part);
      if (status === 'cut') response.destroy();
      else response.writeHead(status ?? 202).end();
      if (status === 202) arrived.push(...body.split('\n'));
    });
    return { server, arrived, url: `http://127.0.0.1:${await listening(server)}` };
  }

  test('calls wait and are told later, once and in order, with who agreed and how long they took', async () => {
    const { server, arrived, url: at } = await ingestThat('cut', 500, 202);
    const lost: number[] = [];
    const errors: unknown[] = [];
    const reporter = new EventReporter({
      ...{ url: at, token: 't', onLost: (calls: number) => lost.push(calls) },
      onError: (error: unknown) => errors.push(error),
    });
    reporter.report({ ...sent, durationMs: 1200, facts: { ...facts, approvedBy: 'alice' } });
    reporter.report({ ...sent, outcome: 'denied' });
    await reporter.flush();
    const events = arrived.map((one) => JSON.parse(one) as { outcome: string });
    expect(events).toMatchObject([
      { outcome: 'success', duration_ms: 1200, approval: { mode: 'human', by: 'alice' } },
      { outcome: 'denied' },
    ]);
    expect([lost, errors.length]).toEqual([[], 1]);
    await closed(server);
  });

  test('what is refused for good, or waits at the end, is counted as lost', async () => {
    const { server, url: at } = await ingestThat(401);
    const lost: [number, string][] = [];
    const onLost = (calls: number, why: string) => lost.push([calls, why]);
    const refused = new EventReporter({ url: at, token: 'void', onLost });
    refused.report(sent);
    await refused.flush();
    expect(lost).toEqual([[1, expect.stringContaining('401')]]);
    await closed(server);
    const away = new EventReporter({ url: at, token: 't', onLost });
    away.report(sent);
    away.report(sent);
    await away.flush(1);
    expect(lost.slice(1).reduce((sum, [calls]) => sum + calls, 0)).toBe(2);
  });
});
