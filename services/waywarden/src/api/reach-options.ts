/** Who reaches `up`, and how they sign in: this machine alone by default; beyond it everybody signs in, over TLS. */
import { readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { isIP } from 'node:net';
import {
  type NotifySettings,
  notifySettings,
  type OidcSettings,
  oidcSettings,
  type SlaSettings,
  slaSettings,
} from '@waywarden/console';
import { Option } from 'commander';
import { parse } from 'yaml';
import { z } from 'zod';
import { UsageError } from '../input/command-output.ts';

const LOOPBACK_HOSTS = new Set(['127.0.0.1', 'localhost', '[::1]']);
/** IPv6 keeps its brackets. */
const PORT_SUFFIX = /:\d{1,5}$/;

const nameOf = (host: string): string => host.replace(PORT_SUFFIX, '').toLowerCase();

/** Host names that this server answers for; others get 403, against DNS rebinding. */
export function isLoopbackHost(host: string | undefined): boolean {
  return host !== undefined && LOOPBACK_HOSTS.has(nameOf(host));
}

export function answersFor(names: readonly string[]): (host: string | undefined) => boolean {
  const known = new Set(names.map(nameOf));
  return (host) => host !== undefined && (isLoopbackHost(host) || known.has(nameOf(host)));
}

export function refuseHost(response: ServerResponse): void {
  response.writeHead(403, { 'content-type': 'application/json' });
  response.end(
    '{"error":"not_loopback","message":"Waywarden answers only under 127.0.0.1, localhost, or the name in --public-url."}\n',
  );
}

export interface ReachFlags {
  readonly host: string;
  readonly publicUrl?: string;
  readonly requireSignIn?: true;
  readonly oidc?: string;
  readonly notify?: string;
  readonly sla?: string;
  readonly proxy?: readonly string[];
}

export interface ReachPlan {
  readonly host: string;
  /** Undefined: this machine's. */
  readonly publicUrl: string | undefined;
  readonly localViewers: boolean;
  readonly oidc: OidcSettings | undefined;
  readonly notify: NotifySettings | undefined;
  readonly sla: SlaSettings | undefined;
  /** Addresses or networks of proxies that are believed about who asks, beside this machine. */
  readonly proxies: readonly string[];
}

export const HOST_DEFAULT = '127.0.0.1';
const LOOPBACK_ADDRESSES: ReadonlySet<string> = new Set(['127.0.0.1', '::1', 'localhost']);

function publicUrlOf(text: string | undefined): URL | undefined {
  if (text === undefined) return undefined;
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new UsageError(
      `--public-url ${text}: give an address such as https://waywarden.example.`,
    );
  }
  if (!isLoopbackHost(url.host) && url.protocol !== 'https:') {
    throw new UsageError(
      `--public-url ${text}: passwords would be sent in clear. End TLS in a proxy before Waywarden, and name its https address.`,
    );
  }
  if (url.pathname !== '/' || url.search !== '') {
    throw new UsageError(`--public-url ${text}: name the address without a path.`);
  }
  return url;
}

function readFile<T>(flag: string, file: string | undefined, shape: z.ZodType<T>): T | undefined {
  if (file === undefined) return undefined;
  let content: unknown;
  try {
    content = parse(readFileSync(file, 'utf8'));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UsageError(`${flag} ${file} can't be read: ${why}`);
  }
  const settings = shape.safeParse(content);
  if (settings.success) return settings.data;
  throw new UsageError(`${flag} ${file}:\n${z.prettifyError(settings.error)}`);
}

/** An address, or a network as 10.2.0.0/16. */
function proxyOf(text: string): string {
  const [address = '', bits, more] = text.split('/');
  const family = isIP(address);
  const bitsMax = family === 6 ? 128 : 32;
  const isNetwork = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= bitsMax);
  if (family !== 0 && isNetwork && more === undefined) return text;
  throw new UsageError(`--proxy ${text}: give an address, or a network such as 10.2.0.0/16.`);
}

/** UsageError when the demo, or a password, would be open to others. */
export function planReach(flags: ReachFlags, isDemo: boolean): ReachPlan {
  const { host } = flags;
  const url = publicUrlOf(flags.publicUrl);
  const isLocal = LOOPBACK_ADDRESSES.has(host);
  if (!isLocal && url === undefined) {
    throw new UsageError(
      `--host ${host} is reached from elsewhere: name the https address by which browsers reach it with --public-url.`,
    );
  }
  const isOpen = !isLocal || (url !== undefined && !isLoopbackHost(url.host));
  if (isDemo && isOpen) {
    throw new UsageError(
      'The demo signs in whoever opens its page, so it is for this machine alone. Add --no-demo.',
    );
  }
  return {
    host,
    publicUrl: url?.origin,
    localViewers: !isOpen && flags.requireSignIn !== true,
    oidc: readFile('--oidc', flags.oidc, oidcSettings),
    notify: readFile('--notify', flags.notify, notifySettings),
    sla: readFile('--sla', flags.sla, slaSettings),
    proxies: (flags.proxy ?? []).map(proxyOf),
  };
}

export const reachOptions = (): readonly Option[] => [
  new Option(
    '--host <address>',
    'address to listen on; others than this machine need --public-url',
  ).default(HOST_DEFAULT),
  new Option(
    '--public-url <url>',
    'https address by which browsers reach it, behind a proxy that ends TLS',
  ),
  new Option(
    '--proxy <addresses...>',
    'proxies (address or network) that are believed about who asks, beside this machine',
  ),
  new Option(
    '--require-sign-in',
    'programs on this machine read nothing without an account either',
  ),
  new Option(
    '--oidc <file>',
    'sign in at an OpenID Connect provider as well (YAML: issuer, client_id, client_secret, roles)',
  ),
  new Option(
    '--notify <file>',
    'who gets alerts: webhooks, Slack, PagerDuty, e-mail; OCSF or ECS over HTTP, syslog, Kafka, to a file (YAML: receivers)',
  ),
  new Option(
    '--sla <file>',
    'how long alerts may wait (YAML: severity to { touch: 15m, close: 4h })',
  ),
];
