/**
 * `tokens.json`: tenant, source, assurance and trust of each bearer token. SHA-256 only: tokens are 256 random bits.
 */
import { hash, randomBytes } from 'node:crypto';
import { readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { ASSURANCES, assuranceAtLeast, CLAIMS, eachClaim } from '@waywarden/schemas';
import { z } from 'zod';
import type { ProvenIdentity } from '../core/enrich/proven-identity.ts';

const TOKEN_BYTES = 32;
const TOKEN_PREFIX = 'wwi_';
const FILE_MODE = 0o600;
const READABLE_BY_OTHERS = 0o077;
const TOKENS_MAX = 10_000;

const LISTED_MAX = 1_000;
const AGENT_UID_LENGTH_MAX = 2_048;

const shortName = z.string().min(1).max(128);
const limit = z.enum(ASSURANCES).optional();
const claimLimits = z.strictObject(eachClaim(() => limit));

const entryFields = z.strictObject({
  id: shortName,
  hash: z.string().regex(/^[\w-]{43}$/),
  tenant: shortName.regex(/^[^|]+$/),
  /** Joined by `/` and `|`. */
  source: z.strictObject({
    kind: shortName.regex(/^[^|/]+$/),
    instance: shortName.regex(/^[^|]+$/),
  }),
  assurance: z.enum(ASSURANCES).default('asserted'),
  claims: claimLimits.optional(),
  /** SPIFFE; for `attested`. */
  trust_domains: z
    .array(z.string().regex(/^[a-z0-9._-]{1,255}$/))
    .min(1)
    .max(LISTED_MAX)
    .optional(),
  agents: z.array(z.string().min(1).max(AGENT_UID_LENGTH_MAX)).min(1).max(LISTED_MAX).optional(),
  trust_fields: z.boolean().default(false),
  state: z.enum(['active', 'revoked']).default('active'),
  expires_at: z.iso.datetime({ offset: true }).optional(),
});
const tokenEntry = entryFields.superRefine((entry, context) => {
  if (entry.assurance === 'attested' && entry.trust_domains === undefined) {
    context.addIssue({
      code: 'custom',
      path: ['trust_domains'],
      message: 'attested needs the trust domains whose identities this source verifies',
    });
  }
  for (const claim of CLAIMS) {
    const most = entry.claims?.[claim];
    if (most === undefined || assuranceAtLeast(entry.assurance, most)) continue;
    const message = `${most} is more than the token proves of the agent (${entry.assurance})`;
    context.addIssue({ code: 'custom', path: ['claims', claim], message });
  }
});
/** `identity`: never in the file. */
export type TokenEntry = z.infer<typeof tokenEntry> & {
  readonly identity?: ProvenIdentity | undefined;
};
const tokenFile = z.strictObject({
  version: z.literal(1),
  tokens: z.array(tokenEntry).max(TOKENS_MAX),
});

type TokenVerdict =
  | { readonly is: 'known'; readonly entry: TokenEntry }
  | { readonly is: 'unknown' | 'expired' | 'revoked' };

function tokenHash(token: string): string {
  return hash('sha256', token, 'base64url');
}

export class TokenStore {
  readonly #byHash: ReadonlyMap<string, TokenEntry>;

  constructor(entries: readonly TokenEntry[]) {
    this.#byHash = new Map(entries.map((entry) => [entry.hash, entry]));
  }

  get size(): number {
    return this.#byHash.size;
  }

  judge(token: string, nowMs: number): TokenVerdict {
    const entry = this.#byHash.get(tokenHash(token));
    if (entry === undefined) return { is: 'unknown' };
    if (entry.state === 'revoked') return { is: 'revoked' };
    if (entry.expires_at !== undefined && Date.parse(entry.expires_at) <= nowMs) {
      return { is: 'expired' };
    }
    return { is: 'known', entry };
  }
}

export function readTokens(path: string): readonly TokenEntry[] {
  const mode = statSync(path).mode & 0o777;
  // Writing grants tokens; reading does not.
  if (process.platform !== 'win32' && (mode & READABLE_BY_OTHERS & 0o022) !== 0) {
    throw new Error(`Others may write the token file ${path}. Run: chmod 600 ${path}`);
  }
  const parsed = tokenFile.safeParse(JSON.parse(readFileSync(path, 'utf8')));
  if (parsed.success) return parsed.data.tokens;
  const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new Error(`The token file ${path}: ${problems.join('; ')}.`);
}

export function loadTokens(path: string): TokenStore {
  return new TokenStore(readTokens(path));
}

export type NewToken = Omit<z.input<typeof tokenEntry>, 'hash'>;

export function makeToken(entry: NewToken): { readonly token: string; readonly entry: TokenEntry } {
  const token = TOKEN_PREFIX + randomBytes(TOKEN_BYTES).toString('base64url');
  return { token, entry: tokenEntry.parse({ ...entry, hash: tokenHash(token) }) };
}

function fileExists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}

function writeTokens(path: string, tokens: readonly TokenEntry[]): void {
  const temporary = `${path}.${process.pid}`;
  writeFileSync(temporary, `${JSON.stringify({ version: 1, tokens }, null, 2)}\n`, {
    mode: FILE_MODE,
  });
  renameSync(temporary, path);
}

export function issueToken(path: string, entry: NewToken): string {
  const made = makeToken(entry);
  const others = fileExists(path) ? readTokens(path).filter(({ id }) => id !== entry.id) : [];
  writeTokens(path, [...others, made.entry]);
  return made.token;
}

export function revokeToken(path: string, id: string): boolean {
  const entries = readTokens(path);
  if (!entries.some((entry) => entry.id === id)) return false;
  writeTokens(
    path,
    entries.map((entry) => (entry.id === id ? { ...entry, state: 'revoked' as const } : entry)),
  );
  return true;
}
