/**
 * The accounts of an installation: made with a first one at the first start, whose password stands in a file that only
 * the owner of the folder reads. The demo has two that nobody signs in to: acts that take two people can be tried.
 */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AccessLog, Accounts, newPassword } from '@waywarden/console';
import { type DataPaths, FILE_MODE } from './data-folder.ts';

const FIRST_ACCOUNT = 'admin';
const DEMO_ACCOUNTS = ['demo-lead', 'demo-responder'] as const;

export interface OpenAccounts {
  readonly accounts: Accounts;
  readonly accessLog: AccessLog;
  readonly demoAccounts: readonly string[];
  /** Told when the registry must name other keys. */
  onChange(listener: () => Promise<void>): void;
}

const accountsFile = (paths: DataPaths): string => join(paths.keys, 'accounts.json');
export const firstPasswordFile = (paths: DataPaths): string =>
  join(paths.root, 'first-password.txt');

const now = () => new Date().toISOString();

function dropFirstPassword(accounts: Accounts, paths: DataPaths): void {
  const first = accounts.find(FIRST_ACCOUNT);
  if (first?.must_change === true && first.reset === undefined) return;
  rmSync(firstPasswordFile(paths), { force: true });
}

/** Without `changed`: for a command. */
export function accountsIn(
  paths: DataPaths,
  changed: () => Promise<void> = async () => undefined,
): Accounts {
  const accounts: Accounts = new Accounts({
    ...{ file: accountsFile(paths), keys: join(paths.keys, 'accounts'), now, changed },
    passwordChanged: () => dropFirstPassword(accounts, paths),
  });
  return accounts;
}

async function firstAccount(accounts: Accounts, paths: DataPaths, tenant: string): Promise<void> {
  const password = newPassword();
  await accounts.add({
    ...{ uid: FIRST_ACCOUNT, roles: { [tenant]: 'admin' as const }, by: 'first start', password },
  });
  const text = `${password}\n`;
  writeFileSync(firstPasswordFile(paths), text, { mode: FILE_MODE });
}

async function demoAccounts(accounts: Accounts, tenant: string): Promise<void> {
  const roles = ['admin', 'responder'] as const;
  for (const [at, uid] of DEMO_ACCOUNTS.entries()) {
    const role = roles[at] ?? 'responder';
    if (accounts.find(uid) === undefined) {
      await accounts.add({ uid, roles: { [tenant]: role }, by: 'demo', mustChange: false });
    }
    await accounts.activate(uid);
  }
}

export async function openAccounts(
  paths: DataPaths,
  { tenant, demo }: { readonly tenant: string; readonly demo: boolean },
): Promise<OpenAccounts> {
  let changed = async (): Promise<void> => undefined;
  const accounts = accountsIn(paths, () => changed());
  if (demo) await demoAccounts(accounts, tenant);
  else if (accounts.all().length === 0) await firstAccount(accounts, paths, tenant);
  dropFirstPassword(accounts, paths);
  return {
    accounts,
    accessLog: new AccessLog(join(paths.root, 'access-log.jsonl'), tenant),
    demoAccounts: demo ? DEMO_ACCOUNTS : [],
    onChange: (listener) => {
      changed = listener;
    },
  };
}
