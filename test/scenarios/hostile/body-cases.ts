/** Rows of the table about bodies: syntax, encodings, sizes, depth, compression. */
import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { expect } from 'vitest';
import type { HostileCase, HostileCases, HostileWorld } from './hostile-world.ts';

const MB = 1_000_000;
const lines = (...all: readonly string[]) => all.join('\n');
const good = (w: HostileWorld, native: string, set: object = {}) =>
  w.goodLine({ native_id: `${w.name}-${native}`, ...set });

const line =
  (text: string): HostileCase =>
  (w) =>
    w.post(text);

const nothingAfter =
  (send: HostileCase): HostileCase =>
  async (w) => {
    await send(w);
    expect(await w.written()).toBe(0);
  };

/** A good line with one byte sequence in the middle of a string. */
function withBytes(w: HostileWorld, bytes: readonly number[]): Buffer {
  const [before = '', after = ''] = w.goodLine({ labels: { note: '@@' } }).split('@@');
  return Buffer.concat([Buffer.from(before), Buffer.from(bytes), Buffer.from(after)]);
}

const ZSTD_MAGIC = [0x28, 0xb5, 0x2f, 0xfd] as const;
/** A frame without checksum; the window is a power of two. */
const zstdHead = (windowLog: number) => [...ZSTD_MAGIC, 0, (windowLog - 10) << 3];
const blockHead = (type: number, size: number, isLast: boolean) => {
  const head = Number(isLast) + type * 2 + size * 8;
  return [head & 0xff, (head >> 8) & 0xff, (head >> 16) & 0xff];
};

function rawZstd(text: string): Buffer {
  const body = Buffer.from(text);
  return Buffer.concat([Buffer.from([...zstdHead(17), ...blockHead(0, body.length, true)]), body]);
}

function zstdBlocks(windowLog: number, count: number, block: readonly number[]): Buffer {
  const blocks = Array.from({ length: count }, () => block).flat();
  return Buffer.from([...zstdHead(windowLog), ...blocks]);
}

/** Each block of four bytes unpacks to 128 KiB. */
const zstdBomb = (blocks: number): Buffer =>
  zstdBlocks(17, blocks, [...blockHead(1, 131_072, false), 32]);

const SYNTAX: HostileCases = {
  'empty-body': line(''),
  'blank-lines': line('\n \n\t\r\n'),
  'not-json-line': async (w) => {
    await w.post(lines(good(w, 'a'), '{"broken', good(w, 'b')));
    expect((await w.letters())[0]?.body?.toString()).toBe('{"broken');
  },
  'not-json-only': line('{"broken'),
  'trailing-comma': line('{"a":1,}'),
  'single-quotes': line("{'a':1}"),
  'nan-literal': (w) => w.post(w.goodLine({ duration_ms: 1 }).replace(':1}', ':NaN}')),
  'comment-in-json': (w) => w.post(`/* */ ${w.goodLine()}`),
  'two-objects-a-line': (w) => w.post(good(w, 'a') + good(w, 'b')),
  'scalar-lines': async (w) => {
    await w.post(lines('1', '"x"', 'null', 'true', '[]'));
    expect(await w.letters()).toHaveLength(5);
  },
  'crlf-lines': (w) => w.post(`${good(w, 'a')}\r\n${good(w, 'b')}\r\n`),
  'document-cut-off': (w) => w.json(w.goodLine().slice(0, 60)),
  'array-not-closed': nothingAfter((w) => w.json(`[${good(w, 'a')},${good(w, 'b')}`)),
  'array-bad-element': nothingAfter((w) => w.json(`[${good(w, 'a')},{bad},${good(w, 'b')}]`)),
  'array-trailing-garbage': nothingAfter((w) => w.json(`[${good(w, 'a')}] x`)),
  'array-empty': (w) => w.json('[]'),
  'array-empty-element': nothingAfter((w) => w.json(`[${good(w, 'a')},,${good(w, 'b')}]`)),
  'array-of-arrays': (w) => w.json(`[[${good(w, 'a')}]]`),
  'two-documents': nothingAfter((w) => w.json(good(w, 'a') + good(w, 'b'))),
};

const ENCODING: HostileCases = {
  bom: (w) => w.post(`\ufeff${w.goodLine()}`),
  'bom-later': (w) => w.post(`${good(w, 'a')}\n\ufeff${good(w, 'b')}`),
  'utf16-body': (w) => w.post(Buffer.from(`\ufeff${w.goodLine()}`, 'utf16le')),
  'not-utf8-line': async (w) => {
    const bad = withBytes(w, [0xff]);
    const feed = Buffer.from('\n');
    await w.post(
      Buffer.concat([Buffer.from(good(w, 'a')), feed, bad, feed, Buffer.from(good(w, 'b'))]),
    );
    expect((await w.letters())[0]?.body).toEqual(bad);
  },
  'overlong-utf8': (w) => w.post(withBytes(w, [0xc0, 0xaf])),
  'surrogate-as-utf8': (w) => w.post(withBytes(w, [0xed, 0xa0, 0x80])),
  'raw-nul': (w) => w.post(withBytes(w, [0])),
  'nul-padding': (w) => w.post(Buffer.concat([Buffer.from(w.goodLine()), Buffer.alloc(1_000)])),
};

