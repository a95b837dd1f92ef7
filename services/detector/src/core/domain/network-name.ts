/**
 * Names of networks and clients: IPv4 /24, IPv6 /48; an area is /16, /32 or the private addresses. Versions of a
 * client are left out.
 */
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

const IPV4_PORT = /^(\d{1,3}(?:\.\d{1,3}){3})(?::\d{1,5})?$/;
const BRACKETS = /^\[([^\]]*)\](?::\d{1,5})?$/;
const GROUP = /^[\da-f]{1,4}$/i;
const DOTTED = /^(.*:)(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/;

function withoutDots(text: string): string {
  const [, head, ...bytes] = DOTTED.exec(text) ?? [];
  if (head === undefined) return text;
  const [a = 0, b = 0, c = 0, d = 0] = bytes.map(Number);
  return `${head}${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
}

function groupsOf(text: string): readonly number[] | undefined {
  const halves = withoutDots(text).split('::');
  if (halves.length > 2) return undefined;
  const [head = [], tail] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const given = [...head, ...(tail ?? [])];
  const gap = 8 - given.length;
  if (tail === undefined ? gap !== 0 : gap < 1) return undefined;
  if (!given.every((one) => GROUP.test(one))) return undefined;
  const zeros = tail === undefined ? [] : new Array<string>(gap).fill('0');
  return [...head, ...zeros, ...(tail ?? [])].map((one) => Number.parseInt(one, 16));
}

function wrappedOf(groups: readonly number[]): string | undefined {
  if (groups.slice(0, 5).some((one) => one !== 0) || groups[5] !== 0xffff) return undefined;
  return groups
    .slice(6)
    .flatMap((one) => [Math.floor(one / 256), one % 256])
    .join('.');
}

type Address = { readonly dotted: string } | { readonly groups: readonly string[] };

/**
 * An address in one spelling: IPv6 normalised, without brackets, port and zone; wrapped IPv4 unwrapped. A host's
 * name stays as it is.
 */
export function addressOf(given: string): Address | undefined {
  const [, dotted] = IPV4_PORT.exec(given) ?? [];
  if (dotted !== undefined) return { dotted };
  const [, inner = given] = BRACKETS.exec(given) ?? [];
  const groups = groupsOf(inner.split('%')[0] ?? '');
  if (groups === undefined) return undefined;
  const wrapped = wrappedOf(groups);
  if (wrapped !== undefined) return { dotted: wrapped };
  return { groups: groups.map((one) => one.toString(16)) };
}
