/**
 * The first minute of a new reader, in a real browser: `npm start` plays its fleet, and the page shows
 * calls flowing, a privilege that three agents assembled with its proof, who was granted what and who
 * completed it, the order with its receipt and the call that was denied, and the look-alike that stayed
 * quiet, with why. With WRITE_SCREENSHOTS=1 what was seen is kept in docs/images.
 */
import { mkdtempSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Locator, Page } from 'playwright-core';
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

const PROMISE_MS = 60_000;
const PATIENCE_MS = 150_000;
const IMAGES = fileURLToPath(new URL('../../docs/images', import.meta.url));
/** With more than this many programs waiting for each core, seconds say nothing about us. */
const CROWD_PER_CORE = 3;
/** A picture ends where the page of the alert has told who did what with which grant. */
const PICTURE_HEIGHT = 1300;
const SCHEMES = ['light', 'dark'] as const;

const path = findBrowser();
const isEvicted = (loadavg()[0] ?? 0) / cpus().length > CROWD_PER_CORE;

/** The text as it is laid out: cells and lines apart. */
async function seen(place: Locator): Promise<string> {
  return (await place.allInnerTexts()).join('\n');
}

async function photograph(page: Page, name: string): Promise<void> {
  if (process.env['WRITE_SCREENSHOTS'] !== '1') return;
  // The table of who did what with which grant ends below the window.
  await page.screenshot({
    path: join(IMAGES, `${name}.png`),
    fullPage: true,
    clip: { x: 0, y: 0, width: 1440, height: PICTURE_HEIGHT },
  });
}

async function inBothThemes(page: Page, name: string): Promise<void> {
  for (const scheme of SCHEMES) {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
    await page.waitForSelector(`html[data-mantine-color-scheme="${scheme}"]`);
    expect(await violations(page), `${name}, ${scheme}`).toEqual([]);
    await photograph(page, `${name}-${scheme}`);
  }
  await page.emulateMedia({ colorScheme: 'light' });
}

