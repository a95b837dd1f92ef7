/**
 * `waywarden token create|list|revoke`, on the token file; ingest rereads it. A token is printed once, only its
 * hash stored.
 */
import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import {
  issueToken,
  type NewToken,
  readTokens,
  revokeToken,
  type TokenEntry,
} from '@waywarden/ingest';
import { ASSURANCES, CLAIMS } from '@waywarden/schemas';
import { Command, Option } from 'commander';
import { tenantProblem } from '../canary/canary-tenant.ts';
import { EXIT, report, table, UsageError } from '../input/command-output.ts';
import { dataPaths, ownerOf } from '../runtime/data-folder.ts';
import { TENANT_DEFAULT } from '../runtime/first-token.ts';

interface FileFlags {
  readonly data: string;
  readonly tokens?: string;
  readonly json?: true;
}

interface CreateFlags extends FileFlags {
  readonly tenant: string;
  readonly source: string;
  readonly id?: string;
  readonly assurance: (typeof ASSURANCES)[number];
  readonly claim: readonly string[];
  readonly trustDomain: readonly string[];
  readonly agent: readonly string[];
  readonly trustFields?: true;
  readonly expires?: string;
}

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const nowMs = () => Date.now();

const pathOf = ({ data, tokens }: FileFlags) => tokens ?? dataPaths(data).tokens;

