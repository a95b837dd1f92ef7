/**
 * A port taken before anything else: `owner.json` names the URL from the start. Until the application is there,
 * requests hear that it starts.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, Socket } from 'node:net';
import { answerClientError, HTTP_TIMES, serverOptions } from '@waywarden/ingest';
import { UsageError } from '../input/command-output.ts';

const LOOPBACK = '127.0.0.1';
/** Own programs come by the loopback. */
const ANY: ReadonlySet<string> = new Set(['0.0.0.0', '::']);
const PORTS_TRIED_MAX = 20;
const ANSWER_MS_MAX = 2_000;

/** `asks`: the sender waits for `100 Continue`. */
export type PortListener = (
  request: IncomingMessage,
  response: ServerResponse,
  asks: boolean,
) => void;

export interface BoundPort {
  readonly server: Server;
  readonly url: string;
  answerWith(listener: PortListener): void;
  close(): Promise<void>;
}

const starting: PortListener = (_request, response) => {
  response.writeHead(503, { 'content-type': 'application/json', 'retry-after': '1' });
  response.end('{"error":"starting","message":"Waywarden is starting. Ask again in a second."}\n');
};

function listen(server: Server, port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const refused = () => resolve(false);
    server.once('error', refused);
    server.listen(port, host, () => {
      server.off('error', refused);
      resolve(true);
    });
  });
}

/** Keep-alive connections are not waited for. */
function shut(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const late = setTimeout(() => server.closeAllConnections(), ANSWER_MS_MAX);
    server.close(() => {
      clearTimeout(late);
      resolve();
    });
    server.closeIdleConnections();
  });
}

/** `named`: the port asked for (0: any); else the first free from `from` on. UsageError where none is. */
export async function bindPort(
  named: number | undefined,
  from: number,
  host: string = LOOPBACK,
): Promise<BoundPort> {
  let listener = starting;
  const server = createServer(serverOptions(HTTP_TIMES));
  server.on('request', (request, response) => listener(request, response, false));
  server.on('checkContinue', (request, response) => listener(request, response, true));
  server.on('clientError', (error, socket) => {
    if (socket instanceof Socket) answerClientError(error, socket);
    else socket.destroy();
  });
  const tried = named === undefined ? PORTS_TRIED_MAX : 1;
  for (let i = 0; i < tried; i++) {
    if (!(await listen(server, (named ?? from) + i, host))) continue;
    const { port } = server.address() as AddressInfo;
    return {
      server,
      url: `http://${ANY.has(host) ? LOOPBACK : host.includes(':') ? `[${host}]` : host}:${port}`,
      answerWith: (next) => {
        listener = next;
      },
      close: () => shut(server),
    };
  }
  throw new UsageError(
    `Port ${named ?? from} of ${host} can't be used (another program has it, or it needs more rights). ` +
      'Name another with --port, or leave --port out to take the next free one.',
  );
}
