/** Real clients' addresses over HTTP against the embedded log: what is answered, and what then stands in the log. */
import { gzipSync } from 'node:zlib';
import { type RunningIngest, revokeToken } from '@waywarden/ingest';
import { TOPICS } from '@waywarden/schemas';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BODY_BYTES_MAX, TelemetryWorld, toolSpan, traces } from './telemetry-world.ts';

let world: TelemetryWorld;
let ingest: RunningIngest;

beforeEach(async () => {
  world = new TelemetryWorld();
  await world.open();
  ingest = await world.start();
});

afterEach(() => world.close());

const JSON_TYPE = { 'content-type': 'application/json' };
const PROTOBUF_TYPE = { 'content-type': 'application/x-protobuf' };

async function post(
  path: string,
  body: string | Uint8Array,
  headers: Readonly<Record<string, string>> = JSON_TYPE,
  method = 'POST',
) {
  const response = await fetch(ingest.url + path, {
    method,
    body,
    headers: { authorization: `Bearer ${world.token}`, ...headers },
  });
  const bytes = Buffer.from(await response.arrayBuffer());
  return { status: response.status, headers: response.headers, bytes, text: bytes.toString() };
}

const MAGIC = [0x28, 0xb5, 0x2f, 0xfd];
/** A window of 128 KiB; the header of a block: last, type, size. */
const FRAME_HEAD = [...MAGIC, 0, 7 << 3];
const block = (isLast: boolean, type: number, size: number) => {
  const head = Number(isLast) + type * 2 + size * 8;
  return [head & 0xff, (head >> 8) & 0xff, (head >> 16) & 0xff];
};
const rawZstd = (text: string): Uint8Array =>
  Buffer.concat([Buffer.from([...FRAME_HEAD, ...block(true, 0, text.length)]), Buffer.from(text)]);
/** Each block of four bytes unpacks to 128 KiB. */
const zstdBomb = (blocks: number): Uint8Array =>
  Buffer.from([
    ...FRAME_HEAD,
    ...Array.from({ length: blocks }, (_, at) => [
      ...block(at === blocks - 1, 1, 131_072),
      32,
    ]).flat(),
  ]);

describe('a call that a client reports', () => {
  it('becomes one event, and nothing of its clear content stands in the log', async () => {
    const secret = 'the clear body of the mail';
    const args = JSON.stringify({ to: 'bob@acme.example', body: secret });
    const { status, text } = await post('/v1/traces', traces(toolSpan({ args })));
    expect([status, text]).toEqual([200, '{}']);
    await ingest.concludeCalls();
    const [event, ...others] = await world.events();
    expect(others).toEqual([]);
    expect(event).toMatchObject({
      tenant_id: 'acme',
      source: { kind: 'otel', instance: 'laptop' },
      activity: 'tool_call',
      phase: 'completed',
      agent: { uid: 'agent/mailer', assurance: 'asserted' },
      tool: { name: 'send_email', call_id: 'call-1' },
      conversation_id: 'talk-1',
    });
    const all = Object.values(TOPICS).map(({ name }) => name);
    for (const topic of all.filter((name) => /audit|telemetry/.test(name))) {
      for (const { value, headers } of await world.records(topic)) {
        const stored = Buffer.from(value ?? []).toString('latin1') + JSON.stringify(headers);
        expect(stored).not.toContain(secret);
      }
    }
  });

  it('is the same event when its sender sends it twice', async () => {
    const body = traces(toolSpan());
    await post('/v1/traces', body);
    await post('/v1/traces', gzipSync(body), { ...JSON_TYPE, 'content-encoding': 'gzip' });
    await ingest.concludeCalls();
    await post('/v1/traces', body);
    await ingest.concludeCalls();
    expect(await world.events()).toHaveLength(1);
    expect(await world.records(TOPICS.auditDeadletter.name)).toEqual([]);
  });

  it('is not believed further than asserted, whatever its token proves of other events', async () => {
    await post('/v1/traces', traces(toolSpan()));
    await ingest.concludeCalls();
    const [event] = await world.events();
    expect(event?.agent.assurance).toBe('asserted');
    expect(event?.claims.conversation).toBe('asserted');
  });

  it('is concluded by the clock when nobody asks for it', async () => {
    await ingest.close();
    ingest = await world.start({ join: { quietMs: 100, waitMsMax: 1_000 } });
    await post('/v1/traces', traces(toolSpan()));
    await expect.poll(() => world.events(), { timeout: 5_000 }).toHaveLength(1);
  });
});