describe.skipIf(path === undefined)('the first minute', () => {
  let folder: string;
  let up: RunningUp;
  let browser: Browser;
  let watched: WatchedPage;
  let startedAt: number;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'waywarden-minute-'));
    browser = await startBrowser(path ?? '');
    startedAt = performance.now();
    up = await npmStart(folder);
    watched = await watchedPage(browser, up.url);
    watched.page.setDefaultTimeout(PATIENCE_MS);
    await watched.page.goto(up.url);
  }, PATIENCE_MS);

  afterAll(() => stopPage({ browser, up, folder }));

  it(
    'shows calls as they happen, without loading again',
    async () => {
      const { page } = watched;
      const newest = page.locator('.calls tbody tr').first();
      await newest.waitFor();
      const before = await newest.textContent();
      await expect.poll(() => newest.textContent(), { timeout: PATIENCE_MS }).not.toBe(before);
    },
    PATIENCE_MS,
  );

  it(
    'says the same of the present in all its relative times',
    async () => {
      const { page } = watched;
      const coldStart = page.locator('time', { hasText: /\d s ago/ });
      await coldStart.nth(3).waitFor();
      for (let round = 0; round < 5; round += 1) {
        const presents = await page.locator('time').evaluateAll((times) =>
          times.flatMap((time) => {
            const age = /(\d+) s ago/.exec(time.textContent ?? '')?.[1];
            const at = time.getAttribute('datetime') ?? '';
            return age === undefined ? [] : [Math.floor(Date.parse(at) / 1000) + Number(age)];
          }),
        );
        expect(presents.length).toBeGreaterThan(3);
        expect(Math.max(...presents) - Math.min(...presents)).toBeLessThanOrEqual(1);
        const before = await coldStart.first().textContent();
        await expect
          .poll(() => coldStart.first().textContent(), { timeout: PATIENCE_MS })
          .not.toBe(before);
      }
    },
    PATIENCE_MS,
  );

  it(
    'tells the whole story within sixty seconds',
    async () => {
      const { page } = watched;
      await page.locator('.queue-line', { hasText: 'Three agents' }).first().waitFor();
      const quiet = page.locator('section[aria-labelledby="quiet"] .card').first();
      await quiet.waitFor();
      expect(await seen(quiet)).toMatch(/no alert.*Approved beforehand/s);
      expect(await seen(quiet)).toMatch(/approved that for utility-bills until \d{4}-\d\d-\d\d/);
      // On a busy machine a call comes between the order and the refusal, and then it says so.
      const contained = page.locator('.containment-confirmed', { hasText: 'checker-1' }).first();
      await contained.waitFor();
      expect(await seen(contained)).toMatch(
        /ordered to revoke the token of checker-1.*demo-gateway applied it.*(next call|a later call of checker-1) was denied at \d\d:\d\d:\d\d because of it/s,
      );
      const tookMs = performance.now() - startedAt;
      console.warn(`The story was on the page ${(tookMs / 1000).toFixed(1)} s after npm start.`);
      if (isEvicted) console.warn('The machine is crowded, so the sixty seconds are not judged.');
      else expect(tookMs).toBeLessThan(PROMISE_MS);
    },
    PATIENCE_MS,
  );

  it(
    'is readable for everybody in both themes',
    async () => {
      await inBothThemes(watched.page, 'console-now');
    },
    PATIENCE_MS,
  );

  it(
    'draws the assembled privilege with its proof, the grants, the cut and the denied call',
    async () => {
      const { page } = watched;
      await page.locator('.queue-link', { hasText: 'Three agents' }).first().click();
      await page.locator('.call-denied').first().waitFor();
      const texts = (selector: string) => page.locator(selector).allInnerTexts();
      const symbols = await texts('.call-proof .call-symbol');
      expect(symbols).toEqual(['create:payee', 'initiate:payment', 'approve:payment']);
      expect(await texts('.call-completing .completed-tag')).toEqual(['completed it']);
      expect(await texts('.call-origin .call-symbol')).toEqual(['ingest:untrusted']);
      const sentences = await seen(page.locator('.sentences'));
      expect(sentences).toContain('stood before in outside text');
      expect(sentences).toMatch(
        /(next call|a later call of checker-1) was denied at \d\d:\d\d:\d\d because of it/,
      );
      // Links are drawn once the calls that they join have been measured.
      await page.locator('.flow-label').nth(1).waitFor();
      expect((await texts('.flow-label')).length).toBeGreaterThanOrEqual(2);
      expect(await page.locator('.react-flow__edge').count()).toBeGreaterThanOrEqual(2);
      const matrix = (await texts('.matrix tbody tr')).join('\n');
      expect(matrix).toMatch(/intake-2\s+granted\s+did it\s+not granted\s+not granted/);
      expect(matrix).toMatch(
        /checker-1 completed it\s+not granted\s+not granted\s+granted\s+did it/,
      );
      expect(await texts('.cut')).toEqual([expect.stringMatching(/revoke the token\s+applied/)]);
      expect((await texts('.containment h3')).join()).toContain(
        'Contained, confirmed by a denied call',
      );
      expect((await texts('.clock .reached')).length).toBe(5);
      await inBothThemes(page, 'console-alert');
    },
    PATIENCE_MS,
  );

  it(
    'times a containment from the call before the order, though the alert was revised since',
    async () => {
      const { page } = watched;
      await page.goto(up.url);
      await page.locator('.queue-link', { hasText: 'inbox-assistant obeyed' }).first().click();
      await page.locator('.clock .reached').nth(4).waitFor();
      const [, , , , denial] = await page.locator('.clock-since').allInnerTexts();
      expect(denial).toMatch(/^\+(?!0 ms).*\d/);
      const records = await page.locator('.timeline .id').allInnerTexts();
      expect(new Set(records).size).toBe(records.length);
    },
    PATIENCE_MS,
  );

  it(
    'is worked by keys, and every view has an address',
    async () => {
      const { page } = watched;
      await page.goto(up.url);
      await page.locator('.queue-link', { hasText: 'Three agents' }).first().click();
      await page.locator('#evidence').waitFor();
      await page.keyboard.press('e');
      await page.locator('#evidence:focus').waitFor();
      const alert = page.url();
      await page.locator('.agent', { hasText: 'checker-1' }).first().click();
      await page.locator('.facts').waitFor();
      expect(new URL(page.url()).pathname).toMatch(/^\/agents\/.*checker-1$/);
      await page.reload();
      await page.locator('.facts', { hasText: 'approve:payment' }).waitFor();
      await page.keyboard.press('n');
      await page.locator('.queue-link').first().waitFor();
      await page.keyboard.press('j');
      await page.keyboard.press('Enter');
      await page.locator('.alert-head').waitFor();
      await page.keyboard.press('?');
      await page.getByRole('dialog').waitFor();
      await page.keyboard.press('Escape');
      await page.goto(alert);
      await page.locator('.alert-head a[href^="/chains/"]').click();
      await page.locator('h1', { hasText: 'invoice-approval' }).waitFor();
    },
    PATIENCE_MS,
  );

  it(
    'says what the rules cost people, by rule and by agent',
    async () => {
      const { page } = watched;
      await page.goto(up.url);
      await page.locator('.queue-link').first().waitFor();
      await page.keyboard.press('f');
      await page.locator('h1', { hasText: 'What the rules cost' }).waitFor();
      await page.locator('.lead', { hasText: /revocations? were ordered/ }).waitFor();
      await page.getByRole('radiogroup').getByText('Agents', { exact: true }).click();
      await page.locator('td .agent').first().waitFor();
      expect(await violations(page)).toEqual([]);
    },
    PATIENCE_MS,
  );

  it('made no error and asked nobody else', () => {
    expect(watched.problems).toEqual([]);
  });
});
