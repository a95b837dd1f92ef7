/** E-mail addresses, lower-case as a whole. */
import { isAlnum } from './char-class.ts';

/** RFC 5321, 4.5.3.1. */
const LOCAL_LENGTH_MAX = 64;
const DOMAIN_LENGTH_MAX = 253;

function isLocal(code: number): boolean {
  return isAlnum(code) || code === 46 || code === 95 || code === 37 || code === 43 || code === 45;
}

function isDomain(code: number): boolean {
  return isAlnum(code) || code === 46 || code === 45;
}

function isHostName(domain: string): boolean {
  const dot = domain.lastIndexOf('.');
  if (dot < 1 || domain.length - dot < 3 || domain.includes('..') || domain.startsWith('.')) {
    return false;
  }
  return domain.charCodeAt(dot + 1) > 57;
}

export interface EmailAddress {
  readonly canonical: string;
  readonly domain: string;
}

export function emailAround(
  text: string,
  at: number,
  start: number,
  end: number,
): EmailAddress | undefined {
  let from = at;
  const first = Math.max(start, at - LOCAL_LENGTH_MAX);
  while (from > first && isLocal(text.charCodeAt(from - 1))) from--;
  while (from < at && !isAlnum(text.charCodeAt(from))) from++;
  let to = at + 1;
  const last = Math.min(end, at + 1 + DOMAIN_LENGTH_MAX);
  while (to < last && isDomain(text.charCodeAt(to))) to++;
  while (to > at && !isAlnum(text.charCodeAt(to - 1))) to--;
  if (from === at || to <= at + 1) return undefined;
  const domain = text.slice(at + 1, to).toLowerCase();
  if (!isHostName(domain)) return undefined;
  return { canonical: `${text.slice(from, at).toLowerCase()}@${domain}`, domain };
}
