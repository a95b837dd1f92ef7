import { describe, expect, it } from 'vitest';
import { HttpRefusal } from '../intake/http-error.ts';
import {
  ZSTD_FRAMES_MAX,
  ZSTD_MOVED_BYTES_MAX,
  ZSTD_WINDOW_BYTES_MAX,
  ZstdBounds,
} from './unpacker.ts';

const MAGIC = [0x28, 0xb5, 0x2f, 0xfd];
const descriptor = (log: number) => (log - 10) << 3;
const emptyBlock = [1, 0, 0];
const frame = (windowLog: number) => [...MAGIC, 0, descriptor(windowLog), ...emptyBlock];

function verdictOf(bytes: readonly number[], chunk = bytes.length): string {
  const bounds = new ZstdBounds();
  try {
    for (let at = 0; at < bytes.length; at += chunk) {
      bounds.look(Uint8Array.from(bytes.slice(at, at + chunk)));
    }
    return 'taken';
  } catch (cause) {
    return cause instanceof HttpRefusal ? cause.code : 'thrown';
  }
}

describe('what a zstd stream may ask of its decoder', () => {
  it('is the same however the stream is cut', () => {
    const skippable = [0x50, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 9, 9];
    const withChecksum = [...MAGIC, 4, descriptor(17), ...emptyBlock, 1, 2, 3, 4];
    const single = [...MAGIC, 0x20, 5, 41, 0, 0, 1, 2, 3, 4, 5];
    const stream = [...frame(17), ...skippable, ...withChecksum, ...single, ...frame(20)];
    for (const chunk of [1, 2, 3, 7, stream.length]) expect(verdictOf(stream, chunk)).toBe('taken');
    const bad = [...stream, 1, 2, 3, 4];
    for (const chunk of [1, 2, 3, 7, bad.length]) expect(verdictOf(bad, chunk)).toBe('bad_zstd');
  });

  it('is a window of 8 MiB at most, however it is said', () => {
    expect(2 ** 23).toBe(ZSTD_WINDOW_BYTES_MAX);
    expect(verdictOf(frame(23))).toBe('taken');
    expect(verdictOf(frame(24))).toBe('compression_ratio');
    const single = [...MAGIC, 0xa0, 1, 0, 0x80, 0];
    expect(verdictOf([...single, ...emptyBlock])).toBe('compression_ratio');
    expect(verdictOf([...MAGIC, 0xe0, 0, 0, 0, 0, 1, 0, 0, 0])).toBe('compression_ratio');
  });

  it('is a bounded number of windows that are moved, whatever the blocks hold', () => {
    const blocks = ZSTD_MOVED_BYTES_MAX / ZSTD_WINDOW_BYTES_MAX;
    const open = [2, 0, 0, 32];
    const many = (count: number) => [
      ...MAGIC,
      0,
      descriptor(23),
      ...Array.from({ length: count }, () => open).flat(),
    ];
    expect(verdictOf(many(blocks))).toBe('taken');
    expect(verdictOf(many(blocks + 1))).toBe('compression_ratio');
  });

  it('is a bounded number of frames', () => {
    const frames = (count: number) => Array.from({ length: count }, () => frame(10)).flat();
    expect(verdictOf(frames(ZSTD_FRAMES_MAX))).toBe('taken');
    expect(verdictOf(frames(ZSTD_FRAMES_MAX + 1))).toBe('compression_ratio');
  });
});
