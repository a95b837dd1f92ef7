/**
 * What a network and a client are called, and which of them are one: addresses inside a network change by
 * themselves, and so do the versions of a client, which is updated and stays the same client.
 *
 * Networks are the first 24 bits (IPv4) or 48 (IPv6). An area is more of them that one operator tends to
 * have together: the private addresses of a family, else 16 bits (IPv4) or 32 (IPv6).
 */

export type Family = '4' | '6';

const MAPPED = /^::ffff:(?=\d+\.)/i;

/** The address without the wrapping that a socket of both families gives IPv4. */
const addressOf = (ip: string): string => ip.replace(MAPPED, '');

function firstGroups(address: string): readonly string[] {
  const groups = address.toLowerCase().split(':').slice(0, 3);
  // Zeros that `::` stands for.
  const gap = groups.indexOf('');
  return groups.map((one, at) => (gap >= 0 && at >= gap ? '0' : one));
}

export function networkOf(ip: string | undefined): string | undefined {
  if (ip === undefined) return undefined;
  const address = addressOf(ip);
  return address.includes(':')
    ? firstGroups(address).join(':')
    : address.split('.').slice(0, 3).join('.');
}

/** The rest of the address. */
export function hostOf(ip: string | undefined): string | undefined {
  if (ip === undefined) return undefined;
  const address = addressOf(ip);
  return address.includes(':')
    ? address.split(':').slice(3).join(':')
    : address.split('.').slice(3).join('.');
}

export const familyOf = (network: string): Family => (network.includes(':') ? '6' : '4');

/** RFC 1918, 6598 and 4193, loopback and link-local. */
const PRIVATE =
  /^(10\.|192\.168\.|127\.|169\.254\.|172\.(1[6-9]|2\d|3[01])\.|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|f[cd]|fe[89ab]|0:0:0$)/i;

export function areaOf(network: string): string {
  if (PRIVATE.test(network)) return `private ${familyOf(network)}`;
  return network
    .split(/[.:]/)
    .slice(0, 2)
    .join(familyOf(network) === '6' ? ':' : '.');
}

/** A version behind a name: `/3.2`, `#1.34`, `-2.0rc1`. */
const VERSIONS = /[/#@: _-]v?\d[\w.+-]*/gi;

/** The client without its versions; one that is nothing else stays as it is. */
export function clientName(client: string): string {
  const name = client.replace(VERSIONS, '').trim().toLowerCase();
  return name === '' ? client : name;
}
