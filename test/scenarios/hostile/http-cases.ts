/** Rows of the table about HTTP itself: headers, slowness, cut connections, load, the log, tokens. */
import { readFileSync } from 'node:fs';
import { revokeToken } from '@waywarden/ingest';
import { expect } from 'vitest';
import { inWorldOf, untilInHand } from './case-worlds.ts';
import type { HostileCase, HostileCases, HostileWorld, WorldOptions } from './hostile-world.ts';

/** Writes to one connection, notes what comes back, and expects it to be closed. */
function refused(text: (w: HostileWorld) => string): HostileCase {
  return async (w) => {
    const raw = w.raw();
    raw.write(text(w));
    for (const answer of await raw.answers(1)) w.note(answer);
    await raw.closed();
    expect(await w.written()).toBe(0);
  };
}

const MEDIA: HostileCases = {
  'no-content-type': (w) => w.post(w.goodLine(), { 'content-type': undefined }),
  'text-plain': (w) => w.post(w.goodLine(), { 'content-type': 'text/plain' }),
  'latin-1': (w) =>
    w.post(w.goodLine(), { 'content-type': 'application/json; charset=iso-8859-1' }),
  'get-with-body': (w) => w.post('', {}, '/v1/events', 'GET'),
  'unknown-path': (w) => w.post(w.goodLine(), {}, '/v2/events'),
};

const PARSER: HostileCases = {
  'huge-headers': refused((w) => w.request('', [`X-Big: ${'x'.repeat(20_000)}`])),
  'bad-request-line': refused(() => 'GARBAGE\r\n\r\n'),
  'length-and-chunked': refused((w) =>
    w.request(`0\r\n\r\n${w.goodLine()}`, ['Content-Length: 5', 'Transfer-Encoding: chunked']),
  ),
  'negative-length': refused((w) => w.request(w.goodLine(), ['Content-Length: -1'])),
};

const SLOW: WorldOptions = {
  times: { headersMsMax: 200, bodyPauseMsMax: 200, requestMsMax: 600, idleMsMax: 1_000 },
};

/** A byte every 20 ms until the connection is closed. */
async function drip(w: HostileWorld, before: string): Promise<void> {
  const raw = w.raw();
  raw.write(before);
  const timer = setInterval(() => raw.write('x'), 20);
  try {
    for (const answer of await raw.answers(1)) w.note(answer);
    await raw.closed();
  } finally {
    clearInterval(timer);
  }
  expect(await w.written()).toBe(0);
}

const SLOWNESS: HostileCases = {
  'slow-headers': inWorldOf(SLOW, (w) =>
    drip(w, 'POST /v1/events HTTP/1.1\r\nHost: x\r\nX-Slow: '),
  ),
  'slow-body': inWorldOf(SLOW, (w) =>
    refused((one) => one.request('{"half', ['Content-Length: 1000']))(w),
  ),
  'dripping-body': inWorldOf(SLOW, (w) => drip(w, w.request('{', ['Content-Length: 100000']))),
  'cut-off-body': async (w) => {
    const line = w.goodLine({ native_id: w.name });
    const raw = w.raw();
    raw.write(w.request(`${line}\n${line.slice(0, 20)}`, ['Content-Length: 4000']));
    await untilInHand(w, 1);
    raw.cut();
    await untilInHand(w, 0);
    expect(await w.written()).toBe(0);
    await w.post(line);
    expect(w.answers.splice(0)).toEqual(['202 accepted=1']);
    expect(await w.written()).toBe(1);
  },
  pipelined: async (w) => {
    const line = w.goodLine({ native_id: w.name });
    const raw = w.raw();
    raw.write(w.request(line) + w.request(line) + w.request('{bad'));
    for (const answer of await raw.answers(3)) w.note(answer);
    raw.cut();
  },
  'keep-alive-after-refusal': async (w) => {
    const raw = w.raw();
    raw.write(w.request('1\n'.repeat(10_001)) + w.request(w.goodLine()));
    for (const answer of await raw.answers(2)) w.note(answer);
    raw.cut();
  },
};

function retryAfter(w: HostileWorld): number {
  return Number(w.last?.headers.get('retry-after'));
}

/** Holds what `holder` sends until it is cut; the next one is refused, and taken afterwards. */
async function evicted(w: HostileWorld, holder: string, token?: string): Promise<void> {
  const raw = w.raw();
  raw.write(token === undefined ? holder : holder.replace(w.token, token));
  await untilInHand(w, 1);
  await w.post(w.goodLine());
  if (token === undefined) {
    expect(retryAfter(w)).toBeGreaterThan(0);
    raw.cut();
    await untilInHand(w, 0);
    await w.post(w.goodLine());
    expect(w.answers.pop()).toBe('202 accepted=1');
  } else raw.cut();
}

