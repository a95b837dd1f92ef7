/** Ingest over HTTP against the embedded log: what is answered, and what then stands in the log. */
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EventLog, EventLogError } from '@waywarden/event-log';
import { openLmdbLog } from '@waywarden/event-log/lmdb';
import {
  issueToken,
  type NewToken,
  openDeadLetter,
  type RunningIngest,
  startIngest,
} from '@waywarden/ingest';
import {
  type AuditEvent,
  loadOrCreateKeyFile,
  TOPICS,
  tenantFingerprintKey,
} from '@waywarden/schemas';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const NOW = '2026-11-24T09:00:00.000Z';
const folders: string[] = [];
let folder = '';
let log: EventLog;
let ingest: RunningIngest;
let token = '';
/** Set by a test to make the next appends fail as a broker would. */
let failing = false;

const keyFile = () =>
  loadOrCreateKeyFile(join(folder, 'ingest.json'), {
    service: 'ingest',
    uses: ['fingerprint'],
    createdAt: NOW,
  });

function grant(set: Partial<NewToken> = {}): string {
  const tokens = join(folder, 'tokens.json');
  const source = { kind: 'sdk', instance: 's-1' };
  return issueToken(tokens, {
    id: 'one',
    tenant: 'acme',
    source,
    assurance: 'authenticated',
    ...set,
  });
}

const started = () =>
  startIngest({
    log,
    keyFile: keyFile(),
    tokensPath: join(folder, 'tokens.json'),
    logger: pino({ level: 'silent' }),
    bodyBytesMax: 64 * 1024,
    nowMs: () => Date.parse(NOW),
  });

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ww-ingest-'));
  folders.push(folder);
  const opened = await openLmdbLog({ path: join(folder, 'log'), durable: false });
  await opened.createTopics([
    { name: TOPICS.auditEvents.name, partitions: 2 },
    { name: TOPICS.auditDeadletter.name, partitions: 1 },
  ]);
  log = new Proxy(opened, {
    get: (target, name) => {
      if (name === 'append' && failing) {
        return () => Promise.reject(new EventLogError('unavailable', 'no', { retryable: true }));
      }
      const member: unknown = Reflect.get(target, name, target);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
  failing = false;
  token = grant();
  ingest = await started();
});

afterEach(async () => {
  await ingest.close();
  await log.close();
  for (const one of folders.splice(0)) rmSync(one, { recursive: true, force: true });
});

const event = (set: object = {}) => ({
  native_id: 'n-1',
  event_time: '2026-11-24T08:59:59Z',
  activity: 'tool_call',
  agent: { uid: 'agent-1' },
  tool: { name: 'send_email' },
  args: { value: { to: 'bob@acme.example', body: 'the clear body' } },
  ...set,
});

async function post(body: string | Uint8Array, headers: Readonly<Record<string, string>> = {}) {
  const response = await fetch(`${ingest.url}/v1/events`, {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/x-ndjson',
      authorization: `Bearer ${token}`,
      ...headers,
    },
  });
  const answer = (await response.json()) as Record<string, unknown>;
  return { status: response.status, headers: response.headers, answer };
}

async function logged(
  topic: string,
): Promise<readonly { value: Uint8Array | null; headers: Readonly<Record<string, string>> }[]> {
  const ends = await log.endOffsets(topic);
  const parts = await Promise.all(ends.map((_, p) => log.read(topic, p, 0, 1000)));
  return parts.flat();
}

const events = async () =>
  (await logged(TOPICS.auditEvents.name)).map(
    ({ value }) => JSON.parse(Buffer.from(value ?? []).toString()) as AuditEvent,
  );

