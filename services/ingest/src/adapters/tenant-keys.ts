/** A tenant's keys as functions; each use derives its own. HMAC over one-shot `hash`: a third of `createHmac`. */
import { createHmac, hash } from 'node:crypto';
import {
  FINGERPRINT_LENGTH,
  type FingerprintKey,
  fingerprintDomain,
  type KeyFile,
  REPLAY_KEY,
  tenantFingerprintKey,
} from '@waywarden/schemas';
import { BoundedMap } from '../core/domain/bounded-map.ts';
import type { ChainKeys, HashDomain, TenantKeys } from '../core/enrich/readings.ts';

const BLOCK_BYTES = 64;
const SCRATCH_LENGTH = 16_384;
const CHAINS_MAX = 5_000;
const FINGERPRINTS_MAX = 20_000;

function hmacOf(secret: Uint8Array): (text: string) => string {
  const key = secret.length > BLOCK_BYTES ? hash('sha256', secret, 'buffer') : secret;
  const inner = Buffer.alloc(BLOCK_BYTES + 3 * SCRATCH_LENGTH, 0);
  const outer = Buffer.alloc(BLOCK_BYTES + 32, 0);
  for (let i = 0; i < BLOCK_BYTES; i++) {
    inner[i] = (key[i] ?? 0) ^ 0x36;
    outer[i] = (key[i] ?? 0) ^ 0x5c;
  }
  return (text) => {
    if (text.length > SCRATCH_LENGTH) {
      return createHmac('sha256', secret).update(text).digest('base64url');
    }
    const length = inner.write(text, BLOCK_BYTES, 'utf8');
    // latin1: a buffer costs as much as the hash.
    const middle = hash('sha256', inner.subarray(0, BLOCK_BYTES + length), 'binary');
    outer.write(middle, BLOCK_BYTES, 'latin1');
    return hash('sha256', outer, 'base64url');
  };
}

/** 132 bits. */
const CHAIN_ID_LENGTH = 22;

export function tenantKeys(key: FingerprintKey): TenantKeys {
  const secret = key.secret.export();
  const base = hmacOf(secret);
  const derive = (use: string) => hmacOf(Buffer.from(base(`ingest/${use}`), 'base64url'));
  const byDomain: Readonly<Record<HashDomain, (text: string) => string>> = {
    chain: derive('chain'),
    args: (text) => base(`json\n${text}`),
    request: derive('request'),
    'tool-definition': derive('tool-definition'),
  };
  const words = derive('words');
  const identifiers = sipKey(Buffer.from(derive('identifiers')(''), 'base64url'));
  const identifier = (value: string) => sipHash(identifiers, value);
  const chains = new BoundedMap<ChainKeys>(CHAINS_MAX);
  const fingerprints = new BoundedMap<string>(FINGERPRINTS_MAX);
  return {
    keyId: key.id,
    identifier,
    hash: (domain, text) => byDomain[domain](text),
    fingerprint: (kind, canonical) =>
      fingerprints.orMake(`${kind}\n${canonical}`, () =>
        base(`${fingerprintDomain(kind)}\n${canonical}`).slice(0, FINGERPRINT_LENGTH),
      ),
    chain: (rootKey) =>
      chains.orMake(rootKey, () => {
        const id = byDomain.chain(rootKey).slice(0, CHAIN_ID_LENGTH);
        const salt = halfSipKey(Buffer.from(words(id), 'base64url'));
        return { id, hashers: { token: (word: string) => halfSipHash(salt, word), identifier } };
      }),
  };
}

export function tenantKeysFrom(file: KeyFile, tenantId: string): TenantKeys {
  return tenantKeys(tenantFingerprintKey(file, tenantId));
}

/** Published: replays agree. */
export function replayKeys(): TenantKeys {
  return tenantKeys(REPLAY_KEY);
}

type HalfSipKey = readonly [number, number];

/** HalfSipHash-2-4, 64 bits, UTF-16, base64url, for one chain's words. */
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

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const CODES = Uint8Array.from(ALPHABET, (digit) => digit.charCodeAt(0));

type SipKey = readonly [number, number, number, number];

/** SipHash-2-4 (Aumasson and Bernstein, 2012), 64 bits, UTF-16, base64url. */
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
function hashText(low: number, high: number): string {
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
