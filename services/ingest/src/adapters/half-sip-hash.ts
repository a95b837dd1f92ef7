/** HalfSipHash-2-4, 64 bits, UTF-16, base64url, for one chain's words. */
import { hashText } from './sip-hash.ts';

type HalfSipKey = readonly [number, number];

export function halfSipKey(bytes: Uint8Array): HalfSipKey {
  if (bytes.length < 8) throw new RangeError('A HalfSipHash key has 8 bytes.');
  const view = new DataView(bytes.buffer, bytes.byteOffset, 8);
  return [view.getInt32(0, true), view.getInt32(4, true)];
}

/** Locals stay in registers. */
export function halfSipHash(key: HalfSipKey, text: string): string {
  let a = key[0];
  let b = key[1] ^ 0xee;
  let c = key[0] ^ 0x6c796765;
  let d = key[1] ^ 0x74656462;
  const { length } = text;
  const finish = (length >> 1) + 1;
  let low = 0;
  for (let step = 0; step <= finish + 1; step++) {
    let word = 0;
    if (step < finish) {
      const at = 2 * step;
      word = at < length ? text.charCodeAt(at) : 0;
      word |= step === finish - 1 ? ((length * 2) & 0xff) << 24 : text.charCodeAt(at + 1) << 16;
    } else if (step === finish) c ^= 0xee;
    else b ^= 0xdd;
    d ^= word;
    for (let round = step < finish ? 2 : 4; round > 0; round--) {
      a = (a + b) | 0;
      b = ((b << 5) | (b >>> 27)) ^ a;
      a = (a << 16) | (a >>> 16);
      c = (c + d) | 0;
      d = ((d << 8) | (d >>> 24)) ^ c;
      a = (a + d) | 0;
      d = ((d << 7) | (d >>> 25)) ^ a;
      c = (c + b) | 0;
      b = ((b << 13) | (b >>> 19)) ^ c;
      c = (c << 16) | (c >>> 16);
    }
    a ^= word;
    if (step === finish) low = b ^ d;
  }
  return hashText(low, b ^ d);
}
