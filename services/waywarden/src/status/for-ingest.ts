/**
 * Which requests are ingest's. One address for people and senders; ingest answers its own requests on
 * the same connections, so that its limits and refusals are what they are when it runs alone. (Handing
 * them on to a second server was rejected: senders then waited in the queue between the two.)
 */
import type { IncomingMessage } from 'node:http';

/** What ingest answers for itself. */
const INGEST_PATHS: ReadonlySet<string> = new Set(['/health', '/ready', '/metrics']);

/** Not sending, though they are POSTs: the API's own, with another token or a signature. */
const OWN_PATHS: ReadonlySet<string> = new Set([
  '/v1/dead-letters/redrive',
  '/v1/verify',
  '/v1/audit/verify',
  '/v1/acts',
]);

/** Of receivers of commands, whose receipts are signed. */
const RECEIVERS = '/v1/receivers/';

export function isForIngest({ method, url }: IncomingMessage): boolean {
  const path = url?.split('?', 1)[0] ?? '';
  const isOwn = OWN_PATHS.has(path) || path.startsWith(RECEIVERS);
  return (method === 'POST' && !isOwn) || INGEST_PATHS.has(path);
}
