/**
 * An ingest of its own process follows the topic `registry`: what a signed registry says of tools and
 * domains counts for events a moment later, without a restart; what is not signed by a believed key, or
 * travels under another key, changes nothing.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EventLog } from '@waywarden/event-log';
import { openLmdbLog } from '@waywarden/event-log/lmdb';
import { issueToken, type RunningIngest, startIngest } from '@waywarden/ingest';
import { publishRegistry } from '@waywarden/responder';
import {
  type AuditEvent,
  activeSigningKey,
  loadOrCreateKeyFile,
  registrySchema,
  signingKeyRing,
  TOPICS,
} from '@waywarden/schemas';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { until } from '../support/until.ts';

let folder = '';
let log: EventLog;
let ingest: RunningIngest | undefined;
let sent = 0;

const keysOf = (service: string) =>
  loadOrCreateKeyFile(join(folder, `${service}.json`), {
    service,
    uses: service === 'ingest' ? ['fingerprint'] : ['sign'],
    createdAt: '2026-11-24T09:00:00.000Z',
  });

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ww-follow-'));
  log = await openLmdbLog({ path: join(folder, 'log'), durable: false });
  const { auditEvents, auditDeadletter, registry } = TOPICS;
  await log.createTopics(
    [auditEvents, auditDeadletter, registry].map(({ name }) => ({ name, partitions: 1 })),
  );
});
afterEach(async () => {
  await ingest?.close();
  await log.close();
  rmSync(folder, { recursive: true, force: true });
});

async function start(): Promise<string> {
  const token = issueToken(join(folder, 'tokens.json'), {
    id: 'one',
    tenant: 'acme',
    source: { kind: 'sdk', instance: 's' },
  });
  ingest = await startIngest({
    log,
    keyFile: keysOf('ingest'),
    tokensPath: join(folder, 'tokens.json'),
    logger: pino({ level: 'silent' }),
    follow: { keys: signingKeyRing(keysOf('responder')), lookMs: 20 },
  });
  return token;
}

const saying = (effect: string) =>
  registrySchema.parse({
    version: 1,
    tools: [{ match: { tool: 'do_it' }, capabilities: [], effect }],
  });

const publish = (effect: string, by = 'responder', tenant = 'acme') =>
  publishRegistry(
    { log, signingKey: activeSigningKey(keysOf(by)), wallClock: () => '2026-11-24T09:00:00.000Z' },
    tenant,
    saying(effect),
  );

async function effectNow(token: string): Promise<string> {
  const [start = 0] = await log.endOffsets(TOPICS.auditEvents.name);
  const answer = await fetch(`${ingest?.url}/v1/events`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      native_id: `n-${sent++}`,
      event_time: new Date().toISOString(),
      activity: 'tool_call',
      agent: { uid: 'a' },
      tool: { name: 'do_it' },
    }),
  });
  expect(answer.status).toBe(202);
  const [record] = await log.read(TOPICS.auditEvents.name, 0, start, 1);
  return (JSON.parse(Buffer.from(record?.value ?? []).toString()) as AuditEvent).effect;
}

const becomes = (token: string, effect: string) =>
  until(async () => ((await effectNow(token)) === effect ? true : undefined));

describe('ingest follows the registry', () => {
  it('has what was published before it started, and takes over what comes', async () => {
    await publish('send');
    const token = await start();
    expect(await effectNow(token)).toBe('send');
    await publish('pay');
    await becomes(token, 'pay');
  });

  it('believes no other key, no other tenant’s registry, and no record under another key', async () => {
    const token = await start();
    await publish('send');
    await becomes(token, 'send');
    await publish('delete', 'stranger');
    await publish('grant', 'responder', 'other');
    const [end = 0] = await log.endOffsets(TOPICS.registry.name);
    const [moved] = await log.read(TOPICS.registry.name, 0, end - 1, 1);
    await log.append([
      {
        topic: TOPICS.registry.name,
        key: 'acme|registry|registry',
        value: moved?.value ?? null,
        headers: moved?.headers ?? {},
      },
      {
        topic: TOPICS.registry.name,
        key: 'acme|registry|registry',
        value: new TextEncoder().encode('{'),
        headers: {},
      },
    ]);
    // What comes last is taken over, so all before was looked at.
    const seen = new Set<string>();
    await publish('configure');
    await until(async () => {
      const effect = await effectNow(token);
      seen.add(effect);
      return effect === 'configure' ? true : undefined;
    });
    expect([...seen].filter((effect) => effect !== 'send' && effect !== 'configure')).toEqual([]);
  });
});
