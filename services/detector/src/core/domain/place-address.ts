/**
 * An address in one spelling, whatever its source writes: IPv6 without leading zeros and with its zeros told apart,
 * without brackets, port and zone; IPv4 without port, and out of the wrapping that a socket of both families gives it,
 * in dots or in hex. What is no address (a host's name) stays as it is.
 *
 * Rejected: `new URL`, which the core, without Node's and the browser's names, does not know.
 */

const IPV4_PORT = /^(\d{1,3}(?:\.\d{1,3}){3})(?::\d{1,5})?$/;
const BRACKETS = /^\[([^\]]*)\](?::\d{1,5})?$/;
const GROUP = /^[\da-f]{1,4}$/i;
const DOTTED = /^(.*:)(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/;
const GROUPS = 8;

/** With the last 32 bits as groups, where they stand in dots. */
function withoutDots(text: string): string {
  const [, head, ...bytes] = DOTTED.exec(text) ?? [];
  if (head === undefined) return text;
  const [a = 0, b = 0, c = 0, d = 0] = bytes.map(Number);
  return `${head}${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
}

/** The eight groups of an IPv6 address; undefined: it is none. */
function groupsOf(text: string): readonly number[] | undefined {
  const halves = withoutDots(text).split('::');
  if (halves.length > 2) return undefined;
  const [head = [], tail] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const given = [...head, ...(tail ?? [])];
  const gap = GROUPS - given.length;
  if (tail === undefined ? gap !== 0 : gap < 1) return undefined;
  if (!given.every((one) => GROUP.test(one))) return undefined;
  const zeros = tail === undefined ? [] : new Array<string>(gap).fill('0');
  return [...head, ...zeros, ...(tail ?? [])].map((one) => Number.parseInt(one, 16));
}

/** The IPv4 address that is wrapped in an IPv6 one. */
function wrappedOf(groups: readonly number[]): string | undefined {
  if (groups.slice(0, 5).some((one) => one !== 0) || groups[5] !== 0xffff) return undefined;
  return groups
    .slice(6)
    .flatMap((one) => [Math.floor(one / 256), one % 256])
    .join('.');
}

/** Of IPv4 in dots; of IPv6 its groups, or undefined where it is no address. */
export type Address = { readonly dotted: string } | { readonly groups: readonly string[] };

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
