/**
 * Which requests are the API's own and which are ingest's, on the one address that people and senders
 * share. Ingest answers its own requests on the same connections, so that its limits and refusals are
 * what they are when it runs alone. (Handing them on to a second server was rejected: senders then
 * waited in the queue between the two.)
 *
 * What is sent, and what a client asks of the server that it sends to, is ingest's unless the API has a route for it: the API's routes say so themselves, by
 * being there. Rejected: a list of addresses here, since a route that nobody put into it was answered
 * by ingest, as an event without a token.
 */
import type { IncomingMessage } from 'node:http';
import { clientPath, SEEN_PATH } from '@waywarden/ingest';
import type { FastifyInstance } from 'fastify';

/** What ingest answers for itself. */
const INGEST_PATHS: ReadonlySet<string> = new Set(['/health', '/ready', '/metrics', SEEN_PATH]);
const SENDS = 'POST';

interface Pattern {
  readonly method: string;
  readonly parts: readonly string[];
}

/** A parameter stands for one part of the path. */
function matches({ parts: pattern }: Pattern, parts: readonly string[]): boolean {
  return (
    pattern.length === parts.length &&
    pattern.every((one, at) => one.startsWith(':') || one === parts[at])
  );
}

export class OwnRoutes {
  readonly #patterns: Pattern[] = [];

  /** Before the first route. */
  constructor(app: FastifyInstance) {
    app.addHook('onRoute', ({ method, url }) => {
      const parts = url.split('/');
      for (const one of [method].flat()) this.#patterns.push({ method: one, parts });
    });
  }

  isForIngest({ method, url }: Pick<IncomingMessage, 'method' | 'url'>): boolean {
    const path = url?.split('?', 1)[0] ?? '';
    if (INGEST_PATHS.has(path)) return true;
    if (method !== SENDS && clientPath(method, url) === undefined) return false;
    const parts = path.split('/');
    return !this.#patterns.some((one) => one.method === method && matches(one, parts));
  }
}