describe('who may send', () => {
  const basic = (user: string, password: string) => ({
    authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
  });

  it.each<[string, (token: string) => Readonly<Record<string, string>>]>([
    ['as Bearer', (token) => ({ authorization: `Bearer ${token}` })],
    ['as password of Basic', (token) => basic('pk-lf-1', token)],
    ['as user of Basic', (token) => basic(token, '')],
    ['as x-api-key', (token) => ({ authorization: '', 'x-api-key': token })],
  ])('a token %s is taken', async (_, headers) => {
    const { status } = await post('/v1/traces', traces(toolSpan()), {
      ...JSON_TYPE,
      ...headers(world.token),
    });
    expect(status).toBe(200);
  });

  it.each([
    ['none', { authorization: '' }],
    ['an unknown one', { authorization: 'Bearer wwi_nobody-knows-this' }],
    ['an unknown key', { authorization: '', 'x-api-key': 'lsv2_nobody' }],
  ])('with %s nothing is read', async (_, headers) => {
    const { status } = await post('/v1/traces', traces(toolSpan()), { ...JSON_TYPE, ...headers });
    expect(status).toBe(401);
    await ingest.concludeCalls();
    expect(await world.events()).toEqual([]);
  });

  it('two tokens of one source that prove the same bring one call', async () => {
    const other = world.grant('renewed', 'laptop');
    ingest.reloadTokens();
    await post('/v1/traces', traces(toolSpan()));
    await post('/v1/traces', traces(toolSpan()), {
      ...JSON_TYPE,
      authorization: `Bearer ${other}`,
    });
    await ingest.concludeCalls();
    expect(await world.events()).toHaveLength(1);
    expect(await world.records(TOPICS.auditDeadletter.name)).toEqual([]);
  });

  it('two sources never complete each other’s calls', async () => {
    const other = world.grant('two', 'server');
    ingest.reloadTokens();
    await post('/v1/traces', traces(toolSpan()));
    await post('/v1/traces', traces(toolSpan()), {
      ...JSON_TYPE,
      authorization: `Bearer ${other}`,
    });
    await ingest.concludeCalls();
    const sources = (await world.events()).map(({ source }) => source.instance).sort();
    expect(sources).toEqual(['laptop', 'server']);
  });
});

describe('the answers of OTLP', () => {
  it('are empty and in the encoding of the request when all was taken', async () => {
    const { status, headers, bytes } = await post('/v1/traces', new Uint8Array(0), PROTOBUF_TYPE);
    expect([status, headers.get('content-type'), bytes.length]).toEqual([
      200,
      'application/x-protobuf',
      0,
    ]);
  });

  it('count what was refused of a body of which the rest was taken', async () => {
    const many = Array.from({ length: 50_000 }, () => ({}));
    const { status, text } = await post('/v1/traces', traces(toolSpan(), ...many));
    expect(status).toBe(200);
    const { partialSuccess } = JSON.parse(text) as {
      partialSuccess: { rejectedSpans: string; errorMessage: string };
    };
    expect(partialSuccess.rejectedSpans).toBe('1');
    expect(partialSuccess.errorMessage).not.toBe('');
    await ingest.concludeCalls();
    expect(await world.events()).toHaveLength(1);
  });

  it('say of a body that can not be read that it need not be sent again', async () => {
    const asJson = await post('/v1/traces', '{"resourceSpans":');
    expect(asJson.status).toBe(400);
    expect(JSON.parse(asJson.text)).toMatchObject({ code: 3, error: 'unreadable_body' });
    const asProtobuf = await post('/v1/logs', Buffer.from([0xff, 0xff, 0xff]), PROTOBUF_TYPE);
    expect(asProtobuf.status).toBe(400);
    // google.rpc.Status: field 1 is the code.
    expect([...asProtobuf.bytes.subarray(0, 2)]).toEqual([8, 3]);
  });

  it('take metrics, drop them and count them', async () => {
    expect((await post('/v1/metrics', '{"resourceMetrics":[]}')).text).toBe('{}');
    expect((await post('/v1/metrics', new Uint8Array([10, 0]), PROTOBUF_TYPE)).status).toBe(200);
    const metrics = await (await fetch(`${ingest.url}/metrics`)).text();
    expect(metrics).toMatch(/^waywarden_ingest_dropped_metrics_total 2$/m);
    expect(await world.records(TOPICS.telemetry.name)).toEqual([]);
  });

  it('ask for a retry while the log does not acknowledge, and the retry is one event', async () => {
    world.isFailing = true;
    const { status, headers } = await post('/v1/traces', traces(toolSpan()));
    expect(status).toBe(503);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    world.isFailing = false;
    expect((await post('/v1/traces', traces(toolSpan()))).status).toBe(200);
    await ingest.concludeCalls();
    expect(await world.events()).toHaveLength(1);
  });
});

