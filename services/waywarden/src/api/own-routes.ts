/**
 * Which requests are the API's and which ingest's, on one address: ingest's unless the API has a route. Ingest
 * keeps its own limits on the same connections.
 */
import type { IncomingMessage } from 'node:http';
import { clientPath, SEEN_PATH } from '@waywarden/ingest';
import type { FastifyInstance } from 'fastify';

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
