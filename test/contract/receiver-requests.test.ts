/**
 * Guarantees of the address for receivers: a request counts for the method, address, body and tenant
 * that were signed, and once; a receipt counts only of a command that its receiver was given, and
 * whoever sent another one is told.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LmdbLog, openLmdbLog } from '@waywarden/event-log/lmdb';
import { CommandFeed, ReceiverKeys, receiverRoutes } from '@waywarden/responder';
import {
  activeSigningKey,
  agentKey,
  HEADERS,
  loadOrCreateKeyFile,
  publicJwks,
  type Receipt,
  registrySchema,
  signDetached,
  signingKeyRing,
  TOPICS,
} from '@waywarden/schemas';
import { type FastifyInstance, fastify } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HttpSource } from '../../packages/revocation-consumer/src/index.ts';
import {
  signReceipt,
  signRequest,
} from '../../packages/revocation-consumer/src/orders/signed-record.ts';

const START = '2026-11-24T09:00:00.000Z';
const UUID = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const RECEIPTS = '/v1/receivers/gateway/receipts';

let folder: string;
let log: LmdbLog;
let feed: CommandFeed;
let app: FastifyInstance;
let url: string;
let nowMs: number;

const key = (service: string) =>
  loadOrCreateKeyFile(join(folder, `${service}.json`), {
    ...{ service, uses: ['sign'], createdAt: START },
  });
const signingKey = () => activeSigningKey(key('gateway'));

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'waywarden-requests-'));
  nowMs = Date.parse(START);
  log = await openLmdbLog({ path: join(folder, 'log'), durable: false });
  const names = [TOPICS.revocationCommands, TOPICS.revocationReceipts, TOPICS.responseJournal];
  await log.createTopics(names.map(({ name }) => ({ name, partitions: 1 })));
  const receiverKeys = new ReceiverKeys(() => nowMs);
  const entry = { kind: 'http', key: publicJwks(key('gateway'))[signingKey().kid] };
  for (const tenant of ['acme', 'other']) {
    const receivers = [{ id: 'gateway', ...entry }];
    receiverKeys.learn(tenant, registrySchema.parse({ version: 1, receivers }));
  }
  const wallClock = () => new Date(nowMs).toISOString();
  feed = await CommandFeed.open({
    log,
    receiverKeys,
    wallClock,
    orders: {
      commandOf: () => undefined,
      isReverted: () => false,
      isPaused: () => false,
      restored: async () => true,
    },
  });
  app = fastify();
  receiverRoutes(app, { feed, commandKeys: signingKeyRing(key('responder')) });
  url = await app.listen({ host: '127.0.0.1', port: 0 });
});
afterEach(async () => {
  await feed.close();
  await app.close();
  await log.close();
  rmSync(folder, { recursive: true, force: true });
});

const source = () =>
  new HttpSource({
    ...{ url, receiver: 'gateway', tenantId: 'acme', signingKey: signingKey() },
    ...{ nowMs: () => nowMs, waitSeconds: 0 },
  });
const receiptOf = (over: Partial<Receipt> = {}) =>
  signReceipt(
    {
      ...{ command_id: UUID(1), tenant_id: 'acme', agent_uid: 'agent/a', receiver: 'gateway' },
      ...{ state: 'applied', applied_at: START, ...over },
    },
    signingKey(),
    nowMs,
  );

async function give(id: string): Promise<void> {
  const command = {
    ...{ command_id: id, tenant_id: 'acme', receivers: ['gateway'] },
    target: { level: 'agent', tenant_id: 'acme', agent_uid: 'agent/a' },
  };
  const value = new TextEncoder().encode(JSON.stringify(command));
  const topic = TOPICS.revocationCommands.name;
  const signature = await signDetached(value, activeSigningKey(key('responder')), {
    ...{ topic, iat: 0 },
  });
  const headers = { [HEADERS.type]: 'event', [HEADERS.sig]: signature };
  await log.append([{ topic, key: agentKey('acme', 'agent/a'), value, headers }]);
}

interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly body?: string;
  readonly proof: string;
}

async function send({ method = 'POST', path = RECEIPTS, body, proof }: Sent): Promise<string> {
  const answer = await fetch(url + path, {
    ...{ method, headers: { 'ww-proof': proof, 'content-type': 'application/json' } },
    ...(body === undefined ? {} : { body }),
  });
  const said = (await answer.json()) as { error?: string };
  return said.error ?? String(answer.status);
}

const BODY = JSON.stringify({ tenant: 'acme', receipts: ['a.b.c'] });
const proofOf = (over: { readonly tenantId?: string; readonly body?: string } = {}) =>
  signRequest(
    { tenantId: 'acme', method: 'POST', path: RECEIPTS, body: BODY, ...over },
    signingKey(),
    nowMs,
  );

describe('a request', () => {
  it('counts once: whoever repeats it within its minute is refused', async () => {
    const proof = await proofOf();
    expect(await send({ body: BODY, proof })).toBe('202');
    nowMs += 59_000;
    expect(await send({ body: BODY, proof })).toBe('proof_replayed');
    expect(await send({ body: BODY, proof: await proofOf() })).toBe('202');
  });

  it('counts for its own body, method, address and tenant', async () => {
    const other = JSON.stringify({ tenant: 'acme', receipts: ['d.e.f'] });
    expect(await send({ body: other, proof: await proofOf() })).toBe('proof_forged');
    const poll = '/v1/receivers/gateway/commands?tenant=acme&wait=0';
    expect(await send({ method: 'GET', path: poll, proof: await proofOf() })).toBe('proof_forged');
    // The same receiver and key under another tenant, as two installations may have them.
    const twin = await proofOf({ tenantId: 'other' });
    expect(await send({ body: BODY, proof: twin })).toBe('proof_wrong_audience');
  });

  it('counts for a minute, and never where nobody remembers what was used', async () => {
    const proof = await proofOf();
    nowMs += 61_000;
    expect(await send({ body: BODY, proof })).toBe('proof_too_old');
    nowMs = Date.parse(START) - 5_000;
    const before = await proofOf();
    nowMs = Date.parse(START) + 5_000;
    expect(await send({ body: BODY, proof: before })).toBe('proof_from_before_start');
  });

  it('without an id of its own is refused', async () => {
    const value = new TextEncoder().encode('GET /v1/receivers/gateway/commands?tenant=acme\n');
    const audience = 'waywarden:acme';
    const topic = 'waywarden.receiver.requests.v1';
    const bare = { topic, audience, iat: nowMs / 1000 };
    const digest = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
    const signed = Buffer.concat([value, Buffer.from(digest)]);
    const proof = await signDetached(signed, signingKey(), bare);
    const path = '/v1/receivers/gateway/commands?tenant=acme';
    expect(await send({ method: 'GET', path, proof })).toBe('proof_without_id');
  });
});

describe('a receipt', () => {
  const { signal } = new AbortController();

  it('of a command that never was is refused, and its sender is told', async () => {
    const refused = await source().send([await receiptOf()], signal);
    expect(refused).toEqual([{ index: 0, reason: 'command_unknown' }]);
    expect(await log.endOffsets(TOPICS.revocationReceipts.name)).toEqual([0]);
  });

  it('of a command that was handed out is taken, of this agent alone', async () => {
    await give(UUID(1));
    expect((await source().next(null, signal)).records).toHaveLength(1);
    const receipts = [await receiptOf({ agent_uid: 'agent/b' }), await receiptOf()];
    expect(await source().send(receipts, signal)).toEqual([
      { index: 0, reason: 'command_unknown' },
    ]);
    expect(await log.endOffsets(TOPICS.revocationReceipts.name)).toEqual([1]);
  });
});