describe('what is refused before it is read', () => {
  it.each([
    ['a type that no exporter sends', { 'content-type': 'text/plain' }],
    ['another character set', { 'content-type': 'application/json; charset=utf-16' }],
    ['a coding that is not known', { ...JSON_TYPE, 'content-encoding': 'br' }],
  ])('%s: 415', async (_, headers) => {
    expect((await post('/v1/traces', traces(toolSpan()), headers)).status).toBe(415);
  });

  it('a form that its address does not take: 415', async () => {
    expect((await post('/v1/hooks', new Uint8Array(4), PROTOBUF_TYPE)).status).toBe(415);
    expect((await post('/runs/multipart', '{}')).status).toBe(415);
  });

  it.each<[string, string, () => Uint8Array]>([
    ['gzip', 'gzip', () => gzipSync(Buffer.alloc(64 * BODY_BYTES_MAX))],
    ['gzip of noise', 'gzip', () => gzipSync(Buffer.alloc(2 * BODY_BYTES_MAX, 'noise'))],
    ['zstd', 'zstd', () => zstdBomb(4_096)],
    ['zstd with a window of 2 GiB', 'zstd', () => Buffer.from([...MAGIC, 0, 21 << 3, 1, 0, 0])],
  ])('a bomb in %s: 413, and its bytes are never held', async (_, coding, bomb) => {
    const before = process.memoryUsage().arrayBuffers;
    const { status } = await post('/v1/traces', bomb(), {
      ...JSON_TYPE,
      'content-encoding': coding,
    });
    expect(status).toBe(413);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(80 * 1024 * 1024);
  });

  it('what is called zstd and is none: 400', async () => {
    const headers = { ...JSON_TYPE, 'content-encoding': 'zstd' };
    expect((await post('/v1/traces', 'not zstd at all', headers)).status).toBe(400);
    const cut = rawZstd(traces(toolSpan())).subarray(0, 100);
    expect((await post('/v1/traces', cut, headers)).status).toBe(400);
  });
});

