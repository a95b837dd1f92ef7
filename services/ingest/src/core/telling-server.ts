/**
 * What of a server's name says what it serves: a namespace that only says where a server's code is
 * published (`io.github.…/weather`) is no hint at that.
 */
const PUBLISHED_AT = ['io.github.', 'com.github.', 'https://github.com/', 'github.com/'];

export function tellingServer(server: string): string {
  const at = PUBLISHED_AT.find((prefix) => server.toLowerCase().startsWith(prefix));
  return at === undefined ? server : server.slice(at.length);
}
