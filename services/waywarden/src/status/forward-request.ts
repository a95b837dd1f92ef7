/**
 * Hands a request on to ingest's own server, which listens on a second loopback port: one address for
 * people and senders, and exactly the ingest that runs on its own in a distributed installation.
 * Bodies are streamed, so limits and refusals stay ingest's.
 */
import { Agent, type IncomingMessage, request, type ServerResponse } from 'node:http';

/** Connections to ingest; more requests wait, as they would for a single server. */
const SOCKETS_MAX = 64;

/** What ingest answers for itself. */
const INGEST_PATHS: ReadonlySet<string> = new Set(['/health', '/ready', '/metrics']);

/** Not sending, though it is a POST: the API's own, with another token. */
const REDRIVE_PATH = '/v1/dead-letters/redrive';

export function isForIngest({ method, url }: IncomingMessage): boolean {
  const path = url?.split('?', 1)[0] ?? '';
  return (method === 'POST' && path !== REDRIVE_PATH) || INGEST_PATHS.has(path);
}

export class IngestForwarder {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: SOCKETS_MAX });
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  forward(incoming: IncomingMessage, response: ServerResponse): void {
    const outgoing = request(
      `${this.#url}${incoming.url ?? '/'}`,
      { method: incoming.method, headers: incoming.headers, agent: this.#agent },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.on('error', () => response.destroy());
        answer.pipe(response);
      },
    );
    outgoing.on('error', () => {
      // Ingest refuses early (a bad token, a body too large) and closes: then its answer stands.
      if (response.headersSent) return;
      response.writeHead(503, { 'content-type': 'application/json', 'retry-after': '2' });
      response.end(
        '{"error":"busy","detail":"Ingest did not answer; nothing of this request counts as accepted.","what_to_do":"Send the same request again; repeats are harmless."}\n',
      );
    });
    response.on('close', () => {
      // The sender went away; a finished exchange has given its connection back already.
      if (!response.writableFinished) outgoing.destroy();
    });
    incoming.pipe(outgoing);
  }

  close(): void {
    this.#agent.destroy();
  }
}
