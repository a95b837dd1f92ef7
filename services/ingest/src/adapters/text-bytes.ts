/**
 * UTF-8 of texts in shared chunks: `encodeInto` a chunk costs a tenth of `Buffer.from(text)`. A
 * chunk lives as long as any text in it, so it is small.
 */
const CHUNK_BYTES = 65_536;
const BYTES_A_UNIT = 3;
/** Longer texts would waste most of a chunk; they get a buffer of their own. */
const SHARED_LENGTH_MAX = CHUNK_BYTES / BYTES_A_UNIT / 2;

const encoder = new TextEncoder();
let chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES);
let used = 0;

export function bytesOf(text: string): Buffer {
  if (text.length > SHARED_LENGTH_MAX) return Buffer.from(text);
  if (CHUNK_BYTES - used < text.length * BYTES_A_UNIT) {
    chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES);
    used = 0;
  }
  const from = used;
  used += encoder.encodeInto(text, chunk.subarray(from)).written;
  return chunk.subarray(from, used);
}
