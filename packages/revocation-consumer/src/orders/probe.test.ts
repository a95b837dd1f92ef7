/**
 * Whether access is really gone, asked at the door itself: a call as the subject would make it, which is
 * refused or let in but never reaches the server; and asked of a token service.
 */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { RevocationCommand } from '@waywarden/schemas';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { McpProxy, type McpProxyOptions } from '../mcp/mcp-proxy.ts';
import type { Judgement } from './consumer-options.ts';
import { DenyList } from './deny-list.ts';
import { answerProbe, introspectionProbe, type Probe } from './probe.ts';

const NOW = Date.parse('2026-11-24T09:00:00Z');
const UUID = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const TARGET = { level: 'task', tenant_id: 'acme', agent_uid: 'agent-a', task_id: 'task-a' };
const { signal } = new AbortController();

function command(sequence: number, over: Partial<RevocationCommand> = {}): RevocationCommand {
  return {
    ...{ command_id: UUID(sequence), containment_id: UUID(1), tenant_id: 'acme', sequence },
    ...{ incident_id: UUID(900), alert_ids: [UUID(901)], severity: 'high', confidence: null },
    ...{ issued_at: '2026-11-24T09:00:00Z', expires_at: '2026-11-24T10:00:00Z' },
    ...{ action: 'revoke_token', target: TARGET, receivers: ['gateway'], drain: 'cancel' },
    ...{ audience: 'waywarden:acme', initiating_entity: 'policy', approvals: [], evidence: [] },
    ...{ reason: 'a test', preconditions: { assurance_min: 'authenticated', targets_max: 1 } },
    ...over,
  };
}

const PROBE = command(2, { action: 'probe', probes: UUID(1) });
const listening = (server: Server) =>
  new Promise<string>((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(`http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`);
    });
  });

let behind: Server;
let upstream: string;
let reached: string[];
let told: unknown[];
let denyList: DenyList;
let isStale = false;
const proxies: McpProxy[] = [];

/** The verdicts of a real list, as a consumer gives them. */
const judge: McpProxyOptions['consumer']['judge'] = (facts): Judgement => {
  const refusing = denyList.refuses(facts, NOW);
  const order = refusing === undefined ? {} : { command: refusing };
  return { allowed: refusing === undefined && !isStale, stale: isStale, asOfMs: NOW, ...order };
};

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const part of request) text += String(part);
  return text;
}

async function proxy(over: Partial<McpProxyOptions> = {}): Promise<[McpProxy, string]> {
  const onCall = (call: unknown) => told.push(call);
  const made = new McpProxy({ consumer: { judge }, upstream, server: 'mail', onCall, ...over });
  proxies.push(made);
  return [made, `http://127.0.0.1:${await made.listen(0)}`];
}

beforeEach(async () => {
  [reached, told, denyList, isStale] = [[], [], new DenyList(), false];
  behind = createServer(async (request, response) => {
    reached.push(await bodyOf(request));
    response.end('{}');
  });
  upstream = await listening(behind);
});

afterEach(async () => {
  for (const one of proxies.splice(0)) await one.close();
  behind.closeAllConnections();
  await new Promise((resolve) => {
    behind.close(resolve);
  });
});

