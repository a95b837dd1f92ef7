/** Signing in at a real OpenID provider, in a real browser: who is in a group works by its role, who is in none is refused. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../containment/free-port.ts';
import { findBrowser, startBrowser, stopPage } from '../support/browser.ts';
import { startKeycloak, whyNoKeycloak } from '../support/keycloak.ts';
import { OIDC_CLIENT, startProvider } from '../support/oidc-provider.ts';
import { npmStart, type RunningUp } from '../support/up-process.ts';

const PATIENCE_MS = 180_000;
const STEP_MS = 60_000;
const path = findBrowser();
const PEOPLE = {
  ana: { email: 'ana@acme.example', groups: ['soc'] },
  eve: { email: 'eve@acme.example', groups: ['everybody'] },
};

interface Provider {
  readonly issuer: string;
  readonly stop: () => void;
}

/** Real providers, each with its own pages to sign in at. */
const PROVIDERS = [
  {
    name: 'oidc-provider',
    scopes: ['openid', 'email', 'groups'],
    whyNot: () => undefined,
    start: (callback: string): Promise<Provider> =>
      startProvider(callback, {
        ana: { ...PEOPLE.ana, email_verified: true },
        eve: { ...PEOPLE.eve, email_verified: true },
      }),
    enter: async (page: Page, login: string) => {
      await page.locator('input[name=login]').fill(login);
      await page.locator('input[name=password]').fill('any');
      await page.locator('button[type=submit]').click();
      await page.locator('h1', { hasText: 'Authorize' }).waitFor();
      await page.locator('button[type=submit]').click();
    },
  },
  {
    name: 'Keycloak',
    scopes: ['openid', 'email'],
    whyNot: whyNoKeycloak,
    start: (callback: string): Promise<Provider> => startKeycloak(callback, PEOPLE),
    enter: async (page: Page, login: string) => {
      await page.locator('input[name=username]').fill(login);
      await page.locator('input[name=password]').fill(login);
      await page.locator('[type=submit]').first().click();
    },
  },
] as const;

/** Said and counted where one can't be had. */
function isMissing({ name, whyNot }: (typeof PROVIDERS)[number]): boolean {
  const why = path === undefined ? 'no browser' : whyNot();
  if (why !== undefined) process.stderr.write(`Not tried at ${name}: ${why}\n`);
  return why !== undefined;
}

describe.each(PROVIDERS)('sign-in at $name', (kind) => {
  const isSkipped = isMissing(kind);
  let folder: string;
  let up: RunningUp;
  let browser: Browser;
  let provider: Provider;

  beforeAll(async () => {
    if (isSkipped) return;
    folder = mkdtempSync(join(tmpdir(), 'waywarden-oidc-'));
    browser = await startBrowser(path ?? '');
    const port = await freePort();
    const publicUrl = `http://127.0.0.1:${port}`;
    provider = await kind.start(`${publicUrl}/v1/session/oidc/callback`);
    const file = join(folder, 'oidc.yaml');
    const settings = {
      ...{ name: 'Acme', issuer: provider.issuer, ...OIDC_CLIENT },
      ...{ scopes: kind.scopes, roles: { soc: 'responder' } },
    };
    writeFileSync(file, JSON.stringify(settings));
    const flags = ['--oidc', file, '--public-url', publicUrl, '--port', String(port)];
    up = await npmStart(join(folder, 'data'), '--no-demo', '--require-sign-in', ...flags);
  }, PATIENCE_MS);

  afterAll(async () => {
    if (isSkipped) return;
    provider?.stop();
    await stopPage({ browser, up, folder });
  });

  /** A browser of their own, through the provider's own pages. */
  async function signInAs(login: string): Promise<Page> {
    const context = await browser.newContext();
    const page = await context.newPage();
    page.setDefaultTimeout(STEP_MS);
    await page.goto(`${up.url}/alerts`);
    await page.getByRole('button', { name: 'Sign in', exact: true }).first().click();
    await page.getByRole('link', { name: /Acme/ }).click();
    await page.waitForURL((url) => url.href.startsWith(new URL(provider.issuer).origin));
    await kind.enter(page, login);
    await page.waitForURL((url) => url.href.startsWith(up.url));
    return page;
  }

  it.skipIf(isSkipped)(
    'reads nothing before, and the page says why and asks for nothing',
    async () => {
      const page = await (await browser.newContext()).newPage();
      const refused: string[] = [];
      page.on('response', (one) => {
        if (one.status() === 401) refused.push(one.url());
      });
      await page.goto(`${up.url}/alerts`);
      await page.getByText('Nobody is signed in.').waitFor();
      expect(await page.locator('header').textContent()).toMatch(/^WaywardenSign inDark/);
      await page.waitForLoadState('networkidle');
      expect(refused).toEqual([]);
      await page.context().close();
    },
    PATIENCE_MS,
  );

  it.skipIf(isSkipped)(
    'comes back signed in with the role of the group, and may act by it',
    async () => {
      const page = await signInAs('ana');
      await page.getByRole('button', { name: 'ana@acme.example (responder)' }).waitFor();
      const session = await page.evaluate<{ readonly permissions: readonly string[] }>(
        `fetch('/v1/session').then((answer) => answer.json())`,
      );
      expect(session.permissions).toEqual(['read', 'triage', 'respond']);
      await page.goto(`${up.url}/approvals`);
      const pause = page.getByRole('button', { name: 'Pause enforcement' });
      await pause.waitFor();
      expect(await pause.isEnabled()).toBe(true);
      await page.getByRole('button', { name: 'ana@acme.example (responder)' }).click();
      await page.getByRole('menuitem', { name: 'Sign out' }).click();
      await page.getByRole('button', { name: 'Sign in', exact: true }).first().waitFor();
    },
    PATIENCE_MS,
  );

  it.skipIf(isSkipped)(
    'whoever is in no group of ours reads nothing, and is told why',
    async () => {
      const page = await signInAs('eve');
      await page.getByRole('heading', { name: 'Sign-in refused' }).waitFor();
      await page.getByRole('link', { name: 'Back to Waywarden' }).click();
      await page.getByRole('button', { name: 'Sign in', exact: true }).first().waitFor();
      const status = await page.evaluate<number>(
        `fetch('/v1/console/alerts').then((answer) => answer.status)`,
      );
      expect(status).toBe(401);
    },
    PATIENCE_MS,
  );
});
