/** Where a call sends to; only domains stay in clear. */
import { BoundedMap } from './bounded-map.ts';

export const ADDRESS_LENGTH_MAX = 512;

export interface Party {
  readonly address: string;
  readonly domain: string | undefined;
}

const DOMAIN = /^(?=.{1,253}$)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,62}$/;
/** The scheme may be absent. */
const AUTHORITY = /^(?:[a-z][a-z0-9+.-]{0,20}:\/\/)?(?:[^/@\s]{1,128}@)?([^/:?#\s]{1,253})/i;

export function domainOf(text: string): string | undefined {
  const address = text.slice(0, ADDRESS_LENGTH_MAX).trim();
  const at = address.lastIndexOf('@');
  const isUrl = address.includes('/');
  const host =
    at > 0 && !isUrl ? address.slice(at + 1).replace(/>$/, '') : AUTHORITY.exec(address)?.[1];
  const domain = host?.toLowerCase().replace(/\.$/, '');
  return domain !== undefined && DOMAIN.test(domain) ? domain : undefined;
}

export function isInside(domain: string, domains: readonly string[]): boolean {
  return domains.some((inside) => domain === inside || domain.endsWith(`.${inside}`));
}

const PATTERNS_MAX = 10_000;
const patterns = new BoundedMap<readonly string[]>(PATTERNS_MAX);

export function argumentNames(pattern: string): readonly string[] {
  return patterns.orMake(pattern, () => pattern.split('|'));
}

/** Outside first, then unknown. */
export function decisiveParty(
  parties: readonly Party[],
  organisation: readonly string[],
): Party | undefined {
  const outside = parties.find((p) => p.domain !== undefined && !isInside(p.domain, organisation));
  return outside ?? parties.find((p) => p.domain === undefined) ?? parties[0];
}
