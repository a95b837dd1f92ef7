/**
 * The accounts of an installation, in one file that only its owner can read. Written beside its place and renamed, so a
 * crash leaves the old or the new one; read again when another program (the command line) changed it.
 */
import { readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { PERMISSIONS, ROLES } from '../core/access/roles.ts';

export const ACCOUNTS_MAX = 1_000;
export const ACCOUNT_TOKENS_MAX = 20;
const FILE_MODE = 0o600;

/** What may name an account: it stands in acts, in the audit and on the page. */
const UID = /^[\p{L}\p{N}][\p{L}\p{N}._@+-]{1,127}$/u;
export const accountUid = z
  .string()
  .regex(UID, 'letters, digits, and . _ @ + - inside; 2 to 128 of them');

export const tokenEntry = z.object({
  id: z.uuid(),
  label: z.string().min(1).max(128),
  digest: z.string().max(128),
  scopes: z.array(z.enum(PERMISSIONS)).min(1),
  created_at: z.string(),
  expires: z.string(),
});

export const account = z.object({
  uid: accountUid,
  /** Null: signs in elsewhere (OIDC), or not yet. */
  password: z.string().nullable(),
  must_change: z.boolean(),
  /** By somebody else, the last time; it outlasts the change after it. */
  reset: z.object({ by: z.string().max(128), at: z.string() }).optional(),
  /** Issuer and subject of an account that signs in by OIDC. */
  subject: z.object({ iss: z.string().max(1_024), sub: z.string().max(256) }).nullable(),
  /** By tenant. */
  roles: z.record(z.string().min(1).max(128), z.enum(ROLES)),
  disabled: z.boolean(),
  /** Has signed in: only then the registry names its key. */
  active: z.boolean(),
  /** Sessions of an earlier epoch have ended. */
  epoch: z.number().int().nonnegative(),
  created_at: z.string(),
  created_by: z.string().max(128),
  tokens: z.array(tokenEntry).max(ACCOUNT_TOKENS_MAX),
});
export type Account = z.infer<typeof account>;

const file = z.object({ version: z.literal(1), accounts: z.array(account).max(ACCOUNTS_MAX) });

export class AccountFileError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'AccountFileError';
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

export class AccountFile {
  readonly #path: string;
  #read = '';
  #accounts: readonly Account[] = [];

  constructor(path: string) {
    this.#path = path;
    this.all();
  }

  /** @throws AccountFileError when the file can't be used: nobody is let in by a half-read one. */
  all(): readonly Account[] {
    let mark: string;
    try {
      const { mtimeMs, size, ino } = statSync(this.#path);
      mark = `${mtimeMs}/${size}/${ino}`;
    } catch (error) {
      if (isMissing(error)) return [];
      throw new AccountFileError(`The accounts in ${this.#path} can't be read.`);
    }
    if (mark === this.#read) return this.#accounts;
    try {
      this.#accounts = file.parse(JSON.parse(readFileSync(this.#path, 'utf8'))).accounts;
    } catch {
      throw new AccountFileError(
        `${this.#path} is damaged: put back a copy, or remove it to begin with a new first account.`,
      );
    }
    this.#read = mark;
    return this.#accounts;
  }

  find(uid: string): Account | undefined {
    return this.all().find((one) => one.uid === uid);
  }

  /** Replaces the account of this uid, or adds it. */
  put(changed: Account): void {
    const others = this.all().filter((one) => one.uid !== changed.uid);
    const accounts = [...others, changed].toSorted((a, b) => (a.uid < b.uid ? -1 : 1));
    const value = file.safeParse({ version: 1, accounts });
    if (!value.success) throw new AccountFileError(z.prettifyError(value.error));
    const beside = `${this.#path}.${process.pid}`;
    writeFileSync(beside, `${JSON.stringify(value.data, null, 2)}\n`, { mode: FILE_MODE });
    renameSync(beside, this.#path);
    this.#read = '';
  }
}
