/**
 * The partition of a key: murmur2 over its UTF-8 bytes, as Kafka's default partitioner
 * (org.apache.kafka.common.utils.Utils#murmur2), so that producers in other languages agree.
 */
const SEED = 0x9747b28c;
const M = 0x5bd1e995;
const R = 24;
const encoder = new TextEncoder();
/** Keys are names and fingerprints: short, and hardly ever beyond ASCII. */
const SHORT_MAX = 512;
const short = new Uint8Array(SHORT_MAX);
const ASCII_MAX = 0x7f;

/** The key's bytes in `short`; false where they take more than a byte each, or there is no room. */
function isShortAscii(key: string): boolean {
  if (key.length > SHORT_MAX) return false;
  for (let at = 0; at < key.length; at += 1) {
    const code = key.charCodeAt(at);
    if (code > ASCII_MAX) return false;
    short[at] = code;
  }
  return true;
}

function murmur2(data: Uint8Array, length: number): number {
  let h = SEED ^ length;
  const words = length >> 2;
  for (let i = 0; i < words; i++) {
    const at = i << 2;
    let k =
      (data[at] ?? 0) |
      ((data[at + 1] ?? 0) << 8) |
      ((data[at + 2] ?? 0) << 16) |
      ((data[at + 3] ?? 0) << 24);
    k = Math.imul(k, M);
    k ^= k >>> R;
    k = Math.imul(k, M);
    h = Math.imul(h, M) ^ k;
  }
  const tail = words << 2;
  const rest = length & 3;
  if (rest === 3) h ^= (data[tail + 2] ?? 0) << 16;
  if (rest >= 2) h ^= (data[tail + 1] ?? 0) << 8;
  if (rest >= 1) {
    h ^= data[tail] ?? 0;
    h = Math.imul(h, M);
  }
  h ^= h >>> 13;
  h = Math.imul(h, M);
  h ^= h >>> 15;
  return h;
}

/** The partition of `key` among `partitions` (≥ 1): Kafka's toPositive(murmur2) mod partitions. */
export function partitionOf(key: string, partitions: number): number {
  if (isShortAscii(key)) return (murmur2(short, key.length) & 0x7fffffff) % partitions;
  const bytes = encoder.encode(key);
  return (murmur2(bytes, bytes.length) & 0x7fffffff) % partitions;
}
