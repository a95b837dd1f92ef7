/**
 * The first token, so that a first event can be sent without setup: of one tenant and source; what its events claim stays
 * asserted. In clear it stands in a file of the owner, not on a terminal.
 */
import { hash } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { issueToken } from '@waywarden/ingest';
import type { DataPaths } from './data-folder.ts';

export const FIRST_SOURCE = { kind: 'http', instance: 'local' } as const;
const FILE_MODE = 0o600;
export const TENANT_DEFAULT = 'default';

/** Whether the store knows the token of the file; a crash may have left only one of the two. */
function isIssued(tokens: string, file: string): boolean {
  if (!existsSync(file) || !existsSync(tokens)) return false;
  const known = hash('sha256', readFileSync(file, 'utf8').trim(), 'base64url');
  return readFileSync(tokens, 'utf8').includes(known);
}

/** `file`, holding the clear token of `entry`; a token that was revoked stays revoked. */
export function issuedTokenFile(
  tokens: string,
  file: string,
  entry: Parameters<typeof issueToken>[1],
): string {
  if (isIssued(tokens, file)) return file;
  const token = issueToken(tokens, entry);
  const temporary = `${file}.${process.pid}`;
  writeFileSync(temporary, `${token}\n`, { mode: FILE_MODE });
  renameSync(temporary, file);
  return file;
}

/** The file that holds the clear token of the tenant. */
export function firstToken(paths: DataPaths, tenant: string): string {
  const name =
    tenant === TENANT_DEFAULT ? 'first-token' : `first-token-${encodeURIComponent(tenant)}`;
  const entry = { id: `first/${tenant}`, tenant, source: FIRST_SOURCE };
  return issuedTokenFile(paths.tokens, join(paths.keys, name), entry);
}
