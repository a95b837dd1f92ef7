import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Accounts } from './accounts.ts';
import { TooManyPasswordsError } from './password.ts';

const PASSWORD = 'correct horse battery';
let folder: string;
let accounts: Accounts;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'waywarden-accounts-'));
  accounts = new Accounts({
    ...{ file: join(folder, 'accounts.json'), keys: join(folder, 'keys') },
    ...{ now: () => '2026-11-24T12:00:00Z', changed: async () => undefined },
  });
  await accounts.add({ uid: 'ana', roles: {}, by: 'test', password: PASSWORD, mustChange: false });
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const guess = (uid: string) => accounts.signIn(uid, 'a wrong one').catch((error) => error);
const many = (count: number, uid: (n: number) => string) =>
  Promise.all(Array.from({ length: count }, (_, n) => guess(uid(n))));

describe('the lock of an account', () => {
  it('counts guesses however many come at once: ten are judged, and no more', async () => {
    const answers = await many(25, () => 'ana');
    expect(answers.filter((one) => one === 'refused')).toHaveLength(10);
    expect(answers.filter((one) => one === 'locked')).toHaveLength(15);
    expect(await accounts.signIn('ana', PASSWORD)).toBe('locked');
  }, 60_000);

  it('counts none that was not judged because too many others came', async () => {
    const others = many(34, (n) => `other${n}`);
    const answers = [...(await many(8, () => 'ana')), ...(await many(8, () => 'ana'))];
    await others;
    expect(answers.every((one) => one instanceof TooManyPasswordsError)).toBe(true);
    expect(await accounts.signIn('ana', PASSWORD)).toMatchObject({ uid: 'ana' });
  }, 60_000);

  it('a right password opens nothing for an account disabled while it was judged', async () => {
    const late = accounts.signIn('ana', PASSWORD);
    await accounts.setRoles('ana', {}, true);
    expect(await late).toBe('refused');
  }, 60_000);
});
