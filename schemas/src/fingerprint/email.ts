/**
 * E-mail addresses: lower-case as a whole, the domain apart. The local part is lower-cased too:
 * RFC 5321 would let it differ by case, and no mail system in use does.
 */
import { isAlnum } from './char-class.ts';

/** RFC 5321, section 4.5.3.1. */
const LOCAL_LENGTH_MAX = 64;
const DOMAIN_LENGTH_MAX = 253;

/** `._%+-` besides letters and digits: what addresses in use are made of. */
function isLocal(code: number): boolean {
  return isAlnum(code) || code === 46 || code === 95 || code === 37 || code === 43 || code === 45;
}

function isDomain(code: number): boolean {
  return isAlnum(code) || code === 46 || code === 45;
}

/** A name with a dot, whose last label starts with a letter, and no empty label. */
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

/** The address around the `@` at `at`; only `start`..`end` is looked at. */
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
