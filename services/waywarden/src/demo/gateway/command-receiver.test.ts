/** Over a real log: who is believed, what is answered, and what a restart remembers. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EventLog } from '@waywarden/event-log';
import { openLmdbLog } from '@waywarden/event-log/lmdb';
import type { DenyList } from '@waywarden/revocation-consumer';
import {
  activeSigningKey,
  agentKey,
  HEADERS,
  loadOrCreateKeyFile,
  type Receipt,
  type RevocationCommand,
  signDetached,
  signingKeyRing,
  TOPICS,
  verifyDetached,
} from '@waywarden/schemas';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CommandReceiver } from './command-receiver.ts';
import { gatewayDenyList } from './tool-gateway.ts';

const NOW = Date.UTC(2026, 10, 24, 12);
const TENANT = 'demo';
const AGENT = 'agent/checker';
const COMMANDS = TOPICS.revocationCommands.name;
const RECEIPTS = TOPICS.revocationReceipts.name;
const ID = '00000000-0000-4000-8000-000000000001';

let folder: string;
let log: EventLog;

const keys = (service: string) =>
  loadOrCreateKeyFile(join(folder, `${service}.json`), {
    service,
    uses: ['sign'],
    createdAt: '2026-11-24T12:00:00Z',
  });

function revoke(over: Partial<RevocationCommand> = {}): RevocationCommand {
  return {
    command_id: ID,
    containment_id: ID,
    tenant_id: TENANT,
    sequence: 1,
    incident_id: ID,
    alert_ids: [ID],
    issued_at: '2026-11-24T12:00:00Z',
    expires_at: '2026-11-24T13:00:00Z',
    action: 'revoke_token',
    target: { level: 'task', tenant_id: TENANT, agent_uid: AGENT, task_id: 'task-1' },
    receivers: ['demo-gateway'],
    audience: `waywarden:${TENANT}`,
    drain: 'finish_unit_then_stop',
    severity: 'high',
    confidence: null,
    initiating_entity: 'policy',
    approvals: [],
    reason: 'a test',
    evidence: [],
    preconditions: { assurance_min: 'authenticated', targets_max: 1 },
    ...over,
  };
}

/** As the responder writes it, or as somebody else would like to. */
async function give(command: RevocationCommand, by = 'responder', audience = command.audience) {
  const value = new TextEncoder().encode(JSON.stringify(command));
  const sig = await signDetached(value, activeSigningKey(keys(by)), {
    topic: COMMANDS,
    audience,
    iat: 0,
  });
  const key = agentKey(TENANT, AGENT);
  const headers = { [HEADERS.type]: 'event', [HEADERS.sig]: sig };
  await log.append([{ topic: COMMANDS, key, value, headers }]);
}

interface Running {
  readonly receiver: CommandReceiver;
  readonly denyList: DenyList;
  /** Resolves with the next thing that became of an order: its receipt's state or why it was refused. */
  next(): Promise<string>;
}

async function start(): Promise<Running> {
  const denyList = gatewayDenyList();
  const lastSeen: string[] = [];
  const waiting: ((text: string) => void)[] = [];
  const noteSeen = (text: string) => {
    const first = waiting.shift();
    if (first === undefined) lastSeen.push(text);
    else first(text);
  };
  const receiver = await CommandReceiver.start({
    log,
    id: 'demo-gateway',
    tenantId: TENANT,
    denyList,
    commandKeys: signingKeyRing(keys('responder')),
    signingKey: activeSigningKey(keys('gateway')),
    nowMs: () => NOW,
    onApplied: (_, { state }) => noteSeen(state),
    onRefused: noteSeen,
  });
  const next = () => {
    const first = lastSeen.shift();
    return first === undefined
      ? new Promise<string>((resolve) => waiting.push(resolve))
      : Promise.resolve(first);
  };
  return { receiver, denyList, next };
}

async function receipts(): Promise<readonly Receipt[]> {
  const records = await log.read(RECEIPTS, 0, 0, 100);
  const ring = signingKeyRing(keys('gateway'));
  const found: Receipt[] = [];
  for (const { value, headers } of records) {
    const verdict = await verifyDetached(value, headers[HEADERS.sig], ring, { topic: RECEIPTS });
    expect(verdict.ok).toBe(true);
    found.push(JSON.parse(new TextDecoder().decode(value ?? undefined)));
  }
  return found;
}

const isRefused = ({ denyList }: Running) =>
  denyList.refuses({ agentUid: AGENT, taskId: 'task-1' }, NOW) !== undefined;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'waywarden-receiver-'));
  log = await openLmdbLog({ path: join(folder, 'log'), durable: false });
  const topics = [COMMANDS, RECEIPTS].map((name) => ({ name, partitions: 1 }));
  await log.createTopics(topics);
});

afterEach(async () => {
  await log.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('CommandReceiver', () => {
  it('applies what the responder signed and answers with a signed receipt', async () => {
    const running = await start();
    await give(revoke());
    expect(await running.next()).toBe('applied');
    expect(isRefused(running)).toBe(true);
    expect(await receipts()).toMatchObject([
      { command_id: ID, receiver: 'demo-gateway', state: 'applied', agent_uid: AGENT },
    ]);
    await running.receiver.stop();
  });

  it.each([
    ['a stranger signed', 'stranger', undefined, 'signature_unknown_key'],
    ['another tenant is meant', 'responder', 'waywarden:other', 'signature_wrong_audience'],
  ])('believes nothing when %s', async (_, by, audience, reason) => {
    const running = await start();
    await give(revoke(), by, audience);
    expect(await running.next()).toBe(reason);
    expect(isRefused(running)).toBe(false);
    expect(await receipts()).toEqual([]);
    await running.receiver.stop();
  });

  it('refuses again after a restart, without a second receipt', async () => {
    const first = await start();
    await give(revoke());
    await first.next();
    await first.receiver.stop();
    const second = await start();
    await give(revoke({ command_id: ID.replace(/1$/, '2'), sequence: 2 }));
    expect(await second.next()).toBe('applied');
    expect(isRefused(second)).toBe(true);
    expect((await receipts()).map((one) => one.command_id.slice(-1))).toEqual(['1', '2']);
    await second.receiver.stop();
  });
});
