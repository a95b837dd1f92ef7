/**
 * Who may ask without a token: a program on this machine that names this machine.
 *
 * The server listens on 127.0.0.1 only, so nobody else reaches it; but a web page that the operator
 * happens to open can make the browser ask for it under a name of its own (DNS rebinding). Such a
 * request carries that name in `Host`, hence every request whose `Host` is not a loopback name gets
 * 403. Rejected: a session cookie from a one-time link, which protects against nothing more here
 * (whoever runs programs as this user can read the token file) and gets lost at every restart.
 */
const LOOPBACK_HOSTS = new Set(['127.0.0.1', 'localhost', '[::1]']);
/** The port part; an IPv6 address keeps its brackets. */
const PORT_SUFFIX = /:\d{1,5}$/;

export function isLoopbackHost(host: string | undefined): boolean {
  return host !== undefined && LOOPBACK_HOSTS.has(host.replace(PORT_SUFFIX, '').toLowerCase());
}
