/** What the MCP proxy lets through to the server and what it refuses, under the orders of a real list. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import type { RevocationCommand } from '@waywarden/schemas';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { missingFacts } from '../orders/call-facts.ts';
import { DenyList } from '../orders/deny-list.ts';
import { McpProxy } from './mcp-proxy.ts';

const NOW = Date.parse('2026-11-24T09:00:00Z');
const UUID = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const WHO = { tenant_id: 'acme', agent_uid: 'agent-a' };
const TASK_A = { 'x-agent-uid': 'agent-a', 'x-task-id': 'task-a' };

let behind: Server;
let proxy: McpProxy;
let url: string;
let reached: string[];
let bodies: string[];
let told: { tool: string; outcome: string; commandId: string | undefined }[];
let denyList: DenyList;
let sequence: number;

function order(action: string, target: { level: string } & Record<string, string>) {
  const n = ++sequence;
  const given: RevocationCommand = {
    ...{ command_id: UUID(n), containment_id: UUID(n), tenant_id: 'acme', sequence: n },
    ...{ incident_id: UUID(900), alert_ids: [UUID(901)], severity: 'high', confidence: null },
    ...{ issued_at: '2026-11-24T09:00:00Z', expires_at: '2026-11-24T10:00:00Z' },
    ...{ action, target: { ...WHO, ...target }, receivers: ['gateway'], drain: 'cancel' },
    ...{ audience: 'waywarden:acme', initiating_entity: 'policy', approvals: [], evidence: [] },
    ...{ reason: 'a test', preconditions: { assurance_min: 'authenticated', targets_max: 1 } },
  };
  return denyList.apply(given, NOW).state;
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const part of request) text += String(part);
  return text;
}

async function send(headers: Record<string, string>, body?: unknown) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const sent = body === undefined ? { method: 'GET' } : { method: 'POST', body: text };
  const answer = await fetch(url, { ...sent, headers });
  return { status: answer.status, body: await answer.json() };
}

const message = (method: string, params = {}) => ({ jsonrpc: '2.0', id: 1, method, params });
const SEND = message('tools/call', { name: 'send' });

beforeEach(async () => {
  [reached, bodies, told, denyList, sequence] = [[], [], [], new DenyList(), 0];
  behind = createServer(async (asked, response) => {
    const text = await textOf(asked);
    bodies.push(text);
    const [first = {}] = text === '' ? [] : [JSON.parse(text)].flat();
    reached.push(text === '' ? 'GET' : first.method);
    response.end('{"result":"done"}');
  });
  const port = await new Promise<number>((resolve) => {
    behind.listen(0, '127.0.0.1', () => {
      const address = behind.address();
      resolve(typeof address === 'object' ? (address?.port ?? 0) : 0);
    });
  });
  proxy = new McpProxy({
    consumer: {
      judge: (facts) => {
        const command = denyList.refuses(facts, NOW);
        const seen = { stale: false, asOfMs: NOW };
        if (command === undefined) return { allowed: true, ...seen };
        return { allowed: false, ...seen, command, missing: missingFacts(facts, command.target) };
      },
    },
    upstream: `http://127.0.0.1:${port}/mcp`,
    server: 'mail',
    onCall: ({ tool, outcome, commandId }) => told.push({ tool, outcome, commandId }),
  });
  url = `http://127.0.0.1:${await proxy.listen(0)}/mcp`;
});

afterEach(async () => {
  await proxy.close();
  behind.closeAllConnections();
  await new Promise((resolve) => {
    behind.close(resolve);
  });
});

const DATA = [
  'resources/read',
  'prompts/get',
  'completion/complete',
  'resources/subscribe',
  'x/later',
];
const WITHOUT_DATA = ['initialize', 'ping', 'tools/list', 'resources/list', 'prompts/list'];

/** A step-up is asked of the agent, of calls with these effects where some are given. */
function stepUp(scope: object = {}): DenyList {
  return new DenyList(undefined, {
    sequences: {},
    orders: [
      {
        ...{ command_id: UUID(1), containment_id: UUID(1), tenant_id: 'acme', sequence: 1 },
        ...{ incident_id: UUID(900), alert_ids: [], severity: 'high', confidence: null },
        ...{ issued_at: '2026-11-24T09:00:00Z', expires_at: '2026-11-24T10:00:00Z' },
        ...{ action: 'require_step_up', target: { ...WHO, level: 'agent' }, receivers: [] },
        ...{ drain: 'cancel', audience: '', initiating_entity: 'policy', approvals: [] },
        ...{ evidence: [], reason: '', ...scope },
        preconditions: { assurance_min: 'authenticated', targets_max: 1 },
      },
    ],
  });
}