function entriesOf(path: string): readonly TokenEntry[] {
  if (!existsSync(path)) {
    throw new UsageError(`There is no token file ${path}. Name one with --tokens, or --data.`);
  }
  try {
    return readTokens(path);
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function sourceOf(text: string): TokenEntry['source'] {
  const at = text.indexOf('/');
  if (at > 0 && at < text.length - 1) {
    return { kind: text.slice(0, at), instance: text.slice(at + 1) };
  }
  throw new UsageError(`--source ${text}: give kind/instance, for example gateway/gateway-1.`);
}

function expiryOf(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const [, count, unit] = /^(\d{1,5})([dh])$/.exec(text) ?? [];
  const ms =
    count === undefined
      ? Date.parse(text)
      : nowMs() + Number(count) * (unit === 'd' ? DAY_MS : HOUR_MS);
  if (!Number.isNaN(ms) && ms > nowMs()) return new Date(ms).toISOString();
  throw new UsageError(`--expires ${text}: give 90d, 12h, or an RFC 3339 time in the future.`);
}

/** `task=asserted`. */
function claimsOf(all: readonly string[]): NewToken['claims'] {
  const claims: Record<string, string> = {};
  for (const one of all) {
    const [claim = '', assurance = ''] = one.split('=');
    const known: readonly string[] = CLAIMS;
    if (!known.includes(claim) || !(ASSURANCES as readonly string[]).includes(assurance)) {
      throw new UsageError(
        `--claim ${one}: give CLAIM=ASSURANCE, CLAIM of ${CLAIMS.join(', ')}, ASSURANCE of ${ASSURANCES.join(', ')}.`,
      );
    }
    claims[claim] = assurance;
  }
  return all.length === 0 ? undefined : (claims as NewToken['claims']);
}

/** Or a prefix with `*`. */
function agentOf(text: string): string {
  const star = text.indexOf('*');
  if (text !== '' && (star === -1 || star === text.length - 1)) return text;
  throw new UsageError(
    `--agent ${JSON.stringify(text)}: give one uid, for example agent/invoices, or a prefix with one * at its end, for example agent/*.`,
  );
}

function newEntry(flags: CreateFlags): NewToken {
  const reserved = tenantProblem(flags.tenant);
  if (reserved !== undefined) throw new UsageError(`--tenant: ${reserved}`);
  const source = sourceOf(flags.source);
  const expiry = expiryOf(flags.expires);
  const claims = claimsOf(flags.claim);
  return {
    id: flags.id ?? `${flags.source}/${new Date(nowMs()).toISOString()}`,
    tenant: flags.tenant,
    source,
    assurance: flags.assurance,
    trust_fields: flags.trustFields === true,
    ...(claims !== undefined && { claims }),
    ...(flags.trustDomain.length > 0 && { trust_domains: [...flags.trustDomain] }),
    ...(flags.agent.length > 0 && { agents: flags.agent.map(agentOf) }),
    ...(expiry !== undefined && { expires_at: expiry }),
  };
}

function unseen(flags: CreateFlags): readonly string[] {
  const owner = flags.tokens === undefined ? ownerOf(dataPaths(flags.data)) : undefined;
  const shown = owner?.tenant ?? TENANT_DEFAULT;
  if (flags.tenant === shown) return [];
  const who =
    owner?.tenant === undefined ? `"waywarden up" by itself shows` : `The running "up" shows`;
  return [
    `${who} tenant ${shown} only: alerts of ${flags.tenant} are made and stored, but neither its page nor its API shows them. Start "up" with --tenant ${flags.tenant} to see them, or ask ClickHouse (alerts_v1).`,
  ];
}

function create(flags: CreateFlags): void {
  const path = pathOf(flags);
  const entry = newEntry(flags);
  const others = existsSync(path) ? entriesOf(path) : [];
  if (others.some(({ id }) => id === entry.id)) {
    throw new UsageError(
      `There is a token with the id ${entry.id} already. To rotate, give the new one another --id, deploy it, then revoke the old one.`,
    );
  }
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  let token: string;
  try {
    token = issueToken(path, entry);
  } catch (error) {
    throw new UsageError(`The token can't be made: ${wordsOf(error)}`);
  }
  const { tenant, source, assurance } = entry;
  const warnings = unseen(flags);
  for (const warning of warnings) process.stderr.write(`Warning: ${warning}\n`);
  const made = { token, id: entry.id, tenant, source, assurance, tokens: path, warnings };
  report(flags.json === true, made, [
    `Token ${entry.id} of ${tenant}, ${source.kind}/${source.instance}, ${assurance}.`,
    'It is shown once; only a hash is kept. Give it to the source, and to nobody else:',
    '',
    token,
  ]);
}

function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const issues = 'issues' in error && Array.isArray(error.issues) ? error.issues : undefined;
  if (issues === undefined) return error.message;
  return issues
    .map(
      (one: { path: readonly PropertyKey[]; message: string }) =>
        `${one.path.join('.')}: ${one.message}`,
    )
    .join('; ');
}

function stateOf(entry: TokenEntry): string {
  const isExpired = entry.expires_at !== undefined && Date.parse(entry.expires_at) <= nowMs();
  return entry.state === 'active' && isExpired ? 'expired' : entry.state;
}

function list(flags: FileFlags): void {
  const entries = entriesOf(pathOf(flags));
  const tokens = entries.map(({ hash: _, ...entry }) => ({
    ...entry,
    state: stateOf(entry as TokenEntry),
  }));
  const rows = entries.map((entry) => [
    entry.id,
    entry.tenant,
    `${entry.source.kind}/${entry.source.instance}`,
    entry.assurance,
    stateOf(entry),
    entry.expires_at ?? 'never',
  ]);
  const header = ['id', 'tenant', 'source', 'assurance', 'state', 'expires'];
  report(flags.json === true, { tokens }, table(header, rows));
}

function revoke(id: string, flags: FileFlags): void {
  const path = pathOf(flags);
  entriesOf(path);
  if (!revokeToken(path, id)) {
    throw new UsageError(
      `There is no token with the id ${id} in ${path}. See: waywarden token list`,
    );
  }
  report(flags.json === true, { id, state: 'revoked' }, [
    `Token ${id} is revoked. A running ingest refuses it within half a second.`,
  ]);
  process.exitCode = EXIT.done;
}

const many = (value: string, before: readonly string[]) => [...before, value];

function withFile(command: Command): Command {
  return command
    .option('--data <folder>', 'data folder whose token file is meant', '.waywarden/data')
    .option('--tokens <file>', 'the token file itself, instead of --data')
    .option('--json', 'print one JSON object as the last line');
}

const createCommand = withFile(new Command('create'))
  .description('make a token and print it once')
  .requiredOption('--source <kind/instance>', 'the source that will hold it')
  .option('--tenant <id>', 'tenant of everything that it sends', 'default')
  .option('--id <id>', 'name to revoke it by; default: source and time')
  .addOption(
    new Option('--assurance <assurance>', 'what the source proves of the agents it reports')
      .choices(ASSURANCES)
      .default('asserted'),
  )
  .option(
    '--claim <claim=assurance>',
    'believe one claim less than the agent (repeatable)',
    many,
    [],
  )
  .option('--trust-domain <domain>', 'SPIFFE trust domain that it verifies (repeatable)', many, [])
  .option(
    '--agent <uid>',
    'agent that it may report, or prefix* (repeatable); default: any',
    many,
    [],
  )
  .option('--trust-fields', 'take effects, capabilities and digests as it sends them')
  .option('--expires <when>', '90d, 12h, or an RFC 3339 time; default: never')
  .action(create);

const listCommand = withFile(new Command('list'))
  .description('list tokens, without anything that could be used as one')
  .action(list);

const revokeCommand = withFile(new Command('revoke'))
  .description('refuse a token from now on')
  .argument('<id>', 'as `token list` shows it')
  .action(revoke);

export const tokenCommand = new Command('token').description(
  'who may send events: create, list, revoke',
);
for (const command of [createCommand, listCommand, revokeCommand]) {
  tokenCommand.addCommand(command.exitOverride());
}
