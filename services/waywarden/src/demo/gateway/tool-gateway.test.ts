/** A call passes or is refused as the deny list says, and either is recorded as what it was. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { DenyList } from '@waywarden/revocation-consumer';
import type { InputEvent, RevocationCommand } from '@waywarden/schemas';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AGENTS } from '../fleet/agents.ts';
import { type DemoCall, TaskScript } from '../fleet/task-script.ts';
import { EventSender } from './event-sender.ts';
import { gatewayDenyList, ToolGateway } from './tool-gateway.ts';

const NOW = Date.UTC(2026, 10, 24, 12);
const { signal } = new AbortController();

let ingest: Server;
let recorded: InputEvent[];
let denyList: DenyList;
let gateway: ToolGateway;

function callOf(task: string): DemoCall {
  const script = new TaskScript({ id: task, workflow: 'invoice-approval', request: 'Pay it.' });
  script.call(AGENTS.checker, 'bank/approve_payment', { args: { order: 'PAY1' }, result: 'ok' });
  const [call] = script.calls;
  if (call === undefined) throw new Error('The script has no call.');
  return call;
}

type Level = Partial<RevocationCommand['target']> & { readonly level: string };

function order(action: string, target: Level) {
  const id = '00000000-0000-4000-8000-000000000001';
  const command: RevocationCommand = {
    command_id: id,
    containment_id: id,
    tenant_id: 'demo',
    sequence: 1,
    incident_id: id,
    alert_ids: [id],
    issued_at: new Date(NOW).toISOString(),
    expires_at: new Date(NOW + 60_000).toISOString(),
    action,
    target: { tenant_id: 'demo', agent_uid: AGENTS.checker.uid, ...target },
    receivers: ['demo-gateway'],
    audience: 'waywarden:demo',
    drain: 'cancel',
    severity: 'high',
    confidence: null,
    initiating_entity: 'policy',
    approvals: [],
    reason: 'a test',
    evidence: [],
    preconditions: { assurance_min: 'authenticated', targets_max: 1 },
  };
  return command;
}

/** Takes events as ingest does: 202 and an id for each. */
function listening(server: Server): Promise<string> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    });
  });
}

beforeEach(async () => {
  recorded = [];
  ingest = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += String(chunk);
    });
    request.on('end', () => {
      const events = body.split('\n').map((line) => JSON.parse(line) as InputEvent);
      recorded.push(...events);
      const ids = events.map((one) => one.native_id);
      response.writeHead(202, { 'content-type': 'application/json' });
      response.end(
        JSON.stringify({ accepted: 1, duplicates: 0, dead_lettered: 0, event_ids: ids }),
      );
    });
  });
  const url = await listening(ingest);
  denyList = gatewayDenyList();
  const sender = new EventSender({ url, token: 'wwi_test', signal });
  gateway = await ToolGateway.start({ denyList, sender, nowMs: () => NOW });
});

afterEach(async () => {
  await gateway.stop();
  ingest.closeAllConnections();
  ingest.close();
});

describe('ToolGateway', () => {
  it('lets a call pass and records its result', async () => {
    const answer = await gateway.call(callOf('task-1'), signal);
    expect(answer).toMatchObject({ outcome: 'success', event_id: 'task-1/1' });
    expect(recorded).toMatchObject([{ outcome: 'success', result: { value: 'ok' } }]);
  });

  it('refuses a revoked task, and records that it did and by which order', async () => {
    const command = order('revoke_token', { level: 'task', task_id: 'task-1' });
    denyList.apply(command, NOW);
    const answer = await gateway.call(callOf('task-1'), signal);
    expect(answer).toMatchObject({ outcome: 'denied', denied_by: command.command_id });
    expect(recorded).toMatchObject([
      { outcome: 'denied', policy: { decision: 'deny', id: command.command_id } },
    ]);
    expect(recorded[0]?.result).toBeUndefined();
    expect((await gateway.call(callOf('task-2'), signal)).outcome).toBe('success');
  });

  it('refuses a revoked credential whoever shows it, and a call that leaves out its task', async () => {
    const stolen = `tok-task-1-${AGENTS.checker.name}`;
    const owner = { agent_uid: 'agent/owner', credential_uid: stolen };
    denyList.apply(order('revoke_credential', { level: 'credential', ...owner }), NOW);
    expect((await gateway.call(callOf('task-1'), signal)).outcome).toBe('denied');
    denyList.apply(order('revoke_token', { level: 'task', task_id: 'task-2' }), NOW);
    expect((await gateway.call(callOf(''), signal)).outcome).toBe('denied');
    expect((await gateway.call(callOf('task-3'), signal)).outcome).toBe('success');
  });

  it('gives no token for a new task once issuance is blocked; a running task keeps its own', async () => {
    await gateway.call(callOf('task-1'), signal);
    denyList.apply(order('block_issuance', { level: 'agent' }), NOW);
    expect((await gateway.call(callOf('task-1'), signal)).outcome).toBe('success');
    expect((await gateway.call(callOf('task-2'), signal)).outcome).toBe('denied');
  });
});
