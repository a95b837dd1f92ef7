/**
 * One alert among a hundred thousand, in a real browser through the real stack: seeded into the log as the detector writes
 * them, listed after a restart, found by a word that only it has, opened, taken; pages turned without a repeat.
 */
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { uuidOf } from '../../services/console/src/testing/triage-builders.ts';
import {
  findBrowser,
  startBrowser,
  stopPage,
  type WatchedPage,
  watchedPage,
} from '../support/browser.ts';
import { changePassword, isReadable, signIn } from '../support/console-page.ts';
import { ALERTS, NEEDLE, seedAlerts } from '../support/many-alerts.ts';
import { until } from '../support/until.ts';
import { npmStart, type RunningUp } from '../support/up-process.ts';

const PATIENCE_MS = 400_000;
const STEP_MS = 60_000;
const path = findBrowser();

describe.skipIf(path === undefined)('a hundred thousand alerts', () => {
  let folder: string;
  let up: RunningUp;
  let browser: Browser;
  let watched: WatchedPage;
  const data = () => join(folder, 'data');

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'waywarden-many-'));
    browser = await startBrowser(path ?? '');
    up = await npmStart(data(), '--no-demo', '--canary', 'off');
    up.child.kill('SIGTERM');
    await up.ended;
    await seedAlerts(data());
    up = await npmStart(data(), '--no-demo', '--canary', 'off');
    watched = await watchedPage(browser, up.url);
    watched.page.setDefaultTimeout(STEP_MS);
    await until(async () => {
      const answer = await fetch(`${up.url}/v1/console/alerts?state=all&limit=1`);
      const { total, complete } = (await answer.json()) as {
        readonly total: number;
        readonly complete: boolean;
      };
      return total === ALERTS && complete ? true : undefined;
    }, PATIENCE_MS);
  }, PATIENCE_MS);

  afterAll(() => stopPage({ browser, up, folder }));

  it(
    'hold the one that is looked for: found by a word, opened and taken',
    async () => {
      const { page } = watched;
      await page.goto(`${up.url}/alerts`);
      const first = readFileSync(join(data(), 'first-password.txt'), 'utf8').trim();
      await signIn(page, 'admin', first);
      await changePassword(page, first);
      await page.getByText('100,000 alerts').waitFor();
      const began = performance.now();
      await page.keyboard.press('/');
      await page.keyboard.type('zebra ledger');
      await page.getByText('1 alert', { exact: true }).waitFor();
      const tookMs = performance.now() - began;
      console.warn(`Found among ${ALERTS} in ${Math.round(tookMs)} ms, typing included.`);
      await page.locator('.alert-link').click();
      await page.waitForURL(new RegExp(uuidOf(NEEDLE + 1)));
      await page.getByRole('button', { name: 'Take it (a)' }).click();
      await page
        .getByLabel('Assignee')
        .locator('option:checked', { hasText: 'admin' })
        .waitFor({ state: 'attached' });
    },
    PATIENCE_MS,
  );

  it(
    'are turned page by page, and none comes twice',
    async () => {
      const { page } = watched;
      await page.goto(`${up.url}/alerts?sort=oldest&severity=high`);
      const seen = new Set<string>();
      for (let turn = 0; turn < 4; turn++) {
        await page.locator('.alert-row').first().waitFor();
        const ids = await page
          .locator('.alert-row')
          .evaluateAll((rows) => rows.map((row) => row.getAttribute('data-alert') ?? ''));
        for (const id of ids) {
          expect(seen.has(id)).toBe(false);
          seen.add(id);
        }
        const [top] = ids;
        await page.getByRole('button', { name: 'Next page' }).click();
        await page.locator(`[data-alert="${top}"]`).waitFor({ state: 'detached' });
      }
      expect(seen.size).toBe(200);
    },
    PATIENCE_MS,
  );

  it(
    'are closed hundreds at once, where they are one campaign, by keys alone',
    async () => {
      const { page } = watched;
      await page.goto(`${up.url}/alerts?group=campaign`);
      await page.locator('.alert-row').first().waitFor();
      await page.keyboard.press('j');
      await page.locator('.alert-link:focus').waitFor();
      await page.keyboard.press('c');
      const dialog = page.getByRole('dialog');
      await dialog.getByRole('radio').first().focus();
      await page.keyboard.press('Space');
      await page.keyboard.press('Tab');
      await page.keyboard.type('one release, CHG-9');
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      await dialog.waitFor({ state: 'detached' });
      const closed = await fetch(`${up.url}/v1/console/alerts?state=closed&limit=1`);
      const { total } = (await closed.json()) as { readonly total: number };
      expect(total).toBe(500);
    },
    PATIENCE_MS,
  );

  it(
    'answer each filter in the time of a glance, and are readable',
    async () => {
      const queries = [
        'sla=breached&sort=due',
        'group=campaign',
        'q=bot-7',
        'owner=x',
        'group=incident',
      ];
      const times: number[] = [];
      for (const query of [...queries, ...queries, ...queries]) {
        const began = performance.now();
        const answer = await fetch(`${up.url}/v1/console/alerts?${query}`);
        await answer.arrayBuffer();
        times.push(performance.now() - began);
      }
      const sorted = times.toSorted((a, b) => a - b).map(Math.round);
      console.warn(`Filters over ${ALERTS} alerts: ${sorted.join(', ')} ms.`);
      await watched.page.goto(`${up.url}/alerts?group=campaign`);
      await watched.page.locator('.alert-row').first().waitFor();
      await isReadable(watched.page, 'campaigns');
    },
    PATIENCE_MS,
  );
});
