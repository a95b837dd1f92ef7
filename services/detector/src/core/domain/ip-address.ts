/**
 * An address in one spelling: IPv6 normalised, without brackets, port and zone; wrapped IPv4 unwrapped. A host's
 * name stays as it is.
 */

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
