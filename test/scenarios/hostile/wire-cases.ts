/**
 * Rows of the table about HTTP on the wire: what two parsers might read differently, what hides beside
 * the body, and who is heard out when there is no room.
 */
import { gzipSync } from 'node:zlib';
import { expect } from 'vitest';
import { inWorldOf, untilInHand } from './case-worlds.ts';
import type { HostileCase, HostileCases, HostileWorld } from './hostile-world.ts';

/** Sends as it stands, notes so many answers; the connection is then cut by us. */
function wire(text: (w: HostileWorld) => string, answers = 1): HostileCase {
  return async (w) => {
    const raw = w.raw();
    raw.write(text(w));
    for (const answer of await raw.answers(answers)) w.note(answer);
    raw.cut();
  };
}

/** As `wire`, and ingest closes the connection and has written nothing. */
function closed(text: (w: HostileWorld) => string): HostileCase {
  return async (w) => {
    const raw = w.raw();
    raw.write(text(w));
    for (const answer of await raw.answers(1)) w.note(answer);
    await raw.closed();
    expect(await w.written()).toBe(0);
  };
}

function chunked(
  w: HostileWorld,
  chunks: (line: string) => string,
  headers: readonly string[] = [],
) {
  return w.request(chunks(w.goodLine()), [...headers, 'Transfer-Encoding: chunked']);
}

const whole = (line: string, extension = '') =>
  `${line.length.toString(16)}${extension}\r\n${line}\r\n`;

function target(w: HostileWorld, path: string): string {
  return w.request(w.goodLine()).replace('/v1/events', path);
}

const flood = (count: number) => Array.from({ length: count }, () => 'a:');

