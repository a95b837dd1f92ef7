import { describe, expect, it } from 'vitest';
import { decodeZstd, type ZstdEnd } from './zstd-threads.ts';

const HEAD = [0x28, 0xb5, 0x2f, 0xfd, 0, 7 << 3];
const blockHead = (type: number, size: number, isLast: boolean) => {
  const head = Number(isLast) + type * 2 + size * 8;
  return [head & 0xff, (head >> 8) & 0xff, (head >> 16) & 0xff];
};
const raw = (text: string) =>
  Buffer.concat([Buffer.from([...HEAD, ...blockHead(0, text.length, true)]), Buffer.from(text)]);
const repeated = (blocks: number) =>
  Buffer.from([
    ...HEAD,
    ...Array.from({ length: blocks }, (_, at) => [
      ...blockHead(1, 131_072, at === blocks - 1),
      32,
    ]).flat(),
  ]);

/**
 * One block of sequences that each copy 131 kB, though a block is 128 KiB at most: literals of one repeated byte,
 * then codes by RLE, so that only the extra bits of the lengths stand in the stream.
 */
function endlessCopies(sequences: number): Uint8Array {
  const literals = [1 + (1 << 3), 32];
  const count = [255, (sequences - 0x7f00) & 0xff, (sequences - 0x7f00) >> 8];
  const rleCodes = [0b01010100, 0, 0, 52];
  const bits = Buffer.alloc(sequences * 2 + 1, 0xff);
  bits[bits.length - 1] = 1;
  const block = [...literals, ...count, ...rleCodes, ...bits];
  return Buffer.from([...HEAD, ...blockHead(2, block.length, true), ...block]);
}

function decode(body: Uint8Array, bytesMax = 1_000_000) {
  return new Promise<{ readonly how: ZstdEnd; readonly bytes: number; readonly text: string }>(
    (resolve) => {
      const chunks: Uint8Array[] = [];
      const out = (chunk: Uint8Array) => chunks.push(chunk);
      const ended = (how: ZstdEnd) => {
        const all = Buffer.concat(chunks);
        resolve({ how, bytes: all.length, text: all.toString('utf8', 0, 100) });
      };
      decodeZstd({ body, bytesMax, out, ended });
    },
  );
}

describe('zstd in threads', () => {
  it('gives each body what was packed, however many come at once', async () => {
    const texts = Array.from({ length: 20 }, (_, at) => `body ${at}`);
    const decoded = await Promise.all(texts.map((text) => decode(raw(text))));
    expect(decoded.map(({ how, text }) => [how, text])).toEqual(texts.map((one) => ['done', one]));
  });

  it('stops soon after more came out than may', async () => {
    const { how, bytes } = await decode(repeated(1_000), 500_000);
    expect(how).toBe('damaged');
    expect(bytes).toBeLessThan(500_000 + 2 * 131_072);
  });

  it('tells what is damaged, and goes on with the next', async () => {
    expect((await decode(Buffer.alloc(100, 7))).how).toBe('damaged');
    expect((await decode(raw('whole').subarray(0, 9))).how).toBe('damaged');
    expect(await decode(raw('whole'))).toMatchObject({ how: 'done', text: 'whole' });
  });

  it('ends a thread that works for too long, while the event loop and other bodies go on', async () => {
    const slow = decode(endlessCopies(50_000));
    const started = performance.now();
    expect((await decode(raw('beside'))).how).toBe('done');
    expect(performance.now() - started).toBeLessThan(1_000);
    expect((await slow).how).toBe('too_slow');
    expect((await decode(raw('after'))).how).toBe('done');
  });
});
