/** The stream as a page reads it: over HTTP, from a real log, resumed where it was left. */
import { mkdtempSync, rmSync } from 'node:fs';
import { get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EventLog } from '@waywarden/event-log';
import { openLmdbLog } from '@waywarden/event-log/lmdb';
import { HEADERS, TOPICS } from '@waywarden/schemas';
import { type FastifyInstance, fastify } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ConsoleStatus } from '../core/view-model.ts';
import { consoleRoutes } from './console-routes.ts';
import { STREAM_CLIENTS_MAX, type Streams } from './stream-route.ts';

const STATUS: ConsoleStatus = {
  version: '0',
  tenant: 'acme',
  data: '',
  started_at: '2026-11-24T09:00:00Z',
  health: 'ok',
  sentence: 'Watching.',
  events_per_s: 0,
  counts: null,
  counts_at: null,
  stages: [],
  last_error: null,
};

let folder: string;
let log: EventLog;
let app: FastifyInstance;
let streams: Streams;
let port: number;
const open: IncomingMessage[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'waywarden-stream-'));
  log = await openLmdbLog({ path: folder });
  await log.createTopics([{ name: TOPICS.auditEvents.name, partitions: 2 }]);
  app = fastify();
  streams = consoleRoutes(app, {
    store: { rows: () => Promise.resolve([]) },
    log,
    tenant: 'acme',
    rules: () => ({}),
    status: () => Promise.resolve(STATUS),
    now: () => '2026-11-24T09:00:00Z',
    tryIt: '',
    connect: [],
    sources: () => [],
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
  port = (app.server.address() as AddressInfo).port;
});

afterEach(async () => {
  streams.close();
  for (const one of open.splice(0)) one.destroy();
  await app.close();
  await log.close();
  rmSync(folder, { recursive: true, force: true });
});

const connect = (headers: Record<string, string> = {}): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, path: '/v1/console/stream', headers }, (response) => {
      open.push(response);
      response.setEncoding('utf8');
      resolve(response);
    }).on('error', reject);
  });

interface Reported {
  readonly id: string;
  readonly type: string;
  readonly data: string;
}

/** The first message of a type. */
async function told(stream: IncomingMessage, type: string): Promise<Reported> {
  let text = '';
  for await (const part of stream.iterator({ destroyOnReturn: false })) {
    text += String(part);
    for (const block of text.split('\n\n')) {
      const field = (name: string) => block.match(new RegExp(`^${name}: (.*)$`, 'm'))?.[1] ?? '';
      if (field('event') === type && text.includes(`${block}\n\n`)) {
        return { id: field('id'), type, data: field('data') };
      }
    }
  }
  throw new Error(`The stream ended before ${type}.`);
}

function append(agent: string, tenant = 'acme'): Promise<void> {
  const event = {
    event_id: agent,
    event_time: '2026-11-24T09:00:00Z',
    observed_time: '2026-11-24T09:00:00Z',
    tenant_id: tenant,
    agent: { uid: agent, assurance: 'asserted' },
    activity: 'tool_call',
    effect: 'read',
    outcome: 'success',
    capabilities: [],
    chain_id: 'c',
  };
  const value = new TextEncoder().encode(JSON.stringify(event));
  const headers = { [HEADERS.type]: 'event' };
  return log.append([
    { topic: TOPICS.auditEvents.name, key: `${tenant}|${agent}`, value, headers },
  ]);
}

describe('the stream of changes', () => {
  it('tells a new call of this tenant within a second or two, and none of another', async () => {
    const stream = await connect();
    await told(stream, 'status');
    await append('stranger', 'other');
    await append('mine');
    const { data } = await told(stream, 'events');
    expect(data).toContain('"agent_uid":"mine"');
    expect(data).not.toContain('stranger');
  });

  it('has the first page ask again once it looks: what was stored in between was told to nobody', async () => {
    const stream = await connect();
    expect((await told(stream, 'changed')).type).toBe('changed');
  });

  it('gives a page that comes back what it missed, and says so when that is not known', async () => {
    const first = await connect();
    const { id } = await told(first, 'status');
    await append('missed');
    await told(first, 'events');
    const back = await connect({ 'last-event-id': id });
    expect((await told(back, 'events')).data).toContain('"agent_uid":"missed"');
    const stranger = await connect({ 'last-event-id': 'another-run.7' });
    expect((await told(stranger, 'reset')).type).toBe('reset');
  });

  it('serves so many pages at once and no more, and says what to do', async () => {
    for (let i = 0; i < STREAM_CLIENTS_MAX; i++) await connect();
    const refused = await connect();
    expect(refused.statusCode).toBe(503);
    expect(refused.headers['retry-after']).toBe('5');
  });
});
