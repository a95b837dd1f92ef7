/** The body of a request, up to a limit that keeps a caller from filling the memory. */
import type { IncomingMessage } from 'node:http';

/** Above it the caller is answered 413. */
export const GATE_BODY_BYTES_MAX = 4 * 1024 * 1024;
const READ_ON_BYTES_MAX = 8 * GATE_BODY_BYTES_MAX;

export class TooLarge extends Error {}

/** Throws `TooLarge`. */
export async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request) {
    bytes += (part as Buffer).length;
    if (bytes <= GATE_BODY_BYTES_MAX) parts.push(part as Buffer);
    // Read on for a while and kept nowhere: who is cut off while sending reads no answer.
    else if (bytes > READ_ON_BYTES_MAX) break;
  }
  if (bytes > GATE_BODY_BYTES_MAX) throw new TooLarge();
  return Buffer.concat(parts);
}
