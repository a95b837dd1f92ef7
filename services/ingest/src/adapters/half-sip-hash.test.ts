import { describe, expect, it } from 'vitest';
import { halfSipHash, halfSipKey } from './half-sip-hash.ts';

const key = halfSipKey(Uint8Array.from({ length: 8 }, (_, i) => i));
const bytesOf = (text: string) => {
  let bits = 0n;
  [...text].forEach((digit, i) => {
    bits |=
      BigInt('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'.indexOf(digit)) <<
      BigInt(6 * i);
  });
  return Array.from({ length: 8 }, (_, i) => Number((bits >> BigInt(8 * i)) & 255n));
};

describe('halfSipHash', () => {
  it('gives the published 64-bit vectors of HalfSipHash-2-4', () => {
    expect(bytesOf(halfSipHash(key, ''))).toEqual([0x21, 0x8d, 0x1f, 0x59, 0xb9, 0xb8, 0x3c, 0xc8]);
  });

  it('differs by key, by text and by length', () => {
    const other = halfSipKey(Uint8Array.from({ length: 8 }, (_, i) => i + 1));
    expect(halfSipHash(key, 'invoice')).not.toBe(halfSipHash(other, 'invoice'));
    expect(halfSipHash(key, 'a')).not.toBe(halfSipHash(key, 'a\u0000'));
    expect(halfSipHash(key, 'invoice')).toMatch(/^[\w-]{11}$/);
  });

  it('meets no two of 100,000 words', () => {
    const hashes = new Set(Array.from({ length: 100_000 }, (_, i) => halfSipHash(key, `word${i}`)));
    expect(hashes.size).toBe(100_000);
  });
});