const FRAMING: HostileCases = {
  'two-lengths': closed((w) => {
    const line = w.goodLine();
    return w.request(line, [`Content-Length: ${line.length}`, 'Content-Length: 3']);
  }),
  'length-no-number': closed((w) => w.request(w.goodLine(), ['Content-Length: +12'])),
  'coded-and-chunked': wire((w) =>
    w.request(`${whole(w.goodLine())}0\r\n\r\n`, ['Transfer-Encoding: gzip, chunked']),
  ),
  'chunk-no-number': closed((w) => chunked(w, () => 'xyz\r\n')),
  'chunk-negative': closed((w) => chunked(w, () => '-1\r\nx\r\n')),
  'chunk-too-large': closed((w) => chunked(w, () => 'fffffffffffffffff\r\nx\r\n')),
  'chunk-extensions': wire((w) => chunked(w, (line) => `${whole(line, ';a=b;c="d"')}0\r\n\r\n`)),
  'chunk-extensions-100k': closed((w) =>
    chunked(w, (line) => whole(line, `;a=${'x'.repeat(100_000)}`)),
  ),
  trailers: wire((w) =>
    chunked(
      w,
      (line) => `${whole(line)}0\r\nAuthorization: Bearer x\r\nContent-Type: text/plain\r\n\r\n`,
    ),
  ),
  'trailers-50k': closed((w) =>
    chunked(w, (line) => `${whole(line)}0\r\nX: ${'y'.repeat(50_000)}\r\n\r\n`),
  ),
  'bare-line-feeds': closed((w) => w.request(w.goodLine()).replaceAll('\r\n', '\n')),
  'space-before-colon': closed((w) => w.request('', ['Content-Length : 0'])),
  'folded-header': closed((w) => w.request('', ['X: a\r\n b', 'Content-Length: 0'])),
  'nul-in-header': closed((w) => w.request('', ['X: a\0b', 'Content-Length: 0'])),
  'http-10': wire((w) => w.request(w.goodLine()).replace('HTTP/1.1', 'HTTP/1.0')),
  'http-2-preface': closed(() => 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
};

const TARGETS: HostileCases = {
  'absolute-target': wire((w) => target(w, 'http://evil.example/v1/events')),
  'climbing-path': wire((w) => target(w, '/v1/x/../events')),
  'bad-percent-path': wire((w) => target(w, '/v1/%zz')),
  'header-flood': wire((w) => {
    const line = w.goodLine();
    return w.request(line, [...flood(2_100), `Content-Length: ${line.length}`]);
  }),
  'header-flood-first': wire((w) => {
    const text = w.request(w.goodLine());
    return text.replace('Host: x\r\n', `Host: x\r\n${flood(2_100).join('\r\n')}\r\n`);
  }),
  'two-tokens': wire((w) => {
    const line = w.goodLine();
    return w.request(line, ['Authorization: Bearer wwi_another', `Content-Length: ${line.length}`]);
  }),
  'upgrade-h2c': wire((w) => {
    const line = w.goodLine();
    const upgrade = ['Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AA'];
    return w.request(line, [...upgrade, `Content-Length: ${line.length}`]);
  }),
  'pipelined-1000': async (w) => {
    const raw = w.raw();
    raw.write(
      Array.from({ length: 1_000 }, () => w.request(w.goodLine({ native_id: w.name }))).join(''),
    );
    const answers = await raw.answers(1_000);
    raw.cut();
    const known = new Set([202, 429]);
    expect(answers.filter(({ status }) => !known.has(status))).toEqual([]);
    for (const answer of answers.slice(0, 1)) w.note(answer);
    expect((await w.events()).length).toBe(1);
  },
};

const EXPECTING: HostileCases = {
  'expect-continue': async (w) => {
    const line = w.goodLine();
    const raw = w.raw();
    raw.write(w.request('', [`Content-Length: ${line.length}`, 'Expect: 100-continue']));
    await raw.said('HTTP/1.1 100 Continue\r\n\r\n');
    raw.write(line);
    for (const answer of await raw.answers(1)) w.note(answer);
    raw.cut();
  },
  'expect-refused': closed((w) =>
    w
      .request('', ['Content-Length: 1000000', 'Expect: 100-continue'])
      .replace(w.token, `wwi_${'A'.repeat(43)}`),
  ),
};

const MB = 1024 * 1024;

const EVICTED: HostileCases = {
  'large-body-no-room': inWorldOf({ bodiesMax: 1 }, async (w) => {
    const holder = w.raw();
    holder.write(w.request('{', ['Content-Length: 100']));
    await untilInHand(w, 1);
    const raw = w.raw();
    // Whoever sends all before it reads must find its answer, and can go on with the connection.
    raw.write(w.request('x'.repeat(7 * MB)));
    for (const answer of await raw.answers(1)) w.note(answer);
    holder.cut();
    await untilInHand(w, 0);
    raw.write(w.request(w.goodLine()));
    for (const answer of (await raw.answers(2)).slice(1)) w.note(answer);
    raw.cut();
  }),
  'too-many-connections': inWorldOf({ connectionsMax: 2 }, async (w) => {
    const inHand = [w.raw(), w.raw()];
    for (const one of inHand) {
      one.write('GET /health HTTP/1.1\r\nHost: x\r\n\r\n');
      await one.said('{"status":"ok"}');
    }
    const raw = w.raw();
    raw.write(w.request('x'.repeat(3 * MB)));
    for (const answer of await raw.answers(1)) w.note(answer);
    expect(Number(w.last?.headers.get('retry-after'))).toBeGreaterThan(0);
    await raw.closed();
    // Who was there first is served.
    inHand[0]?.write(w.request(w.goodLine()));
    await inHand[0]?.said('"accepted":1');
    for (const one of inHand) one.cut();
  }),
};

function sent(w: HostileWorld, body: Uint8Array, encoding = 'gzip') {
  return w.post(body, { 'content-encoding': encoding });
}

function damaged(w: HostileWorld, at: number): Uint8Array {
  const bytes = gzipSync(w.goodLine());
  bytes[bytes.length + at] = (bytes.at(at) ?? 0) ^ 0xff;
  return bytes;
}

const PACKED: HostileCases = {
  'gzip-members': (w) =>
    sent(
      w,
      Buffer.concat([gzipSync(`${w.goodLine({ native_id: 'one' })}\n`), gzipSync(w.goodLine())]),
    ),
  'gzip-empty-members': (w) =>
    sent(w, Buffer.concat([...Array<Buffer>(20_000).fill(gzipSync('')), gzipSync(w.goodLine())])),
  'gzip-trailing-garbage': (w) =>
    sent(w, Buffer.concat([gzipSync(w.goodLine()), Buffer.from('x')])),
  'gzip-nothing': (w) => sent(w, new Uint8Array()),
  'gzip-wrong-checksum': (w) => sent(w, damaged(w, -8)),
  'gzip-wrong-length': (w) => sent(w, damaged(w, -1)),
  'encoding-chain': (w) => sent(w, gzipSync(w.goodLine()), 'identity, gzip'),
};

const envelope = (w: HostileWorld, set: Readonly<Record<string, string>>) =>
  w.post(w.goodLine(), {
    'content-type': 'application/json',
    'ce-specversion': '1.0',
    'ce-id': w.name,
    'ce-source': '/a',
    'ce-type': 't',
    ...set,
  });

const ENVELOPES: HostileCases = {
  'ce-crlf': (w) => envelope(w, { 'ce-source': '/a%0d%0aAuthorization: x' }),
  'ce-crlf-extension': (w) => envelope(w, { 'ce-x': 'a%0d%0ab' }),
  'ce-proto': async (w) => {
    await envelope(w, { 'ce-__proto__': 'x', 'ce-constructor': 'y' });
    const unmapped = (await w.event()).unmapped ?? {};
    expect(Object.getPrototypeOf(unmapped)).toBe(Object.prototype);
    expect(unmapped['ce.constructor']).toBe('y');
  },
};

export const WIRE_CASES: HostileCases = {
  ...FRAMING,
  ...TARGETS,
  ...EXPECTING,
  ...EVICTED,
  ...PACKED,
  ...ENVELOPES,
};
