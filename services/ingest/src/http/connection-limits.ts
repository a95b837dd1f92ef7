/** Bounds of a connection before anything of ours sees it, and what Node's refusals are told. */
import { type IncomingMessage, type Server, type ServerOptions, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { errorBody, HTTP_ERRORS, type HttpErrorCode } from '../intake/http-error.ts';

export const HEADER_BYTES_MAX = 16 * 1024;
export const CONNECTIONS_MAX = 1_024;
/** Further ones, of which each hears 429; what comes beyond these is cut. */
export const CONNECTIONS_REFUSED_MAX = 256;

export interface HttpTimes {
  readonly headersMsMax: number;
  readonly bodyPauseMsMax: number;
  readonly requestMsMax: number;
  readonly idleMsMax: number;
}

const HEADERS_MS_MAX = 10_000;
const BODY_PAUSE_MS_MAX = 10_000;
const REQUEST_MS_MAX = 60_000;
const IDLE_MS_MAX = 15_000;

export const HTTP_TIMES: HttpTimes = {
  headersMsMax: HEADERS_MS_MAX,
  bodyPauseMsMax: BODY_PAUSE_MS_MAX,
  requestMsMax: REQUEST_MS_MAX,
  idleMsMax: IDLE_MS_MAX,
};

export function serverOptions({ headersMsMax, requestMsMax, idleMsMax }: HttpTimes) {
  return {
    headersTimeout: headersMsMax,
    requestTimeout: requestMsMax,
    keepAliveTimeout: idleMsMax,
    maxHeaderSize: HEADER_BYTES_MAX,
    connectionsCheckingInterval: Math.max(
      10,
      Math.min(1_000, headersMsMax / 10, requestMsMax / 10),
    ),
  } satisfies ServerOptions;
}

function codeOfClientError(error: Error): HttpErrorCode {
  const code = 'code' in error ? error.code : undefined;
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return 'request_timeout';
  return code === 'HPE_HEADER_OVERFLOW' ? 'headers_too_large' : 'bad_request';
}

function refuseConnection(socket: Socket, code: HttpErrorCode): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const body = JSON.stringify(errorBody(code));
  const { status } = HTTP_ERRORS[code];
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nContent-Type: application/json; charset=utf-8\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
    () => socket.destroy(),
  );
}

export function answerClientError(error: Error, socket: Socket): HttpErrorCode {
  const code = codeOfClientError(error);
  refuseConnection(socket, code);
  return code;
}

export class Connections {
  readonly #tooMany = new WeakSet<Socket>();
  #open = 0;

  constructor(server: Server, max: number, arrived: () => void) {
    server.maxConnections = max + CONNECTIONS_REFUSED_MAX;
    // All that fit into 16 KiB: Node would drop those beyond 2,000 without a word.
    server.maxHeadersCount = 0;
    server.on('connection', (socket) => {
      this.#open += 1;
      arrived();
      if (this.#open > max) this.#tooMany.add(socket);
      socket.once('close', () => {
        this.#open -= 1;
      });
    });
  }

  isTooMany(socket: Socket): boolean {
    return this.#tooMany.has(socket);
  }
}

/** What is still sent after a refusal is thrown away, so that its sender can read the answer. */
export const DISCARD_BYTES_MAX = 1024 * 1024;
const DISCARD_MS_MAX = 10_000;

/** Resolves when nothing more comes, or as much came as is listened to; then the connection is cut. */
export function discardRest(request: IncomingMessage, bytesMax: number): Promise<void> {
  if (request.complete || request.destroyed) return Promise.resolve();
  let bytes = 0;
  const late = setTimeout(() => request.destroy(), DISCARD_MS_MAX);
  late.unref();
  return new Promise((resolve) => {
    const stop = () => {
      clearTimeout(late);
      resolve();
    };
    request
      .on('data', (chunk: Uint8Array) => {
        bytes += chunk.length;
        if (bytes > bytesMax) request.destroy();
      })
      .once('end', stop)
      .once('close', stop)
      .on('error', () => undefined)
      .resume();
  });
}