const EVICTED: HostileCases = {
  'too-many-bodies': inWorldOf({ bodiesMax: 1 }, (w) =>
    evicted(w, w.request('{', ['Content-Length: 100'])),
  ),
  'too-many-bytes': inWorldOf({ bytesMax: 1_000_000 }, (w) =>
    evicted(w, w.request('{', ['Content-Length: 562400'])),
  ),
  'noisy-tenant': inWorldOf({ bodiesMax: 2, bytesMax: 1_000_000 }, async (w) => {
    const noisy = w.grant({ tenant: 'noisy' });
    const raw = w.raw();
    raw.write(w.request('{', ['Content-Length: 550000']).replace(w.token, noisy));
    await untilInHand(w, 1);
    await w.post('x'.repeat(100_000), { authorization: `Bearer ${noisy}` });
    expect(w.answers.pop()).toBe('429 busy');
    await w.post(w.goodLine());
    raw.cut();
  }),
  'log-refuses': async (w) => {
    const line = w.goodLine();
    w.mode = 'refusing';
    await w.post(line);
    expect(retryAfter(w)).toBeGreaterThan(0);
    w.mode = 'well';
    await w.post(line);
    expect(w.answers.pop()).toBe('202 accepted=1');
    expect(await w.written()).toBe(1);
  },
  'log-hangs': inWorldOf({ appendMsMax: 100 }, async (w) => {
    const line = w.goodLine();
    w.mode = 'hanging';
    await w.post(line);
    expect((await fetch(`${w.ingest.url}/ready`)).status).toBe(503);
    await w.post(line);
    expect(w.answers.pop()).toBe('503 log_unavailable');
    w.mode = 'well';
    w.release();
    await untilInHand(w, 0);
    await w.post(line);
    expect(w.answers.pop()).toBe('202 duplicates=1');
    expect(await w.written()).toBe(1);
  }),
};

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

const TOKENS: HostileCases = {
  'no-token': async (w) => {
    await w.post(w.goodLine(), { authorization: undefined });
    expect(w.last?.headers.get('www-authenticate')).toBe('Bearer');
  },
  'basic-auth': (w) => w.post(w.goodLine(), { authorization: 'Basic YTpi' }),
  'token-in-query': (w) =>
    w.post(w.goodLine(), { authorization: undefined }, `/v1/events?access_token=${w.token}`),
  'huge-token': (w) => w.post(w.goodLine(), bearer('x'.repeat(10_000))),
  'wrong-token': (w) => w.post(w.goodLine(), bearer(`wwi_${'A'.repeat(43)}`)),
  'token-hash': (w) => {
    const { tokens } = JSON.parse(readFileSync(w.tokensPath, 'utf8'));
    return w.post(w.goodLine(), bearer(tokens[0].hash));
  },
  'expired-token': (w) => {
    const at = new Date(w.nowMs - 1_000).toISOString();
    return w.post(w.goodLine(), bearer(w.grant({ expires_at: at })));
  },
  'revoked-token': async (w) => {
    const token = w.grant({});
    await w.post(w.goodLine(), bearer(token));
    expect(w.answers.pop()).toBe('202 accepted=1');
    expect(revokeToken(w.tokensPath, w.name)).toBe(true);
    w.nowMs += 500;
    await w.post(w.goodLine(), bearer(token));
  },
  'other-tenant': async (w) => {
    const token = w.grant({ tenant: 'other' });
    await w.post(w.goodLine({ tenant_id: 'acme' }), bearer(token));
    const event = await w.event();
    expect(event.tenant_id).toBe('other');
    expect(event.unmapped?.['tenant_id']).toBe('acme');
    await w.post('{bad', bearer(token));
    expect(w.answers.pop()).toBe('400 not_json line=1');
    expect((await w.letters('acme'))[0]?.body).toBeUndefined();
    expect((await w.letters('other'))[0]?.body?.toString()).toBe('{bad');
  },
  'other-agent': async (w) => {
    const token = w.grant({ agents: ['agent/a', 'team/*'] });
    await w.post(w.goodLine({ agent: { uid: 'team/x' } }), bearer(token));
    expect(w.answers.pop()).toBe('202 accepted=1');
    await w.post(w.goodLine({ agent: { uid: 'agent/b' } }), bearer(token));
  },
};

export const HTTP_CASES: HostileCases = {
  ...MEDIA,
  ...PARSER,
  ...SLOWNESS,
  ...EVICTED,
  ...TOKENS,
};