const SIZE: HostileCases = {
  'string-10mb': nothingAfter((w) =>
    w.post(w.goodLine({ result: { value: 'x'.repeat(10 * MB) } })),
  ),
  'chunked-10mb': nothingAfter(async (w) => {
    const raw = w.raw();
    raw.write(w.request('', ['Transfer-Encoding: chunked']));
    for (let i = 0; i < 100; i++) raw.write(`186a0\r\n${'x'.repeat(100_000)}\r\n`);
    const [answer] = await raw.answers(1);
    if (answer !== undefined) w.note(answer);
    raw.cut();
  }),
  'string-3mb': async (w) => {
    await w.post(w.goodLine({ result: { value: 'nothing here '.repeat(230_000) } }));
    const { result } = await w.event();
    expect(result?.size).toBeGreaterThan(2.9 * MB);
    expect(JSON.stringify(result)).not.toContain('nothing here');
  },
  'line-too-long': async (w) => {
    const long = good(w, 'a', { result: { value: 'x'.repeat(5 * MB) } });
    await w.post(lines(long, good(w, 'b')));
    const [letter] = await w.letters();
    expect(letter?.body).toBeUndefined();
    expect(Number(letter?.headers['ww_dead_size'])).toBe(long.length);
  },
  'element-too-long': (w) => {
    const long = good(w, 'a', { result: { value: 'x'.repeat(5 * MB) } });
    return w.json(`[${long},${good(w, 'b')}]`);
  },
  'too-many-events': nothingAfter((w) => w.post('1\n'.repeat(10_001))),
  'deep-100': (w) => w.post(nested(w, 100)),
  'deep-million': line(`${'['.repeat(500_000)}${']'.repeat(500_000)}`),
  'deep-document': (w) => w.json('['.repeat(1_000_000) + ']'.repeat(1_000_000)),
  'keys-100k': async (w) => {
    const value = Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`k${i}`, i]));
    await w.post(w.goodLine({ args: { value } }));
    expect((await w.event()).args?.values_truncated).toBe(true);
  },
  'unknown-100k': async (w) => {
    const fields = Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`u${i}`, i]));
    await w.post(w.goodLine(fields));
    const { unmapped } = await w.event();
    expect(Object.keys(unmapped ?? {})).toHaveLength(33);
    expect(unmapped?.['unmapped.dropped']).toBe(100_000 - 32);
  },
  'values-300k': (w) => w.post(w.goodLine({ args: { value: new Array(300_000).fill(0) } })),
  'labels-1000': (w) => {
    const labels = Object.fromEntries(Array.from({ length: 1_000 }, (_, i) => [`l${i}`, 'x']));
    return w.post(w.goodLine({ labels }));
  },
  'key-1mb': async (w) => {
    await w.post(w.goodLine({ ['k'.repeat(MB)]: 1 }));
    const [name = ''] = Object.keys((await w.event()).unmapped ?? {});
    expect(name).toBe('k'.repeat(128));
  },
};

function nested(w: HostileWorld, depth: number): string {
  const value = '['.repeat(depth) + ']'.repeat(depth);
  return w.goodLine({ args: { value: '@' } }).replace('"@"', value);
}

const packed = (body: Uint8Array | string, headers: object = {}) =>
  [gzipSync(body), { 'content-encoding': 'gzip', ...headers }] as const;

const PACKED: HostileCases = {
  gzip: (w) => w.post(...packed(w.goodLine())),
  'gzip-cut-off': nothingAfter((w) => {
    const [body, headers] = packed(w.goodLine());
    return w.post(body.subarray(0, -10), headers);
  }),
  'gzip-garbage': (w) => w.post(randomBytes(1_000), { 'content-encoding': 'gzip' }),
  'gzip-bomb': nothingAfter((w) => w.post(...packed(Buffer.alloc(30 * MB, ' ')))),
  'gzip-large': nothingAfter((w) => w.post(...packed(randomBytes(4.5 * MB).toString('hex')))),
  zstd: (w) => w.post(rawZstd(w.goodLine()), { 'content-encoding': 'zstd' }),
  'zstd-cut-off': nothingAfter((w) =>
    w.post(rawZstd(w.goodLine()).subarray(0, -10), { 'content-encoding': 'zstd' }),
  ),
  'zstd-garbage': (w) => w.post(Buffer.alloc(1_000, 'x'), { 'content-encoding': 'zstd' }),
  'zstd-bomb': nothingAfter((w) => w.post(zstdBomb(240), { 'content-encoding': 'zstd' })),
  'zstd-window': nothingAfter((w) =>
    w.post(Buffer.from([...ZSTD_MAGIC, 0, 21 << 3, 1, 0, 0]), { 'content-encoding': 'zstd' }),
  ),
  'zstd-empty-blocks': nothingAfter((w) =>
    w.post(zstdBlocks(23, 200_000, [2, 0, 0, 32]), { 'content-encoding': 'zstd' }),
  ),
  'gzip-twice': (w) => w.post(...packed(w.goodLine(), { 'content-encoding': 'gzip, gzip' })),
  brotli: (w) => w.post(w.goodLine(), { 'content-encoding': 'br' }),
  'gzip-undeclared': (w) => w.post(gzipSync(w.goodLine())),
};

export const BODY_CASES: HostileCases = { ...SYNTAX, ...ENCODING, ...SIZE, ...PACKED };
