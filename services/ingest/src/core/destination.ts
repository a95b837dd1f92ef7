/**
 * Where a call sends to: the parties that stand in the catalogue's target argument, each as address
 * and domain. A destination is kept as fingerprint; its domain stands apart, in clear, because
 * profiles and envelopes are written in domains.
 */

import { BoundedMap } from './bounded-map.ts';

export const ADDRESS_LENGTH_MAX = 512;

export interface Party {
  readonly address: string;
  readonly domain: string | undefined;
}

const DOMAIN = /^(?=.{1,253}$)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,62}$/;
/** The authority of a URL, without user and port; the scheme may be absent (`www.x.example/y`). */
const AUTHORITY = /^(?:[a-z][a-z0-9+.-]{0,20}:\/\/)?(?:[^/@\s]{1,128}@)?([^/:?#\s]{1,253})/i;

/** The domain of an e-mail address, a URL or a bare host; undefined for other text. */
export function domainOf(text: string): string | undefined {
  const address = text.slice(0, ADDRESS_LENGTH_MAX).trim();
  const at = address.lastIndexOf('@');
  const isUrl = address.includes('/');
  const host =
    at > 0 && !isUrl ? address.slice(at + 1).replace(/>$/, '') : AUTHORITY.exec(address)?.[1];
  const domain = host?.toLowerCase().replace(/\.$/, '');
  return domain !== undefined && DOMAIN.test(domain) ? domain : undefined;
}

/** Whether `domain` is one of `domains` or below one of them. */
export function isInside(domain: string, domains: readonly string[]): boolean {
  return domains.some((inside) => domain === inside || domain.endsWith(`.${inside}`));
}

/** Patterns that are kept cut; they come from catalogue entries, of which there are fewer. */
const PATTERNS_MAX = 10_000;
const patterns = new BoundedMap<readonly string[]>(PATTERNS_MAX);

/** `a|b|c`: the arguments that a catalogue entry names, in order. */
export function argumentNames(pattern: string): readonly string[] {
  const known = patterns.get(pattern);
  if (known !== undefined) return known;
  const names = pattern.split('|');
  patterns.set(pattern, names);
  return names;
}

/**
 * The party that the event names: the first outside the organisation, before those of whom that is only
 * not known; else the first.
 */
export function decisiveParty(
  parties: readonly Party[],
  organisation: readonly string[],
): Party | undefined {
  const outside = parties.find((p) => p.domain !== undefined && !isInside(p.domain, organisation));
  return outside ?? parties.find((p) => p.domain === undefined) ?? parties[0];
}