describe('at the door of the MCP proxy', () => {
  test('a call of the subject is refused while the order is in force, and let in without it', async () => {
    const [door] = await proxy();
    expect(await door.probe(PROBE, signal)).toEqual({ outcome: 'open', method: 'call' });
    denyList.apply(command(1), NOW);
    expect(await door.probe(PROBE, signal)).toEqual({ outcome: 'refused', method: 'call' });
  });

  test('it never reaches the server and is told to nobody, whichever way it ends', async () => {
    const [door] = await proxy();
    await door.probe(PROBE, signal);
    denyList.apply(command(1), NOW);
    await door.probe(PROBE, signal);
    expect([reached, told]).toEqual([[], []]);
  });

  test('a caller cannot pass for a probe: its call is told and passed on as any other', async () => {
    const [, url] = await proxy();
    const headers = { 'x-agent-uid': 'agent-a', 'x-task-id': 'task-a', 'ww-probe': UUID(7) };
    const body = JSON.stringify({ id: 1, method: 'tools/call', params: { name: 'send' } });
    expect((await fetch(url, { method: 'POST', headers, body })).status).toBe(200);
    expect([reached.length, told.length]).toEqual([1, 1]);
  });

  test('what the door cannot be told it cannot be asked: unable, not open', async () => {
    const [door] = await proxy();
    const unable = { outcome: 'unable', method: 'call' };
    const handed = { ...TARGET, level: 'delegation', parent_agent_uid: 'p', delegation_ref: 'd' };
    const { task_id: _, ...bare } = TARGET;
    const others = { ...bare, level: 'tool', tool: 'bank/pay' };
    expect(await door.probe({ ...PROBE, target: handed }, signal)).toEqual(unable);
    expect(await door.probe({ ...PROBE, target: others }, signal)).toEqual(unable);
    // Names are mapped by the gateway's own function, and nobody has said how back.
    const [mapped] = await proxy({ factsOf: () => ({ agentUid: 'somebody' }) });
    expect(await mapped.probe(PROBE, signal)).toEqual(unable);
  });

  test('goes over the wire as a caller does: what the door cannot read as itself is unable', async () => {
    const [door] = await proxy();
    const disable = (agent_uid: string, n: number) => {
      const target = { level: 'agent', tenant_id: 'acme', agent_uid };
      denyList.apply(command(n, { action: 'disable_agent', target }), NOW);
      return door.probe({ ...PROBE, target }, signal);
    };
    expect(await disable('agent/zoë', 3)).toEqual({ outcome: 'refused', method: 'call' });
    expect((await disable('one, two', 4)).outcome).toBe('unable');
    expect((await disable('ends in a blank ', 5)).outcome).toBe('unable');
  });

  test('a refusal for want of a fresh view says nothing of the order', async () => {
    const [door] = await proxy();
    isStale = true;
    expect(await door.probe(PROBE, signal)).toEqual({ outcome: 'unable', method: 'call' });
  });
});

describe('a token service that is asked', () => {
  async function asked(status: number, answer: unknown, token: string | undefined = 'secret-1') {
    const bodies: string[] = [];
    const service = createServer(async (request, response) => {
      bodies.push(await bodyOf(request));
      response.writeHead(status).end(JSON.stringify(answer));
    });
    const url = await listening(service);
    const tokenOf = () => token;
    const probe = introspectionProbe({ url, authorization: 'Basic eDp5', tokenOf });
    const found = await answerProbe(probe, PROBE, signal);
    service.closeAllConnections();
    service.close();
    return { outcome: found.outcome, bodies };
  }

  test('says by `active` whether the token of the subject is still good', async () => {
    expect(await asked(200, { active: false })).toEqual({
      outcome: 'refused',
      bodies: ['token=secret-1&token_type_hint=access_token'],
    });
    expect((await asked(200, { active: true })).outcome).toBe('open');
  });

  test('an error, an odd answer and no token at all tell nothing', async () => {
    expect((await asked(500, {})).outcome).toBe('unable');
    expect((await asked(200, { active: 'no' })).outcome).toBe('unable');
    const none: Probe = introspectionProbe({
      url: '',
      authorization: '',
      tokenOf: () => undefined,
    });
    expect((await answerProbe(none, PROBE, signal)).outcome).toBe('unable');
  });

  test('one that fails or is stopped answers all the same', async () => {
    const failing: Probe = () => Promise.reject(new Error('down'));
    expect((await answerProbe(failing, PROBE, signal)).outcome).toBe('unable');
    const stopping = new AbortController();
    const hanging = answerProbe(() => new Promise(() => undefined), PROBE, stopping.signal);
    stopping.abort();
    expect(await hanging).toEqual({ outcome: 'unable', method: 'timeout' });
  });
});
