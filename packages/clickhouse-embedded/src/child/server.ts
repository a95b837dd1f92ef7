// The HTTP interface: who may ask, what they ask, and never more than we can hold. A web page open
// in the user's browser can send requests to 127.0.0.1 too.
import { createHash, randomUUID, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Readable, Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import type { EngineConfig } from '../messages.ts';
import type { Engine } from './engine.ts';
import { asFailure, refuse } from './failure.ts';
import { parseQueryRequest } from './request.ts';
import { sendFailure } from './response.ts';
import { type InsertHooks, runQuery } from './run-query.ts';

const FIELDS_MAX = 1_000;

// multipart/form-data as @clickhouse/client writes it when query parameters are too long for a URL:
// small text fields `query` and `param_*`. Files (external tables) are refused.
const parseMultipart = (
  contentType: string,
  body: Buffer,
): readonly (readonly [string, string])[] => {
  const boundary = /boundary="?([^";]+)"?/i.exec(contentType)?.[1];
  if (boundary === undefined) throw refuse('BAD_ARGUMENTS', 'Multipart body without a boundary.');
  const parts = `\r\n${body.toString('utf8')}`.split(`\r\n--${boundary}`).slice(1, -1);
  if (parts.length > FIELDS_MAX) throw refuse('BAD_ARGUMENTS', 'Too many multipart fields.');
  return parts.map((part) => {
    const gap = part.indexOf('\r\n\r\n');
    const head = part.slice(0, gap);
    const name = /name="([^"]*)"/i.exec(head)?.[1];
    if (gap < 0 || name === undefined || /filename=/i.test(head))
      throw refuse('NOT_IMPLEMENTED', 'External tables are not supported.');
    return [name, part.slice(gap + 4)] as const;
  });
};

/** Requests read or running at once. */
export const OPEN_REQUESTS_MAX = 1_000;
/** Like the server's http_max_uri_size: inserts carry their SQL in the URL. */
const HEADER_BYTES_MAX = 1024 * 1024;
/** The server's default, longer than the 2.5 s after which @clickhouse/client drops an idle socket. */
const KEEP_ALIVE_MS = 10_000;

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

const passwordIn = (request: IncomingMessage, url: URL): string => {
  const key = request.headers['x-clickhouse-key'];
  if (typeof key === 'string') return key;
  const [scheme, value] = (request.headers.authorization ?? '').split(' ');
  if (scheme?.toLowerCase() === 'basic' && value !== undefined) {
    const text = Buffer.from(value, 'base64').toString('utf8');
    return text.slice(text.indexOf(':') + 1);
  }
  return url.searchParams.get('password') ?? '';
};

const refuseStrangers = (request: IncomingMessage, url: URL, password: string | undefined) => {
  const host = (request.headers.host ?? '127.0.0.1').replace(/:\d+$/, '');
  const fromBrowser = request.headers.origin ?? request.headers['sec-fetch-site'];
  if (fromBrowser !== undefined || !['127.0.0.1', 'localhost'].includes(host))
    throw refuse('AUTHENTICATION_FAILED', 'Requests from web pages are not served.');
  if (password === undefined) return;
  // Hashed first, because timingSafeEqual needs equal lengths.
  if (!timingSafeEqual(digest(passwordIn(request, url)), digest(password)))
    throw refuse('AUTHENTICATION_FAILED', 'Authentication failed: password is incorrect.');
};

interface ServerDeps {
  readonly engine: Engine;
  readonly config: EngineConfig;
  readonly hooks: InsertHooks;
}

const answerQuery = async (
  deps: ServerDeps,
  budget: BodyBudget,
  exchange: { request: IncomingMessage; response: ServerResponse; url: URL },
): Promise<void> => {
  const { request, response, url } = exchange;
  const body = await readBody(request, budget);
  try {
    const contentType = request.headers['content-type'] ?? '';
    const isForm = contentType.startsWith('multipart/form-data');
    const fields = isForm ? parseMultipart(contentType, body.bytes) : [];
    const query = parseQueryRequest([...url.searchParams, ...fields], request.headers);
    await runQuery({
      engine: deps.engine,
      config: deps.config,
      request: query,
      body: isForm ? Buffer.alloc(0) : body.bytes,
      hooks: deps.hooks,
      answer: {
        request,
        response,
        queryId: query.queryId,
        format: query.format,
        compress: query.compressResponse,
      },
    });
  } finally {
    body.release();
  }
};

export interface HttpFront {
  readonly server: Server;
  /** Resolves when no request is being answered. */
  idle(): Promise<void>;
}

export const createHttpFront = (deps: ServerDeps): HttpFront => {
  const budget = new BodyBudget();
  const waiting: (() => void)[] = [];
  let open = 0;
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    open += 1;
    try {
      refuseStrangers(request, url, url.pathname === '/ping' ? undefined : deps.config.password);
      if (open > OPEN_REQUESTS_MAX)
        throw refuse('TOO_MANY_SIMULTANEOUS_QUERIES', 'Too many simultaneous queries.');
      if (url.pathname === '/ping') response.end('Ok.\n');
      else if (url.pathname === '/') await answerQuery(deps, budget, { request, response, url });
      else response.writeHead(404).end(`There is no handle ${url.pathname}\n`);
    } catch (error) {
      // A body left unread would be taken for the next request on this connection.
      if (!request.complete) response.setHeader('Connection', 'close');
      sendFailure(response, asFailure(error), url.searchParams.get('query_id') ?? randomUUID());
    } finally {
      open -= 1;
      if (open === 0) for (const resolve of waiting.splice(0)) resolve();
    }
  };
  const server = createServer(
    { maxHeaderSize: HEADER_BYTES_MAX, keepAliveTimeout: KEEP_ALIVE_MS },
    (request, response) => void handle(request, response),
  );
  return {
    server,
    idle: () => (open === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
  };
};

/** One body, after decompression. */
const BODY_BYTES_MAX = 256 * 1024 * 1024;
/** All bodies being held at once, so that many large inserts cannot exhaust the memory together. */
export const BODIES_BYTES_MAX = 1024 * 1024 * 1024;

const tooLarge = (what: string): Error => refuse('QUERY_IS_TOO_LARGE', what);

// Reads a request body into memory, decompressed, within limits. Whole, because an INSERT has to be
// one call to be all-or-nothing.
class BodyBudget {
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

interface Body {
  readonly bytes: Buffer;
  release(): void;
}

const readBody = async (request: IncomingMessage, budget: BodyBudget): Promise<Body> => {
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
