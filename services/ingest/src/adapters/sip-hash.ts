/** SipHash-2-4 (Aumasson and Bernstein, 2012), 64 bits, UTF-16, base64url. */

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const CODES = Uint8Array.from(ALPHABET, (digit) => digit.charCodeAt(0));

type SipKey = readonly [number, number, number, number];

export function sipKey(bytes: Uint8Array): SipKey {
  if (bytes.length < 16) throw new RangeError('A SipHash key has 16 bytes.');
  const view = new DataView(bytes.buffer, bytes.byteOffset, 16);
  return [
    view.getUint32(0, true),
    view.getUint32(4, true),
    view.getUint32(8, true),
    view.getUint32(12, true),
  ];
}

/** 64 bits as 11 characters. */
export function hashText(low: number, high: number): string {
  return String.fromCharCode(
    CODES[low & 63] ?? 0,
    CODES[(low >>> 6) & 63] ?? 0,
    CODES[(low >>> 12) & 63] ?? 0,
    CODES[(low >>> 18) & 63] ?? 0,
    CODES[(low >>> 24) & 63] ?? 0,
    CODES[((low >>> 30) | (high << 2)) & 63] ?? 0,
    CODES[(high >>> 4) & 63] ?? 0,
    CODES[(high >>> 10) & 63] ?? 0,
    CODES[(high >>> 16) & 63] ?? 0,
    CODES[(high >>> 22) & 63] ?? 0,
    CODES[(high >>> 28) & 63] ?? 0,
  );
}

function carry(sum: number, a: number): number {
  return sum >>> 0 < a >>> 0 ? 1 : 0;
}

function wordAt(text: string, at: number): number {
  const low = at < text.length ? text.charCodeAt(at) : 0;
  return at + 1 < text.length ? low | (text.charCodeAt(at + 1) << 16) : low;
}

/** Low half first. Locals: an array costs five times as much. */
export function sipHashHalves(key: SipKey, text: string): readonly [number, number] {
  let [a, ah] = [key[0] ^ 0x70736575, key[1] ^ 0x736f6d65];
  let [b, bh] = [key[2] ^ 0x6e646f6d, key[3] ^ 0x646f7261];
  let [c, ch] = [key[0] ^ 0x6e657261, key[1] ^ 0x6c796765];
  let [d, dh] = [key[2] ^ 0x79746573, key[3] ^ 0x74656462];
  const finish = (text.length >> 2) + 1;
  for (let step = 0; step <= finish; step++) {
    const low = step === finish ? 0 : wordAt(text, 4 * step);
    let high = step === finish ? 0 : wordAt(text, 4 * step + 2);
    if (step === finish - 1) high |= ((text.length * 2) & 0xff) << 24;
    if (step === finish) c ^= 0xff;
    d ^= low;
    dh ^= high;
    for (let round = step === finish ? 4 : 2; round > 0; round--) {
      let sum = (a + b) | 0;
      ah = (ah + bh + carry(sum, a)) | 0;
      a = sum;
      let turned = ((b << 13) | (bh >>> 19)) ^ a;
      bh = ((bh << 13) | (b >>> 19)) ^ ah;
      b = turned;
      [a, ah] = [ah, a];
      sum = (c + d) | 0;
      ch = (ch + dh + carry(sum, c)) | 0;
      c = sum;
      turned = ((d << 16) | (dh >>> 16)) ^ c;
      dh = ((dh << 16) | (d >>> 16)) ^ ch;
      d = turned;
      sum = (a + d) | 0;
      ah = (ah + dh + carry(sum, a)) | 0;
      a = sum;
      turned = ((d << 21) | (dh >>> 11)) ^ a;
      dh = ((dh << 21) | (d >>> 11)) ^ ah;
      d = turned;
      sum = (c + b) | 0;
      ch = (ch + bh + carry(sum, c)) | 0;
      c = sum;
      turned = ((b << 17) | (bh >>> 15)) ^ c;
      bh = ((bh << 17) | (b >>> 15)) ^ ch;
      b = turned;
      [c, ch] = [ch, c];
    }
    a ^= low;
    ah ^= high;
  }
  return [a ^ b ^ c ^ d, ah ^ bh ^ ch ^ dh];
}

export function sipHash(key: SipKey, text: string): string {
  const [low, high] = sipHashHalves(key, text);
  return hashText(low, high);
}
