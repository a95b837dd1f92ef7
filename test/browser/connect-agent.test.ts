/**
 * The empty page of a real run, in a real browser: it says in three commands how an agent is connected, they can be
 * copied, and the first calls of a coding agent's hooks appear on the page without loading it again.
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
import { violations } from '../support/violations.ts';

const PATIENCE_MS = 150_000;
const path = findBrowser();

const hook = (event: string, more: object) => ({
  session_id: 's-1',
  hook_event_name: event,
  cwd: '/project',
  ...more,
});
const CLAIMED = [
  hook('UserPromptSubmit', { prompt: 'Say hello by the shell.' }),
  hook('PreToolUse', {
    tool_name: 'Bash',
    tool_input: { command: 'echo hello' },
    tool_use_id: 'toolu_1',
  }),
  hook('PostToolUse', {
    tool_name: 'Bash',
    tool_input: { command: 'echo hello' },
    tool_response: { stdout: 'hello' },
    tool_use_id: 'toolu_1',
  }),
];

describe.skipIf(path === undefined)('the page before any call', () => {
  let folder: string;
  let up: RunningUp;
  let browser: Browser;
  let watched: WatchedPage;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'waywarden-connect-'));
    browser = await startBrowser(path ?? '');
    up = await npmStart(folder, '--no-demo', '--canary', 'off');
    watched = await watchedPage(browser, up.url);
    watched.page.setDefaultTimeout(PATIENCE_MS);
    await watched.page.goto(up.url);
  }, PATIENCE_MS);

  afterAll(() => stopPage({ browser, up, folder }));

  it(
    'says in three commands how Claude Code is connected',
    async () => {
      const { page } = watched;
      const lines = page.locator('.connect pre');
      await lines.nth(2).waitFor();
      expect(await lines.allInnerTexts()).toEqual([
        expect.stringContaining('npx waywarden connect claude-code'),
        expect.stringMatching(/^claude --settings /),
        expect.stringContaining('npx waywarden doctor'),
      ]);
      expect(await page.locator('.connect button').count()).toBe(3);
      expect(await violations(page)).toEqual([]);
    },
    PATIENCE_MS,
  );

  it(
    'says that something arrives, then shows the first call, without loading again',
    async () => {
      const { page, problems } = watched;
      const token = readFileSync(up.tokenFile, 'utf8').trim();
      for (const body of CLAIMED) {
        const response = await fetch(`${up.url}/v1/hooks`, {
          method: 'POST',
          headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
          body: JSON.stringify(body),
        });
        expect(response.status).toBe(200);
      }
      await page.locator('.connect', { hasText: 'Something arrives' }).waitFor();
      const call = page.locator('.calls tbody tr').first();
      await call.waitFor();
      expect(await call.textContent()).toMatch(/claude-code[\s\S]*Bash/);
      expect(await page.locator('.connect').count()).toBe(0);
      expect(problems).toEqual([]);
    },
    PATIENCE_MS,
  );
});
