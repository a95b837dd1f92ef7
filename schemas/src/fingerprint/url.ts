/** URLs in one spelling (RFC 3986, 6.2); for the web without scheme and `www.`. */
import { domainToASCII } from 'node:url';
import { isAlnum, isLetter } from './char-class.ts';
import { percentDecoded } from './decode-layer.ts';

export const URL_LENGTH_MAX = 2048;
const SCHEME_LENGTH_MAX = 12;
const DEFAULT_PORTS: ReadonlyMap<string, string> = new Map([
  ['http', '80'],
  ['https', '443'],
  ['ws', '80'],
  ['wss', '443'],
  ['ftp', '21'],
]);

/** Else `name.tld` is a file. */
const BARE_TLDS: ReadonlySet<string> = new Set(
  (
    'com org net io dev app ai co info biz gov edu mil int eu uk de fr nl ch at it es pt pl se no dk fi ' +
    'ru cn jp kr in br au nz ca us mx za xyz online site shop store cloud tech club top live link example test'
  ).split(' '),
);

export interface WebAddress {
  readonly canonical: string;
  readonly domain: string;
  readonly password?: string;
}

export interface UrlSpan extends WebAddress {
  /** Index after the host and port: what follows may hold further values. */
  readonly authorityEnd: number;
  readonly end: number;
}

const UNRESERVED = /^[A-Za-z0-9._~-]$/;

function normalisePercent(text: string): string {
  if (!text.includes('%')) return text;
  return text.replace(/%[0-9A-Fa-f]{2}/g, (escaped) => {
    const char = String.fromCharCode(Number.parseInt(escaped.slice(1), 16));
    return UNRESERVED.test(char) ? char : escaped.toUpperCase();
  });
}

function hostOf(text: string): string {
  let host = text.toLowerCase();
  // As on the wire.
  if (/[\u0080-\uffff]/.test(host)) host = domainToASCII(host) || host;
  return host.endsWith('.') ? host.slice(0, -1) : host;
}

function splitAuthority(authority: string) {
  const at = authority.lastIndexOf('@');
  const user = at === -1 ? '' : authority.slice(0, at);
  const hostPort = authority.slice(at + 1);
  const colon = hostPort.lastIndexOf(':');
  const hasPort = colon !== -1 && /^\d{0,5}$/.test(hostPort.slice(colon + 1));
  return {
    password: user.includes(':') ? user.slice(user.indexOf(':') + 1) : '',
    host: hostOf(hasPort ? hostPort.slice(0, colon) : hostPort),
    port: hasPort ? hostPort.slice(colon + 1) : '',
  };
}

function authorityEndOf(text: string, start: number, end: number): number {
  let at = start;
  while (at < end) {
    const code = text.charCodeAt(at);
    // RFC 3986, 3.2.
    if (code === 47 || code === 63 || code === 35) break;
    at++;
  }
  return at;
}

function normalise(scheme: string, rest: string): WebAddress | undefined {
  const authorityEnd = authorityEndOf(rest, 0, rest.length);
  const { host, port, password } = splitAuthority(rest.slice(0, authorityEnd));
  if (host === '' || !isAlnum(host.charCodeAt(host.length - 1))) return undefined;
  const hash = rest.indexOf('#', authorityEnd);
  let path = normalisePercent(rest.slice(authorityEnd, hash === -1 ? undefined : hash));
  if (path.endsWith('?')) path = path.slice(0, -1);
  while (path.endsWith('/') && !path.includes('?')) path = path.slice(0, -1);
  const isWeb = scheme === 'http' || scheme === 'https';
  const name = isWeb && host.startsWith('www.') ? host.slice(4) : host;
  const portPart = port === '' || DEFAULT_PORTS.get(scheme) === port ? '' : `:${port}`;
  return {
    canonical: `${isWeb ? '' : `${scheme}://`}${name}${portPart}${path}`,
    domain: name,
    ...(password === '' ? {} : { password }),
  };
}

/** Whitespace, quotes, `<>`, backtick, braces, `|`, `^` and `\` end a URL in running text. */
function endsUrl(code: number): boolean {
  if (code <= 32 || code === 34 || code === 39 || code === 60 || code === 62) return true;
  return code === 96 || code === 92 || code === 94 || (code >= 123 && code <= 125);
}

const MARKS = /[/?&=#;:@]+/;
const PART_LENGTH_MIN = 7;

/** Decoded, one a line. */
export function addressParts(text: string, start: number, { authorityEnd, end }: UrlSpan): string {
  const authority = text.slice(start, authorityEnd);
  const user = authority.slice(0, Math.max(0, authority.lastIndexOf('@')));
  const parts = `${user}/${text.slice(authorityEnd, end)}`
    .split(MARKS)
    .flatMap((part) => (part.includes('%') ? percentDecoded(part).split(MARKS) : part))
    .filter((part) => part.length >= PART_LENGTH_MIN && HAS_DIGIT.test(part));
  return parts.join('\n');
}
const HAS_DIGIT = /\d/;

/** Closing punctuation belongs to the sentence: `.,;:!?)]*`. */
function closesSentence(code: number): boolean {
  if (code === 46 || code === 44 || code === 59 || code === 58 || code === 33) return true;
  return code === 63 || code === 41 || code === 93 || code === 42;
}

function urlEndOf(text: string, start: number): number {
  const last = Math.min(text.length, start + URL_LENGTH_MAX);
  let end = start;
  while (end < last && !endsUrl(text.charCodeAt(end))) end++;
  while (end > start && closesSentence(text.charCodeAt(end - 1))) end--;
  return end;
}

/** At `colon`. */
export function urlAround(text: string, colon: number): UrlSpan | undefined {
  let from = colon;
  const first = Math.max(0, colon - SCHEME_LENGTH_MAX);
  while (from > first && isAlnum(text.charCodeAt(from - 1))) from--;
  while (from < colon && !isLetter(text.charCodeAt(from))) from++;
  if (colon - from < 2) return undefined;
  const start = colon + 3;
  const end = urlEndOf(text, start);
  const scheme = text.slice(from, colon).toLowerCase();
  const address = normalise(scheme, text.slice(start, end));
  if (address === undefined) return undefined;
  return { ...address, authorityEnd: authorityEndOf(text, start, end), end };
}

/** `www.…`, or a well-known top-level domain. */
export function bareUrlAt(text: string, start: number, wordEnd: number): UrlSpan | undefined {
  const hostEnd = authorityEndOf(text, start, wordEnd);
  const host = text.slice(start, hostEnd);
  const dot = host.lastIndexOf('.');
  if (dot < 1 || !isAlnum(host.charCodeAt(0)) || host.includes('..') || /[^\w.-]/.test(host)) {
    return undefined;
  }
  const isNamed = /^www\./i.test(host) && host.length > 7;
  if (!isNamed && !BARE_TLDS.has(host.slice(dot + 1).toLowerCase())) return undefined;
  const next = text.charCodeAt(wordEnd);
  const goesOn = next === 63 || (next === 58 && wordEnd === hostEnd) || next === 61 || next === 38;
  const end = goesOn ? urlEndOf(text, wordEnd) : wordEnd;
  const address = normalise('https', text.slice(start, end));
  return address === undefined ? undefined : { ...address, authorityEnd: hostEnd, end };
}

/** Undefined: none. */
export function canonicalUrl(given: string): WebAddress | undefined {
  const text = given.trim();
  const colon = text.indexOf('://');
  const span = colon === -1 ? bareUrlAt(text, 0, text.length) : urlAround(text, colon);
  if (span === undefined) return undefined;
  const { canonical, domain } = span;
  return { canonical, domain };
}
