/** Capability symbols: `<verb>:<object>`, perhaps with environment. Any well-formed symbol is accepted. */
export const CAPABILITY_VERSION = 1;

export const CAPABILITY_SYMBOLS = [
  'ingest:untrusted',
  'read:public',
  'read:internal',
  'read:personal',
  'read:financial',
  'read:secret',
  'read:source_code',
  'read:directory',
  'read:memory',
  'send:internal',
  'send:external',
  'publish:public',
  'write:data',
  'write:source_code',
  'write:config',
  'write:memory',
  'delete:data',
  'delete:backup',
  'disable:logging',
  'exec:shell',
  'exec:code',
  'browse:web',
  'create:credential',
  'create:identity',
  'create:payee',
  'grant:access',
  'initiate:payment',
  'approve:payment',
  'approve:change',
  'deploy:production',
  'impersonate:user',
  'modify:agent',
  'delegate:task',
] as const;
export type KnownCapability = (typeof CAPABILITY_SYMBOLS)[number];

const PRIVILEGED_VERBS: ReadonlySet<string> = new Set([
  'grant',
  'approve',
  'deploy',
  'exec',
  'delete',
  'impersonate',
  'modify',
]);
const PRIVILEGED_SYMBOLS: ReadonlySet<string> = new Set([
  'create:credential',
  'create:identity',
  'create:payee',
  'initiate:payment',
]);

const SENSITIVE_SYMBOLS: ReadonlySet<string> = new Set([
  'send:external',
  'publish:public',
  'initiate:payment',
  'approve:payment',
  'create:credential',
  'create:identity',
]);
const SENSITIVE_VERBS: ReadonlySet<string> = new Set(['grant', 'deploy', 'delete']);

const CRITICAL_SYMBOLS: ReadonlySet<string> = new Set([
  'initiate:payment',
  'approve:payment',
  'disable:logging',
]);
const CRITICAL_VERBS: ReadonlySet<string> = new Set(['grant', 'deploy']);

export type CapabilityEnvironment = 'prod' | 'nonprod';

interface Capability {
  readonly verb: string;
  readonly object: string;
  readonly environment?: CapabilityEnvironment;
}

const SYMBOL = /^([a-z][a-z0-9_]{0,31}):([a-z][a-z0-9_]{0,63})(?:@(prod|nonprod))?$/;
const GRANT = /^(?:\*|[a-z][a-z0-9_]{0,31}:(?:\*|[a-z][a-z0-9_]{0,63}))(?:@(?:prod|nonprod))?$/;

/** Undefined: none. */
export function parseCapability(symbol: string): Capability | undefined {
  const match = SYMBOL.exec(symbol);
  if (match === null) return undefined;
  const [, verb = '', object = '', environment] = match;
  if (environment === 'prod' || environment === 'nonprod') return { verb, object, environment };
  return { verb, object };
}

/** Undefined: it is one. */
export function grantProblem(pattern: string): string | undefined {
  if (GRANT.test(pattern)) return undefined;
  return `${JSON.stringify(pattern)} is no grant: give verb:object, verb:* or *, each with or without @prod or @nonprod.`;
}

function withoutEnvironment(text: string): string {
  const at = text.indexOf('@');
  return at === -1 ? text : text.slice(0, at);
}

function isListed(
  symbol: string,
  verbs: ReadonlySet<string>,
  symbols: ReadonlySet<string>,
): boolean {
  const plain = withoutEnvironment(symbol);
  return symbols.has(plain) || verbs.has(plain.slice(0, Math.max(0, plain.indexOf(':'))));
}

export function isPrivileged(symbol: string): boolean {
  return isListed(symbol, PRIVILEGED_VERBS, PRIVILEGED_SYMBOLS);
}

export function isSensitive(symbol: string): boolean {
  return isListed(symbol, SENSITIVE_VERBS, SENSITIVE_SYMBOLS);
}

/** Even from autonomous agents. */
export function isCritical(symbol: string): boolean {
  return isListed(symbol, CRITICAL_VERBS, CRITICAL_SYMBOLS);
}

/** No environment covers all. */
export function matchesGrant(grantPattern: string, symbol: string): boolean {
  if (grantPattern === symbol || grantPattern === '*') return true;
  const at = grantPattern.indexOf('@');
  if (at !== -1 && !symbol.endsWith(grantPattern.slice(at))) return false;
  const pattern = at === -1 ? grantPattern : grantPattern.slice(0, at);
  if (pattern === '*') return true;
  const plain = withoutEnvironment(symbol);
  if (!pattern.endsWith(':*')) return pattern === plain;
  return plain.startsWith(pattern.slice(0, -1));
}