describe('whatever reaches data is a call', () => {
  test.each(DATA)('%s of a revoked task is refused and told; of another it passes', async (one) => {
    order('revoke_token', { level: 'task', task_id: 'task-a' });
    const refused = await send(TASK_A, message(one));
    expect(refused.body).toMatchObject({ id: 1, error: { data: { error: 'access_revoked' } } });
    expect(reached).toEqual([]);
    expect(told).toEqual([{ tool: `mail/${one}`, outcome: 'denied', commandId: UUID(1) }]);
    await send({ ...TASK_A, 'x-task-id': 'task-b' }, message(one));
    expect(reached).toEqual([one]);
    expect(told[1]).toMatchObject({ tool: `mail/${one}`, outcome: 'success' });
  });

  test('and one that names no agent is refused', async () => {
    const { body } = await send({}, message('resources/read'));
    expect(body).toMatchObject({ error: { data: { error: 'agent_unknown' } } });
    expect(reached).toEqual([]);
  });

  test('a step-up is said to be one, and passes with the person who agreed, who is told', async () => {
    denyList = stepUp();
    const refused = await send(TASK_A, SEND);
    expect(refused.body).toMatchObject({ id: 1, error: { data: { error: 'step_up_required' } } });
    expect(reached).toEqual([]);
    await send({ ...TASK_A, 'x-approved-by': 'alice@acme.example' }, SEND);
    expect(reached).toEqual(['tools/call']);
  });

  test('an order for calls with other effects leaves reading alone', async () => {
    denyList = stepUp({ scope: { effects: ['send'] } });
    await send(TASK_A, message('resources/read'));
    await send(TASK_A, SEND);
    expect(reached).toEqual(['resources/read']);
  });
});

describe('what reaches no data', () => {
  test('passes while a task is revoked, and is told to nobody', async () => {
    order('revoke_token', { level: 'task', task_id: 'task-a' });
    for (const one of WITHOUT_DATA) await send(TASK_A, message(one));
    await send(TASK_A);
    expect(reached).toEqual([...WITHOUT_DATA, 'GET']);
    expect(told).toEqual([]);
  });

  test('is refused too when the whole agent is disabled, whatever else is in force', async () => {
    order('revoke_token', { level: 'task', task_id: 'task-a' });
    order('disable_agent', { level: 'agent' });
    for (const one of [...WITHOUT_DATA, ...DATA]) {
      const { status, body } = await send(TASK_A, message(one));
      expect(status).toBe(200);
      expect(body).toMatchObject({ error: { data: { command_id: UUID(2) } } });
    }
    const noted = { jsonrpc: '2.0', method: 'notifications/roots/list_changed' };
    expect((await send(TASK_A, noted)).status).toBe(403);
    expect((await send(TASK_A)).status).toBe(403);
    expect(reached).toEqual([]);
    expect(told).toHaveLength(DATA.length);
    await send({ 'x-agent-uid': 'agent-b' }, message('ping'));
    expect(reached).toEqual(['ping']);
  });
});

describe('a call that leaves out what an order on its agent is about', () => {
  test('is refused with what it has to say, and is no proof that the order holds', async () => {
    order('revoke_token', { level: 'task', task_id: 'task-a' });
    for (const headers of [{ 'x-agent-uid': 'agent-a' }, { ...TASK_A, 'x-task-id': '' }]) {
      const { body } = await send(headers, SEND);
      const message = expect.stringContaining('does not say its taskId');
      const data = { error: 'fact_unknown', missing: ['taskId'] };
      expect(body).toMatchObject({ error: { message, data } });
    }
    const denied = { tool: 'mail/send', outcome: 'denied', commandId: undefined };
    expect(told).toEqual([denied, denied]);
    await send({ ...TASK_A, 'x-task-id': 'task-b' }, SEND);
    await send({ 'x-agent-uid': 'agent-b' }, SEND);
    expect(reached).toEqual(['tools/call', 'tools/call']);
  });
});

describe('an order on what no header tells', () => {
  test('is unsupported, and refuses nothing', async () => {
    expect(order('quarantine_origin', { level: 'origin', resource_id: 'mail-7' })).toBe(
      'unsupported',
    );
    const target = { level: 'delegation', parent_agent_uid: 'boss', delegation_ref: 'd1' };
    expect(order('revoke_delegation', target)).toBe('unsupported');
    await send(TASK_A, SEND);
    expect(reached).toEqual(['tools/call']);
  });
});

