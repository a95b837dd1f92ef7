/**
 * What an agent writes never acts on the page, an empty installation says what would appear, and a page
 * whose server went away says as of when it speaks.
 */
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  findBrowser,
  startBrowser,
  stopPage,
  type WatchedPage,
  watchedPage,
} from '../support/browser.ts';
import { npmStart, type RunningUp } from '../support/up-process.ts';

const PATIENCE_MS = 120_000;
const MARKUP = `<img src=x onerror=alert(1)><script>alert(2)</script>`;
const AGENT = `evil/${MARKUP}/50%25`;
const TOOL = `rea\u202Edfile`;

const path = findBrowser();

describe.skipIf(path === undefined)('hostile text', () => {
  let folder: string;
  let up: RunningUp;
  let browser: Browser;
  let watched: WatchedPage;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'waywarden-hostile-'));
    browser = await startBrowser(path ?? '');
    up = await npmStart(folder, '--no-demo');
    watched = await watchedPage(browser, up.url);
    watched.page.setDefaultTimeout(PATIENCE_MS);
  }, PATIENCE_MS);

  afterAll(() => stopPage({ browser, up, folder }));

  const send = (call: object) =>
    fetch(`${up.url}/v1/events`, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-ndjson',
        authorization: `Bearer ${readFileSync(up.tokenFile, 'utf8').trim()}`,
      },
      body: JSON.stringify({
        ...{ event_time: new Date().toISOString(), activity: 'tool_call', phase: 'completed' },
        ...{ outcome: 'success', ...call },
      }),
    });

  it(
    'an empty installation says what would appear and how to make it',
    async () => {
      const { page } = watched;
      await page.goto(up.url);
      const empty = page.locator('section[aria-labelledby="queue"] .empty');
      await empty.waitFor();
      expect(await empty.textContent()).toContain('curl -sS');
    },
    PATIENCE_MS,
  );

  it(
    'is shown as text, with what hides in it made visible, and its address works',
    async () => {
      const { page } = watched;
      const answer = await send({ agent: { uid: AGENT }, tool: { name: TOOL, server: MARKUP } });
      expect([answer.status, await answer.text()]).toEqual([202, expect.any(String)]);
      const line = page.locator('.calls tbody tr').first();
      await line.waitFor();
      expect(await line.textContent()).toContain(`${MARKUP}/rea⟨U+202E⟩dfile`);
      await page.locator('.calls .agent').first().click();
      await page.locator('.facts').waitFor();
      expect(await page.locator('main').textContent()).toContain(AGENT);
      expect(await page.locator('main img, main script').count()).toBe(0);
    },
    PATIENCE_MS,
  );

  it('no script runs but our own', async () => {
    const policy = (await fetch(up.url)).headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).not.toContain('unsafe');
    const nonce = /'nonce-([^']+)'/.exec(policy)?.[1] ?? '';
    const again = (await fetch(up.url)).headers.get('content-security-policy') ?? '';
    expect(again).not.toContain(nonce);
    expect(watched.problems).toEqual([]);
  });

  it(
    'a page that was opened before its agent was stored shows it as soon as it is',
    async () => {
      const { page } = watched;
      await page.goto(`${up.url}/agents/late`);
      await page.locator('main', { hasText: 'may not be stored yet' }).waitFor();
      expect(await page.locator('.facts').count()).toBe(0);
      await send({ agent: { uid: 'late' }, tool: { name: 'read', server: 'files' } });
      await page.locator('.facts').waitFor();
    },
    PATIENCE_MS,
  );

  it(
    'a page whose server went away says as of when it speaks, and keeps what it knows',
    async () => {
      const { page } = watched;
      up.child.kill('SIGKILL');
      await up.ended;
      const gone = /not connected as of \d\d:\d\d:\d\d UTC; trying again/;
      await page.locator('.top-line', { hasText: gone }).waitFor();
      expect(await page.locator('.facts').count()).toBe(1);
    },
    PATIENCE_MS,
  );
});
