/**
 * Under which names this server answers: those of this machine, and the public one where there is one.
 *
 * A web page that somebody happens to open can make the browser ask for this server under a name of its own (DNS
 * rebinding). Such a request carries that name in `Host`, so every other name gets 403.
 */
import type { ServerResponse } from 'node:http';

const LOOPBACK_HOSTS = new Set(['127.0.0.1', 'localhost', '[::1]']);
/** The port part; an IPv6 address keeps its brackets. */
const PORT_SUFFIX = /:\d{1,5}$/;

const nameOf = (host: string): string => host.replace(PORT_SUFFIX, '').toLowerCase();

export function isLoopbackHost(host: string | undefined): boolean {
  return host !== undefined && LOOPBACK_HOSTS.has(nameOf(host));
}

/** `names`: those of the public address, and where it listens. */
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
