/**
 * Names of networks and clients: IPv4 /24, IPv6 /48; an area is /16, /32 or the private addresses. Versions of a
 * client are left out.
 */
import { addressOf } from './ip-address.ts';

export type Family = '4' | '6';

export function networkOf(ip: string | undefined): string | undefined {
  if (ip === undefined) return undefined;
  const address = addressOf(ip) ?? { dotted: ip };
  return 'groups' in address
    ? address.groups.slice(0, 3).join(':')
    : address.dotted.split('.').slice(0, 3).join('.');
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

export function clientName(client: string): string {
  const name = client.replace(VERSIONS, '').trim().toLowerCase();
  return name === '' ? client : name;
}

/** `203.0.113.*`. */
export const networkText = (network: string): string =>
  `${network}${network.includes(':') ? ':' : '.'}*`;
