/** Host names that this server answers for; others get 403, against DNS rebinding. */
import type { ServerResponse } from 'node:http';

const LOOPBACK_HOSTS = new Set(['127.0.0.1', 'localhost', '[::1]']);
/** IPv6 keeps its brackets. */
const PORT_SUFFIX = /:\d{1,5}$/;

const nameOf = (host: string): string => host.replace(PORT_SUFFIX, '').toLowerCase();

export function isLoopbackHost(host: string | undefined): boolean {
  return host !== undefined && LOOPBACK_HOSTS.has(nameOf(host));
}

export function answersFor(names: readonly string[]): (host: string | undefined) => boolean {
  const known = new Set(names.map(nameOf));
  return (host) => host !== undefined && (isLoopbackHost(host) || known.has(nameOf(host)));
}

export function refuseHost(response: ServerResponse): void {
  response.writeHead(403, { 'content-type': 'application/json' });
  response.end(
    '{"error":"not_loopback","message":"Waywarden answers only under 127.0.0.1, localhost, or the name in --public-url."}\n',
  );
}