describe('POST /v1/events', () => {
  it('accepts good lines beside bad ones, and both stand in the log', async () => {
    const bad = '{"activity":"tool_call","secret":"hunter2"}';
    const lines = [
      JSON.stringify(event()),
      bad,
      '{"broken',
      JSON.stringify(event({ native_id: 'n-2' })),
    ];
    const { status, answer } = await post(lines.join('\n'));
    expect(status).toBe(202);
    expect(answer).toMatchObject({ accepted: 2, duplicates: 0, dead_lettered: 2 });
    expect(answer['errors']).toMatchObject([
      { line: 2, field: 'event_time' },
      { line: 3, field: '', reason: 'the line is not JSON' },
    ]);
    const stored = await events();
    expect(stored.map(({ event_id: id }) => id).sort()).toEqual(
      [...(answer['event_ids'] as string[])].sort(),
    );
    expect(stored[0]).toMatchObject({
      tenant_id: 'acme',
      source: { kind: 'sdk', instance: 's-1' },
      agent: { assurance: 'authenticated' },
      observed_time: '2026-11-24T09:00:00.000000000Z',
    });
    expect(JSON.stringify(stored)).not.toContain('clear body');
    const [letter] = await logged(TOPICS.auditDeadletter.name);
    const opened = openDeadLetter(
      tenantFingerprintKey(keyFile(), 'acme'),
      letter?.value ?? new Uint8Array(),
    );
    expect(Buffer.from(opened ?? []).toString()).toBe(bad);
  });

  it('takes one object and an array as JSON', async () => {
    const json = { 'content-type': 'application/json; charset=utf-8' };
    expect((await post(JSON.stringify(event()), json)).answer).toMatchObject({ accepted: 1 });
    const array = JSON.stringify([event({ native_id: 'a' }), event({ native_id: 'b' }), 1]);
    expect((await post(array, json)).answer).toMatchObject({ accepted: 2, dead_lettered: 1 });
  });

  it('writes a repeat once and answers it like the first', async () => {
    const line = JSON.stringify(event());
    const first = await post(line);
    const second = await post(line);
    expect(second.answer).toMatchObject({ accepted: 0, duplicates: 1 });
    expect(second.answer['event_ids']).toEqual(first.answer['event_ids']);
    expect(await events()).toHaveLength(1);
  });

  it('knows repeats and conflicts after a restart, without the body standing in the log', async () => {
    const line = JSON.stringify(event());
    await post(line);
    await ingest.close();
    ingest = await started();
    expect((await post(line)).answer).toMatchObject({ accepted: 0, duplicates: 1 });
    const other = await post(JSON.stringify(event({ outcome: 'denied' })));
    expect(other).toMatchObject({ status: 400, answer: { error: 'id_conflict' } });
    expect(await events()).toHaveLength(1);
    const [record] = await logged(TOPICS.auditEvents.name);
    const unkeyed = createHash('sha256').update(line).digest('base64url');
    expect(unkeyed).not.toContain(record?.headers['ww_body'] ?? unkeyed);
  });

  it('accepts nothing that the log did not acknowledge, and takes the retry', async () => {
    failing = true;
    const refused = await post(JSON.stringify(event()));
    expect(refused.status).toBe(503);
    expect(refused.answer['error']).toBe('log_unavailable');
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    failing = false;
    expect((await post(JSON.stringify(event()))).answer).toMatchObject({ accepted: 1 });
    expect(await events()).toHaveLength(1);
  });

  it('takes derived fields only from a token that allows them', async () => {
    const own = event({ effect: 'read', capabilities: [] });
    await post(JSON.stringify(own));
    token = grant({ id: 'two', trust_fields: true, source: { kind: 'gateway', instance: 'g' } });
    ingest.reloadTokens();
    await post(JSON.stringify(own));
    expect((await events()).map(({ effect }) => effect).sort()).toEqual(['read', 'send']);
  });

  it.each([
    ['no_token', 401, { authorization: '' }, '{}'],
    ['unknown_token', 401, { authorization: 'Bearer wwi_unknown' }, '{}'],
    ['unsupported_media_type', 415, { 'content-type': 'text/plain' }, '{}'],
    ['unsupported_media_type', 415, { 'content-encoding': 'br' }, '{}'],
    ['not_json', 400, { 'content-type': 'application/json' }, '{'],
    ['empty_body', 400, {}, '\n \n'],
    ['not_utf8', 400, {}, new Uint8Array([0x7b, 0xff])],
    ['body_too_large', 413, {}, 'x'.repeat(70_000)],
    ['too_many_events', 413, {}, '1\n'.repeat(10_001)],
  ] as const)('refuses with %s (%i), saying what to do', async (error, status, headers, body) => {
    const refused = await post(body, headers);
    expect(refused.status).toBe(status);
    expect(refused.answer).toMatchObject({
      error,
      detail: expect.any(String),
      what_to_do: expect.any(String),
    });
    expect(await events()).toHaveLength(0);
  });

  it('forbids a revoked token', async () => {
    token = grant({ state: 'revoked' });
    ingest.reloadTokens();
    expect(await post('{}')).toMatchObject({ status: 403, answer: { error: 'revoked_token' } });
  });

  it('keeps the tokens of before when the file is broken', async () => {
    const path = join(folder, 'tokens.json');
    expect(readFileSync(path, 'utf8')).not.toContain(token);
    rmSync(path);
    ingest.reloadTokens();
    expect((await post(JSON.stringify(event()))).status).toBe(202);
  });
});

const UNREAD_TEXT =
  'Tervetuloa takaisin kotiin hyvä ystävä kallis. Talvi oli pitkä mutta kevät saapuu vihdoin maahan. Kaikki linnut laulavat iloisesti metsässä aamulla varhain.';

describe('status', () => {
  it('is healthy, and ready only with both topics', async () => {
    expect((await fetch(`${ingest.url}/health`)).status).toBe(200);
    expect((await fetch(`${ingest.url}/ready`)).status).toBe(200);
    await log.close();
    const answer = await fetch(`${ingest.url}/ready`);
    expect(answer.status).toBe(503);
    expect(await answer.json()).toMatchObject({ ready: false, reason: 'log_unavailable' });
  });

  it('counts what it took', async () => {
    await post(`${JSON.stringify(event())}\n{}`);
    const text = await (await fetch(`${ingest.url}/metrics`)).text();
    const counted = 'waywarden_ingest_events_total{tenant="acme",source="sdk/s-1"';
    expect(text).toContain(`${counted},result="accepted"} 1`);
    expect(text).toContain(`${counted},result="dead_lettered"} 1`);
    expect(text).toContain('waywarden_dead_letters_total{stage="ingest",reason="wrong_shape"} 1');
  });

  it('counts texts whose language it does not read, and calls of which values were cut', async () => {
    const result = { value: UNREAD_TEXT };
    const args = { value: { to: Array.from({ length: 80 }, (_, n) => `p${n}@acme.example`) } };
    await post(
      `${JSON.stringify(event({ result }))}\n${JSON.stringify(event({ native_id: 'n-2', args }))}`,
    );
    const text = await (await fetch(`${ingest.url}/metrics`)).text();
    expect(text).toMatch(/^waywarden_ingest_unread_language_events_total\{.*\} 1$/m);
    expect(text).toMatch(/^waywarden_ingest_truncated_events_total\{.*\} 1$/m);
  });
});
