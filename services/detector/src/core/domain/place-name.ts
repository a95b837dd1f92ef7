/**
 * What a network and a client are called, and which of them are one: addresses inside a network change by
 * themselves, and so do the versions of a client, which is updated and stays the same client.
 *
 * Networks are the first 24 bits (IPv4) or 48 (IPv6). An area is more of them that one operator tends to
 * have together: the private addresses of a family, else 16 bits (IPv4) or 32 (IPv6).
 */
import { addressOf } from './place-address.ts';

export type Family = '4' | '6';

const NETWORK_GROUPS = 3;

/** Zeros at its first run of two and more are left out, as in the whole address. */
function joined(groups: readonly string[]): string {
  let [at, length] = [-1, 1];
  for (let from = 0; from < groups.length; from += 1) {
    const behind = groups.slice(from).findIndex((one) => one !== '0');
    const run = behind < 0 ? groups.length - from : behind;
    if (run > length) [at, length] = [from, run];
  }
  if (at < 0) return groups.join(':');
  const head = groups.slice(0, at).join(':');
  // The colon before it stands behind the network.
  return `${head}${at === 0 ? '' : ':'}:${groups.slice(at + length).join(':')}`;
}

export function networkOf(ip: string | undefined): string | undefined {
  if (ip === undefined) return undefined;
  const address = addressOf(ip) ?? { dotted: ip };
  return 'groups' in address
    ? address.groups.slice(0, NETWORK_GROUPS).join(':')
    : address.dotted.split('.').slice(0, 3).join('.');
}

/** The rest of the address. */
export function hostOf(ip: string | undefined): string | undefined {
  if (ip === undefined) return undefined;
  const address = addressOf(ip) ?? { dotted: ip };
  return 'groups' in address
    ? joined(address.groups.slice(NETWORK_GROUPS))
    : address.dotted.split('.').slice(3).join('.');
}

const familyOf = (network: string): Family => (network.includes(':') ? '6' : '4');

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

/** `203.0.113.*`. */
export const networkText = (network: string): string =>
  `${network}${network.includes(':') ? ':' : '.'}*`;
