// Reads a request body into memory, decompressed, within limits. Whole, because an INSERT has to be
// one call to be all-or-nothing.
import type { IncomingMessage } from 'node:http';
import type { Readable, Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { refuse } from './failure.ts';

/** One body, after decompression. */
const BODY_BYTES_MAX = 256 * 1024 * 1024;
/** All bodies being held at once, so that many large inserts cannot exhaust the memory together. */
export const BODIES_BYTES_MAX = 1024 * 1024 * 1024;

const tooLarge = (what: string): Error => refuse('QUERY_IS_TOO_LARGE', what);

export class BodyBudget {
  private used = 0;

  take(bytes: number): void {
    if (this.used + bytes > BODIES_BYTES_MAX)
      throw refuse('TOO_MANY_SIMULTANEOUS_QUERIES', 'Too many bytes of request bodies in flight.');
    this.used += bytes;
  }

  give(bytes: number): void {
    this.used -= bytes;
  }
}

const decoderOf = (encoding: string): Transform | undefined => {
  switch (encoding) {
    case '':
    case 'identity':
      return undefined;
    case 'gzip':
      return createGunzip();
    case 'deflate':
      return createInflate();
    case 'br':
      return createBrotliDecompress();
    default:
      // Zstd is not in Node 20's zlib.
      throw refuse('NOT_IMPLEMENTED', `Content-Encoding ${encoding} is not supported.`);
  }
};

const decoded = (request: IncomingMessage): Readable => {
  const decoder = decoderOf(request.headers['content-encoding']?.toLowerCase() ?? '');
  if (decoder === undefined) return request;
  request.on('error', (error) => decoder.destroy(error));
  // A client that hangs up ends the request without 'end'.
  request.on('close', () => {
    if (!request.complete) decoder.destroy(new Error('The client closed the connection.'));
  });
  return request.pipe(decoder);
};

export interface Body {
  readonly bytes: Buffer;
  release(): void;
}

export const readBody = async (request: IncomingMessage, budget: BodyBudget): Promise<Body> => {
  const limit = `The request body is larger than ${BODY_BYTES_MAX} bytes.`;
  if (Number(request.headers['content-length'] ?? 0) > BODY_BYTES_MAX) throw tooLarge(limit);
  const source = decoded(request);
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of source as AsyncIterable<Buffer>) {
      budget.take(chunk.length);
      size += chunk.length;
      if (size > BODY_BYTES_MAX) throw tooLarge(limit);
      chunks.push(chunk);
    }
  } catch (error) {
    budget.give(size);
    if (source !== request && !(error instanceof Error && error.name === 'Failure'))
      throw refuse('CANNOT_DECOMPRESS', `Cannot decompress the request body: ${String(error)}.`);
    throw error;
  }
  return {
    bytes: chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks, size),
    release: () => budget.give(size),
  };
};
