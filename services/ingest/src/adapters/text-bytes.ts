/** UTF-8 in shared small chunks: a tenth of `Buffer.from(text)`. */
const CHUNK_BYTES = 65_536;
const BYTES_A_UNIT = 3;
/** Longer texts get their own. */
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
