/** An installation that demands an account of everybody: what strangers, programs of this machine and the owner get. */
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommand } from '../support/run-command.ts';
import { npmStart, type RunningUp } from '../support/up-process.ts';

const PATIENCE_MS = 120_000;
let folder: string;
let data: string;
let up: RunningUp;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'waywarden-sign-in-'));
  data = join(folder, 'data');
  const flags = [
    '--no-demo',
    '--require-sign-in',
    '--public-url',
    'https://waywarden.acme.example',
  ];
  up = await npmStart(data, ...flags);
}, PATIENCE_MS);

afterAll(async () => {
  up?.child.kill('SIGTERM');
  await up?.ended;
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

const ask = (path: string, init: RequestInit = {}) => fetch(`${up.url}${path}`, init);

/** As a proxy that ends TLS hands it on. */
const PROXIED = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'waywarden.acme.example' };

async function signIn(password: string): Promise<Response> {
  return ask('/v1/session', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...PROXIED },
    body: JSON.stringify({ uid: 'admin', password }),
  });
}

describe('an installation that demands an account', () => {
  it.each([
    '/v1/alerts',
    '/v1/status',
    '/v1/events',
    '/v1/registry',
    '/v1/console/now',
    '/v1/export/alerts',
  ])('%s tells nothing to whoever has none, and the page still opens', async (path) => {
    const refused = await ask(path);
    expect([refused.status, ((await refused.json()) as { error: string }).error]).toEqual([
      401,
      'sign_in_needed',
    ]);
    expect((await ask('/alerts')).status).toBe(200);
  });

  it('the owner of the machine reads by commands as ever', async () => {
    const status = await runCommand('status', '--data', data, '--json');
    expect(status).toMatchObject({ tenant: 'default' });
  });

  it('the first password stands in a file for its owner alone, and opens a session for a browser', async () => {
    const file = join(data, 'first-password.txt');
    expect(statSync(file).mode & 0o077).toBe(0);
    expect((await signIn('a wrong one')).status).toBe(401);
    const signedIn = await signIn(readFileSync(file, 'utf8').trim());
    expect(signedIn.status).toBe(204);
    const cookie = signedIn.headers.get('set-cookie') ?? '';
    for (const part of ['__Host-ww_session_', 'HttpOnly', 'Secure', 'SameSite=Lax', 'Path=/']) {
      expect(cookie).toContain(part);
    }
    expect(cookie).not.toContain('Domain=');
  });

  it('a new password for somebody who lost theirs takes effect at once', async () => {
    const made = await runCommand('account', 'reset-password', 'admin', '--data', data, '--json');
    expect((await signIn(String((made as { first_password: string }).first_password))).status).toBe(
      204,
    );
    const listed = await runCommand('account', 'list', '--data', data, '--json');
    expect(listed).toMatchObject({ accounts: [{ uid: 'admin', disabled: false }] });
  });
});
