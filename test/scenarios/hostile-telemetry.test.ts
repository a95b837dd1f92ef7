/** Telemetry that is made to harm, over HTTP to a running ingest: what it costs is bounded, and no call hides behind it. */
import type { RunningIngest } from '@waywarden/ingest';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TelemetryWorld, toolSpan } from './telemetry-world.ts';

let world: TelemetryWorld;
let ingest: RunningIngest;

beforeEach(async () => {
  world = new TelemetryWorld();
  await world.open();
  ingest = await world.start({ bodyBytesMax: 8 * 1024 * 1024 });
});

afterEach(() => world.close());

const MB = 1_000_000;
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const hex = (number: number) => number.toString(16).padStart(16, '0');
const attribute = (key: string, value: string) => ({ key, value: { stringValue: value } });

function bodyOf(spans: readonly object[]): string {
  return JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] });
}

async function post(body: string, path = '/v1/traces', type = 'application/json') {
  const headers = { authorization: `Bearer ${world.token}`, 'content-type': type };
  const response = await fetch(ingest.url + path, { method: 'POST', headers, body });
  return { status: response.status, text: await response.text() };
}

/** Tools of the calls that stand in the log. */
async function told(): Promise<readonly string[]> {
  await ingest.concludeCalls();
  return (await world.events()).flatMap(({ tool }) => tool?.name ?? []);
}

const noise = (number: number, parent: number) => ({
  traceId: TRACE,
  spanId: hex(number),
  parentSpanId: hex(parent),
  name: 'noise',
  attributes: [],
});

describe('telemetry that is made to harm', () => {
  it('a storm of spans in one trace hides no call of it', async () => {
    const storm = Array.from({ length: 8_000 }, (_, at) => noise(at + 2, at + 1));
    for (let round = 0; round < 8; round += 1) {
      expect((await post(bodyOf(storm))).status).toBe(200);
    }
    expect((await post(bodyOf([toolSpan()]))).status).toBe(200);
    expect(await told()).toEqual(['send_email']);
  });

  it('parents in a circle end where they began', async () => {
    const circle = [noise(1, 3), noise(2, 1), noise(3, 2)];
    const caught = { ...toolSpan(), parentSpanId: hex(1) };
    expect((await post(bodyOf([...circle, caught]))).status).toBe(200);
    expect(await told()).toEqual(['send_email']);
  });

  it('a span that is its own parent is a call like any other', async () => {
    const span = { ...toolSpan(), spanId: hex(7), parentSpanId: hex(7) };
    await post(bodyOf([span]));
    expect(await told()).toEqual(['send_email']);
  });

  it('an attribute of 10 MB is refused with its body, one of 7 MB is taken', async () => {
    const of = (size: number) => toolSpan({ args: JSON.stringify({ body: 'x'.repeat(size) }) });
    expect((await post(bodyOf([of(10 * MB)]))).status).toBe(413);
    expect((await post(bodyOf([of(7 * MB)]))).status).toBe(200);
    expect(await told()).toEqual(['send_email']);
  });

  it('ten thousand attributes of a span cost only those that are read', async () => {
    const many = Array.from({ length: 10_000 }, (_, at) => attribute(`k${at}`, 'v'));
    const span: { attributes?: object[] } = toolSpan();
    await post(bodyOf([{ ...span, attributes: [...(span.attributes ?? []), ...many] }]));
    expect(await told()).toEqual(['send_email']);
  });

  it('arguments that are nested without end become a call whose arguments are cut', async () => {
    const deep = `${'['.repeat(5_000)}1${']'.repeat(5_000)}`;
    expect((await post(bodyOf([toolSpan({ args: deep })]))).status).toBe(200);
    expect((await told()).length).toBeLessThanOrEqual(1);
    expect((await fetch(`${ingest.url}/ready`)).status).toBe(200);
  });

  it('one id for two different things is two calls', async () => {
    const span = (number: number, to: string) => ({
      ...toolSpan({ callId: 'same', args: JSON.stringify({ to }) }),
      spanId: hex(number),
    });
    await post(bodyOf([span(1, 'bob@acme.example'), span(2, 'collector@evil.example')]));
    expect(await told()).toEqual(['send_email', 'send_email']);
  });

  it('times and ids that are none cost nobody his call', async () => {
    const odd = {
      ...toolSpan(),
      traceId: 'zz',
      spanId: '\u0000',
      parentSpanId: { low: 1 },
      startTimeUnixNano: '9'.repeat(400),
      endTimeUnixNano: '-1',
    };
    expect((await post(bodyOf([odd]))).status).toBe(200);
    expect(await told()).toEqual(['send_email']);
  });

  it('a history that repeats one call ten thousand times is one call', async () => {
    const call = { type: 'tool_call', id: 'c1', name: 'send_email', arguments: { to: 'bob' } };
    const messages = Array.from({ length: 10_000 }, () => ({ role: 'assistant', parts: [call] }));
    const span = {
      ...noise(1, 0),
      attributes: [
        attribute('gen_ai.operation.name', 'chat'),
        attribute('gen_ai.output.messages', JSON.stringify(messages)),
      ],
    };
    await post(bodyOf([span]));
    expect(await told()).toEqual(['send_email']);
  });

  it('a multipart body of many empty parts is answered', async () => {
    const part = '--b\r\nContent-Disposition: form-data; name="post.x"\r\n\r\n{}\r\n';
    const body = `${part.repeat(30_000)}--b--`;
    const sent = await post(body, '/runs/multipart', 'multipart/form-data; boundary=b');
    expect(sent.status).toBeLessThan(500);
    expect(await told()).toEqual([]);
  });

  it('after all of it ingest is well, and holds nothing', async () => {
    await post(bodyOf(Array.from({ length: 5_000 }, (_, at) => noise(at + 2, at + 1))));
    await ingest.concludeCalls();
    const metrics = await (await fetch(`${ingest.url}/metrics`)).text();
    expect(metrics).toContain('waywarden_ingest_in_hand_bodies 0');
    expect(metrics).toContain('waywarden_ingest_observations_waiting 0');
  });
});