describe('the addresses of clients', () => {
  it('are taken behind any prefix, since clients append their paths', async () => {
    expect((await post('/collector/otel/v1/traces', traces(toolSpan()))).status).toBe(200);
    expect((await post('/langsmith/runs/batch', '{"post":[],"patch":[]}')).status).toBe(202);
    expect((await post('/a/b/c/v1/hooks', '{}')).status).not.toBe(404);
    expect((await post('/a/v1/events', '{}')).status).toBe(404);
  });

  it('answer LangSmith’s SDK what it asks a server', async () => {
    const info = await (await fetch(`${ingest.url}/langsmith/info`)).json();
    expect(info).toMatchObject({
      batch_ingest_config: { use_multipart_endpoint: true, size_limit_bytes: BODY_BYTES_MAX },
      instance_flags: { zstd_compression_enabled: true },
    });
  });

  it('take zstd as LangSmith’s SDK sends it', async () => {
    const headers = { ...JSON_TYPE, 'content-encoding': 'zstd' };
    expect((await post('/v1/traces', rawZstd(traces(toolSpan())), headers)).status).toBe(200);
    await ingest.concludeCalls();
    expect(await world.events()).toHaveLength(1);
  });

  it('take single runs of LangSmith, posted and then patched, as one call', async () => {
    const id = '0a2f6a9e-1111-4222-8333-444455556666';
    const run = {
      id,
      trace_id: id,
      dotted_order: `20261201T030000000000Z${id}`,
      name: 'send_email',
      run_type: 'tool',
      start_time: '2026-12-01T03:00:00Z',
      inputs: { to: 'bob' },
    };
    expect((await post('/runs', JSON.stringify(run))).status).toBe(202);
    const end = JSON.stringify({
      trace_id: id,
      dotted_order: run.dotted_order,
      end_time: '2026-12-01T03:00:01Z',
      outputs: { output: 'sent' },
    });
    expect((await post(`/runs/${id}`, end, JSON_TYPE, 'PATCH')).status).toBe(202);
    await ingest.concludeCalls();
    const events = await world.events();
    expect(events.map(({ tool, outcome }) => [tool?.name, outcome])).toEqual([
      ['send_email', 'success'],
    ]);
  });

  it('answer a hook with an empty object, which decides nothing', async () => {
    const payload = JSON.stringify({ session_id: 's', hook_event_name: 'SessionStart' });
    const { status, text } = await post('/v1/hooks', payload);
    expect([status, text]).toEqual([200, '{}']);
    expect((await post('/hooks/claude-code?event=Stop', payload)).text).toBe('{}');
  });

  it('take the exchanges of a proxy, one a line, and refuse what is none', async () => {
    const message = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64');
    const ask = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'pay' } };
    const line = (set: object) => JSON.stringify({ kind: 'wire', ...set });
    const lines = [
      line({ path: 'client->server', body_b64: message(ask) }),
      line({ path: 'server->client', body_b64: message({ jsonrpc: '2.0', id: 1, result: {} }) }),
    ];
    const headers = { 'content-type': 'application/x-ndjson' };
    expect((await post('/v1/exchanges', lines.join('\n'), headers)).status).toBe(202);
    expect((await post('/v1/exchanges', '{"path":7}')).status).toBe(400);
    await ingest.concludeCalls();
    expect((await world.events()).map(({ tool }) => tool?.name)).toContain('pay');
  });

  it('put nothing that a sender chooses into a label', async () => {
    await post('/chosen-prefix/v1/traces', traces(toolSpan()));
    await post('/hooks/chosen-hook?event=chosen-event', '{}');
    await post('/runs/chosen-run', '{}', JSON_TYPE, 'PATCH');
    const metrics = await (await fetch(`${ingest.url}/metrics`)).text();
    expect(metrics).toContain('route="/v1/traces"');
    expect(metrics).not.toContain('chosen');
  });
});

describe('after a crash', () => {
  it('what was answered is concluded by the next process, once', async () => {
    await post('/v1/traces', traces(toolSpan({ callId: 'call-before' })));
    // The first process is left as it stands: it concludes nothing by itself.
    const next = await world.start();
    await next.concludeCalls();
    expect((await world.events()).map(({ tool }) => tool?.call_id)).toEqual(['call-before']);
    const third = await world.start();
    await third.concludeCalls();
    expect(await world.events()).toHaveLength(1);
    expect(await world.records(TOPICS.auditDeadletter.name)).toEqual([]);
  });

  it('what was concluded before is not read again', async () => {
    await post('/v1/traces', traces(toolSpan({ callId: 'call-1' })));
    await ingest.concludeCalls();
    const seen: unknown[] = [];
    const next = await world.start({ onCall: (call) => seen.push(call.callId) });
    await next.concludeCalls();
    expect(seen).toEqual([]);
  });

  it('a call that was seen by halves is one call when its other half comes after the start', async () => {
    await post('/v1/traces', traces(toolSpan({ callId: 'call-2' })));
    const seen: unknown[] = [];
    ingest = await world.start({ onCall: (call) => seen.push(call.callId) });
    await post('/v1/traces', traces(toolSpan({ callId: 'call-2' })));
    await ingest.concludeCalls();
    expect(seen).toEqual(['call-2']);
  });

  it('a revoked token brings nothing back', async () => {
    await post('/v1/traces', traces(toolSpan()));
    revokeToken(`${world.folder}/tokens.json`, 'one');
    const next = await world.start();
    await next.concludeCalls();
    expect(await world.events()).toEqual([]);
  });
});
