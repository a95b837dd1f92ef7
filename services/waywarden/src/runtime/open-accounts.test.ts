import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type DataPaths, dataPaths } from './data-folder.ts';
import { accountsIn, firstPasswordFile, openAccounts } from './open-accounts.ts';

const PLAN = { tenant: 'acme', demo: false };
let folder: string;
let paths: DataPaths;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'waywarden-first-'));
  paths = dataPaths(folder);
  mkdirSync(paths.keys, { recursive: true });
  file = firstPasswordFile(paths);
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the file of the first password', () => {
  it('stands there over restarts until the password is changed, and no longer', async () => {
    await openAccounts(paths, PLAN);
    const { accounts } = await openAccounts(paths, PLAN);
    const first = readFileSync(file, 'utf8').trim();
    expect(await accounts.signIn('admin', first)).toMatchObject({ uid: 'admin' });
    expect(existsSync(file)).toBe(true);
    await accounts.changePassword('admin', 'a better one by far', () => true);
    expect(existsSync(file)).toBe(false);
  }, 30_000);

  it('goes when a command resets the password', async () => {
    await openAccounts(paths, PLAN);
    await accountsIn(paths).resetPassword('admin', 'owner of this machine');
    expect(existsSync(file)).toBe(false);
  }, 30_000);

  it('goes at the next start where an earlier version left it', async () => {
    const { accounts } = await openAccounts(paths, PLAN);
    await accounts.changePassword('admin', 'a better one by far', () => true);
    writeFileSync(file, 'left behind');
    await openAccounts(paths, PLAN);
    expect(existsSync(file)).toBe(false);
  }, 30_000);
});