describe('a call that other parsers would read otherwise', () => {
  const rest = '"id":1,"params":{"name":"send"}';
  const open = { 'x-agent-uid': 'agent-b' };

  test.each([
    ['Method', `{${rest},"Method":"tools/call"}`],
    ['Method', `{${rest},"method":"ping","Method":"tools/call"}`],
    ['METHOD', `{${rest},"method":"notifications/x","METHOD":"tools/call"}`],
    ['METHOD', `[{"method":"ping"},{${rest},"method":"ping","METHOD":"tools/call"}]`],
    ['Params', '{"id":1,"method":"tools/call","params":{"name":"a"},"Params":{"name":"send"}}'],
    ['param\u017f', '{"id":1,"method":"tools/call","param\u017f":{"name":"send"}}'],
    ['ID', `{${rest},"ID":2,"method":"tools/call"}`],
    ['JsonRpc', `{${rest},"JsonRpc":"2.0","method":"tools/call"}`],
    ['Name', '{"id":1,"method":"tools/call","params":{"name":"a","Name":"send"}}'],
    ['Arguments', '{"id":1,"method":"tools/call","params":{"name":"a","Arguments":{}}}'],
  ])('is refused for its %s: %s', async (key, body) => {
    const { status, body: answer } = await send(open, body);
    expect(status).toBe(400);
    const said = expect.stringContaining(`"${key}" is refused`);
    expect(answer).toMatchObject({ error: { code: -32_600, message: said } });
    expect([reached, told]).toEqual([[], []]);
  });

  test.each([
    ['parameters in a row', '{"id":1,"method":"tools/call","params":["send"]}'],
    ['a name in a list', '{"id":1,"method":"tools/call","params":{"name":["send"]}}'],
    ['a name that is no text', '{"id":1,"method":"tools/call","params":{"name":7}}'],
    ['more values than are read', `{"method":"ping","params":{"n":[${'1,'.repeat(50_000)}1]}}`],
    ['more messages than are read', `[${'{},'.repeat(1_000)}{}]`],
  ])('is refused for %s', async (_, body) => {
    expect((await send(open, body)).status).toBe(400);
    expect([reached, told]).toEqual([[], []]);
  });

  test('counts no comma of a text: four megabytes of a table reach the server', async () => {
    const text = '1,2,"\\'.repeat(400_000);
    const call = { id: 1, method: 'tools/call', params: { name: 'send', arguments: { text } } };
    await send(open, JSON.stringify(call));
    expect(bodies).toEqual([JSON.stringify(call)]);
  });

  test('reaches the server as it was judged: of equal keys the last', async () => {
    order('revoke_token', { level: 'task', task_id: 'task-a' });
    const twice = `{${rest},"method":"tools/call","method":"ping"}`;
    await send(TASK_A, twice);
    await send(TASK_A, `[${twice}]`);
    const anew = { id: 1, params: { name: 'send' }, method: 'ping' };
    expect(bodies).toEqual([JSON.stringify(anew), JSON.stringify([anew])]);
    await send(TASK_A, `{${rest},"method":"ping","method":"tools/call"}`);
    expect(bodies).toHaveLength(2);
  });

  test('keeps its numbers as they were written, and its own names', async () => {
    const odd = '{"Name":1,"n":[12345678901234567890,1.0,-0,1e400],"s":"1.0 \\"2e5"}';
    const call = `{"id":1234567890123456789,"method":"tools/call","params":{"name":"send","arguments":${odd}}}`;
    await send(open, call);
    expect(bodies).toEqual([call]);
  });
});

describe('what is no JSON-RPC is the caller’s mistake', () => {
  test.each([
    ['{', 400],
    ['[null]', 400],
    ['{"id":1,"method":["tools/call"]}', 400],
    ['x'.repeat(5 * 1024 * 1024), 413],
  ])('%.20s: %d', async (body, status) => {
    const answer = await send(TASK_A, body);
    expect(answer.status).toBe(status);
    expect(answer.body).toMatchObject({ error: { code: -32_600 } });
    expect(reached).toEqual([]);
  });
});

describe('who calls is read as it stands on the wire', () => {
  /** Bytes and doubled headers as curl sends them; fetch would join and recode. */
  async function sendRaw(headers: Record<string, readonly Buffer[]>) {
    const lines = Object.entries(headers).map(([name, values]) => [
      name,
      values.map((value) => value.toString('latin1')),
    ]);
    const asked = request(url, {
      method: 'POST',
      headers: Object.fromEntries(lines),
      agent: false,
    });
    // A text would be written in one piece with the head, and both as UTF-8.
    asked.end(Buffer.from(JSON.stringify(SEND)));
    const [answer] = (await once(asked, 'response')) as [IncomingMessage];
    return `${answer.statusCode} ${await textOf(answer)}`;
  }
  const bytes = (...values: readonly string[]) => values.map((one) => Buffer.from(one));
  const zoe = { agent_uid: 'agent/zoë', level: 'agent' };

  test('a disabled agent with an accent is refused, and another one passes', async () => {
    order('disable_agent', zoe);
    const answer = await sendRaw({ 'x-agent-uid': bytes('agent/zoë') });
    expect(answer).toContain('access_revoked');
    expect(reached).toEqual([]);
    await sendRaw({ 'x-agent-uid': bytes('agent/zoe') });
    expect(reached).toEqual(['tools/call']);
  });

  test.each([
    ['twice', bytes('agent-a', 'agent-a'), 'came more than once'],
    ['once empty, once not', bytes('', 'agent-a'), 'came more than once'],
    ['two made one on the way', bytes('agent-a, agent-a'), 'has a comma'],
    ['in another encoding', [Buffer.from('agent/zoë', 'latin1')], 'is no UTF-8'],
  ])('%s: 400, says why and reaches nobody', async (_, values, why) => {
    const other = { 'x-agent-uid': bytes('agent-b'), 'x-task-id': values };
    for (const headers of [{ 'X-Agent-Uid': values }, other]) {
      const answer = await sendRaw(headers);
      expect(answer).toMatch(/^400 /);
      expect(answer).toContain(why);
    }
    expect([reached, told]).toEqual([[], []]);
  });
});
