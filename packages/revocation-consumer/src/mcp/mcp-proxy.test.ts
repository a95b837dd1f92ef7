/** What becomes of calls that are under way at the MCP proxy when an order takes their access. */
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { RevocationCommand } from '@waywarden/schemas';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { McpProxy } from './mcp-proxy.ts';

const UUID = '00000000-0000-4000-8000-000000000001';
const ORDER: RevocationCommand = {
  ...{ command_id: UUID, containment_id: UUID, tenant_id: 'acme', sequence: 1, incident_id: UUID },
  ...{ alert_ids: [UUID], severity: 'high', confidence: null, action: 'revoke_token' },
  ...{ issued_at: '2026-11-24T09:00:00Z', expires_at: '2026-11-24T10:00:00Z', drain: 'cancel' },
  target: { level: 'task', tenant_id: 'acme', agent_uid: 'agent-a', task_id: 'task-a' },
  ...{ receivers: ['gateway'], audience: 'waywarden:acme', initiating_entity: 'policy' },
  ...{ approvals: [], evidence: [], reason: 'a test' },
  preconditions: { assurance_min: 'authenticated', targets_max: 1 },
};

let behind: Server;
let proxy: McpProxy;
let url: string;
let arrived: () => void;
let inHand: ServerResponse[];

beforeEach(async () => {
  inHand = [];
  behind = createServer((_, response) => {
    inHand.push(response);
    arrived();
  });
  const port = await new Promise<number>((resolve) => {
    behind.listen(0, '127.0.0.1', () => {
      const address = behind.address();
      resolve(typeof address === 'object' ? (address?.port ?? 0) : 0);
    });
  });
  const judge = () => ({ allowed: true, stale: false, asOfMs: 0 });
  proxy = new McpProxy({
    consumer: { judge },
    upstream: `http://127.0.0.1:${port}/mcp`,
    server: 'mail',
  });
  url = `http://127.0.0.1:${await proxy.listen(0)}`;
});

afterEach(async () => {
  await proxy.close();
  behind.closeAllConnections();
  await new Promise((resolve) => {
    behind.close(resolve);
  });
});

/** A call that has reached the server, which does not answer yet. */
async function underWay(task: string): Promise<{ readonly answer: Promise<unknown> }> {
  const there = new Promise<void>((resolve) => {
    arrived = resolve;
  });
  const answer = fetch(url, {
    method: 'POST',
    headers: { 'x-agent-uid': 'agent-a', 'x-task-id': task },
    body: JSON.stringify({ id: 1, method: 'tools/call', params: { name: 'send' } }),
  }).then((response) => response.json());
  await there;
  return { answer };
}

describe('calls under way', () => {
  test('are cut off where the order says so, and answered as refused; others go on', async () => {
    const { answer: own } = await underWay('task-a');
    const { answer: other } = await underWay('task-b');
    expect(proxy.cancelUnderWay(ORDER)).toBe(1);
    expect(await own).toMatchObject({ id: 1, error: { data: { error: 'access_revoked' } } });
    inHand[1]?.end('{"result":"done"}');
    expect(await other).toEqual({ result: 'done' });
  });

  test('end by themselves where the order lets them, asks for a step-up or gives back', async () => {
    const { answer } = await underWay('task-a');
    expect(proxy.cancelUnderWay({ ...ORDER, drain: 'finish_unit_then_stop' })).toBe(0);
    expect(proxy.cancelUnderWay({ ...ORDER, drain: 'leave' })).toBe(0);
    expect(proxy.cancelUnderWay({ ...ORDER, action: 'require_step_up' })).toBe(0);
    expect(proxy.cancelUnderWay({ ...ORDER, action: 'restore' })).toBe(0);
    inHand[0]?.end('{"result":"done"}');
    expect(await answer).toEqual({ result: 'done' });
    expect(proxy.cancelUnderWay(ORDER)).toBe(0);
  });
});
