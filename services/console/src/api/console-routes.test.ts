/** Pages of a real log and an empty store: what the first page shows, its links must answer for. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EventLog } from '@waywarden/event-log';
import { openLmdbLog } from '@waywarden/event-log/lmdb';
import { HEADERS, TOPICS } from '@waywarden/schemas';
import { type FastifyInstance, fastify } from 'fastify';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { consoleRoutes } from './console-routes.ts';

const NOW = '2026-11-24T09:00:00Z';

let folder: string;
let log: EventLog;
let app: FastifyInstance;
let close: () => void;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'waywarden-console-'));
  log = await openLmdbLog({ path: folder });
  await log.createTopics([{ name: TOPICS.auditEvents.name, partitions: 2 }]);
  app = fastify();
  const streams = consoleRoutes(app, {
    store: { rows: () => Promise.resolve([]) },
    log,
    tenant: 'acme',
    rules: () => ({}),
    status: () => Promise.resolve({ stages: [] } as never),
    now: () => NOW,
    tryIt: '',
    connect: [],
    sources: () => [],
    absent: ['/rules'],
  });
  close = () => streams.close();
});

afterEach(async () => {
  close();
  await app.close();
  await log.close();
  rmSync(folder, { recursive: true, force: true });
});

function append(id: string, agent: string, tenant = 'acme'): Promise<void> {
  const event = {
    event_id: id,
    event_time: NOW,
    observed_time: NOW,
    tenant_id: tenant,
    agent: { uid: agent, assurance: 'asserted' },
    activity: 'tool_call',
    tool: { name: 'read_file', server: 'files' },
    effect: 'read',
    outcome: 'success',
    capabilities: [],
    chain_id: 'chain-1',
  };
  const value = new TextEncoder().encode(JSON.stringify(event));
  const headers = { [HEADERS.type]: 'event' };
  return log.append([
    { topic: TOPICS.auditEvents.name, key: `${tenant}|${agent}`, value, headers },
  ]);
}

const ask = async (url: string) => {
  const answer = await app.inject({ url });
  return { status: answer.statusCode, body: answer.json() };
};

it('an agent whose calls are not stored yet has a page, of the calls that the log holds', async () => {
  await append('1', 'mine');
  await append('2', 'other');
  const { status, body } = await ask('/v1/console/agent?uid=mine');
  expect(status).toBe(200);
  const timeline = (await ask('/v1/console/agent/timeline?uid=mine')).body;
  expect(timeline.moments).toMatchObject([{ kind: 'call', call: { event_id: '1' } }]);
  expect((await ask('/v1/console/agent/timeline?uid=mine&cursor=x')).status).toBe(400);
  expect(body).toMatchObject({
    calls: 1,
    first: NOW,
    tools: [{ tool: 'files/read_file', calls: 1, denied: 0 }],
  });
});

it('a chain whose calls are not stored yet has a page too', async () => {
  await append('1', 'mine');
  await append('2', 'other');
  const { status, body } = await ask('/v1/console/chains/chain-1');
  expect([status, body.calls]).toEqual([200, 2]);
  expect(body.agents).toHaveLength(2);
});

it('the first page names the pages whose answers stand elsewhere', async () => {
  expect((await ask('/v1/console/now')).body.absent).toEqual(['/rules']);
});

it('what neither log nor store holds is not found, nor is what another tenant holds', async () => {
  await append('1', 'stranger', 'elsewhere');
  expect((await ask('/v1/console/agent?uid=stranger')).status).toBe(404);
  expect((await ask('/v1/console/chains/chain-1')).status).toBe(404);
});
