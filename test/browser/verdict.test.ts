/**
 * An analyst says whether an alert was right, in a real browser: the page shows what that would do, gives the command for
 * the revision that was opened, says when another one was told meanwhile, and shows the verdict once it was given. It
 * sends nothing itself.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  findBrowser,
  startBrowser,
  stopPage,
  type WatchedPage,
  watchedPage,
} from '../support/browser.ts';
import {
  burstCalls,
  keyFileOf,
  registryOfPeople,
  reporterCalls,
  sendCalls,
  warmedUpAlert,
} from '../support/reporter.ts';
import { npmStart, type RunningUp } from '../support/up-process.ts';
import { violations } from '../support/violations.ts';

const PATIENCE_MS = 150_000;
const ANA = 'ana@acme.example';
const REASON = `it's the "month-end" run; $(CHG-1234)`;
const MORE_CALLS = 200;
/** A telephone, held upright. */
const NARROW = { width: 390, height: 844 };
const WIDE = { width: 1440, height: 1130 };
const IMAGES = fileURLToPath(new URL('../../docs/images', import.meta.url));
const MAIN = fileURLToPath(new URL('../../services/waywarden/dist/main.js', import.meta.url));
const run = promisify(execFile);

const path = findBrowser();

describe.skipIf(path === undefined)('a verdict on the page', () => {
  let folder: string;
  let up: RunningUp;
  let browser: Browser;
  let watched: WatchedPage;
  let alert: string;
  let opened: number;
  const methods = new Set<string>();
  const command = async () => (await watched.page.locator('.command').textContent()) ?? '';
  const copy = () => watched.page.getByRole('button', { name: 'Copy the command' });

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'waywarden-verdict-page-'));
    browser = await startBrowser(path ?? '');
    const registry = await registryOfPeople(folder, [ANA]);
    up = await npmStart(join(folder, 'data'), '--no-demo', '--registry', registry);
    const calls = reporterCalls(Date.now());
    await sendCalls(up, calls);
    ({ alert_id: alert, revision: opened } = await warmedUpAlert(up, calls.length));
    watched = await watchedPage(browser, up.url);
    watched.page.setDefaultTimeout(PATIENCE_MS);
    watched.page.on('request', (request) => methods.add(request.method()));
    await watched.context.grantPermissions(['clipboard-read', 'clipboard-write']);
  }, PATIENCE_MS);

  afterAll(() => stopPage({ browser, up, folder }));

  it(
    'is one key away, with what it would do and what is missing to say it',
    async () => {
      const { page } = watched;
      await page.goto(`${up.url}/alerts/${alert}`);
      await page.locator('#verdict').waitFor();
      await page.keyboard.press('v');
      await page.locator('#verdict:focus').waitFor();
      expect(await page.locator('.sentences').textContent()).toContain(
        'Nobody has said whether it was right.',
      );
      const choices = (await page.locator('.verdict-choice').allInnerTexts()).join('\n');
      expect(choices).toContain(`up to what it had come to in revision ${opened} (`);
      expect(choices).toContain('No rule is silenced');
      expect(await command()).toBe(
        `npx waywarden verdict ${alert} --true-positive|--false-positive --revision ${opened} --by WHO --key FILE --reason WHY --url ${up.url}`,
      );
      expect(await copy().isDisabled()).toBe(true);
      expect(await page.locator('.copy').textContent()).toContain(
        'Say first: right or wrong, who you are, your key file, why.',
      );
    },
    PATIENCE_MS,
  );

  it(
    'is readable for everybody in both themes, and on a telephone',
    async () => {
      const { page } = watched;
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        await page.waitForSelector(`html[data-mantine-color-scheme="${colorScheme}"]`);
        expect(await violations(page), colorScheme).toEqual([]);
      }
      await page.setViewportSize(NARROW);
      const wide = await page.evaluate<number>('document.documentElement.scrollWidth');
      expect(wide).toBeLessThanOrEqual(NARROW.width);
      await page.setViewportSize(WIDE);
      await page.emulateMedia({ colorScheme: 'light' });
    },
    PATIENCE_MS,
  );

  it(
    'names the revision that was opened, until the person says that the newer one was looked at',
    async () => {
      const { page } = watched;
      await sendCalls(up, burstCalls(Date.now() - MORE_CALLS * 1000, MORE_CALLS, 'more'));
      const newer = page.locator('.problem', { hasText: 'was told while this page was open' });
      await newer.waitFor();
      expect(await command()).toContain(` --revision ${opened} `);
      expect(await newer.textContent()).toContain(`still names revision ${opened}`);
      const { revision } = await warmedUpAlert(up, 0);
      expect(revision).toBeGreaterThan(opened);
      const looked = page.getByRole('button', { name: `I have looked at revision ${revision}` });
      await looked.click();
      await newer.waitFor({ state: 'detached' });
      expect(await command()).toContain(` --revision ${revision} `);
      opened = revision;
    },
    PATIENCE_MS,
  );

  it(
    'is given by the command that was copied, and then stands on the page with who, when and why',
    async () => {
      const { page } = watched;
      await page.getByText('False positive').click();
      await page.getByLabel('Who you are').selectOption(ANA);
      await page.getByLabel('Your key file').fill(keyFileOf(folder, ANA));
      await page.getByRole('textbox', { name: 'Why' }).fill(REASON);
      if (process.env['WRITE_SCREENSHOTS'] === '1') {
        const section = page.locator('section[aria-labelledby="verdict"]');
        await section.screenshot({ path: join(IMAGES, 'console-verdict-light.png') });
      }
      await copy().click();
      await page.getByText('Copied.').waitFor();
      const copied = await page.evaluate<string>('navigator.clipboard.readText()');
      const program = `"${process.execPath}" "${MAIN}" `;
      const given = await run('/bin/sh', ['-c', copied.replace(/^npx waywarden /, program)]);
      expect(given.stdout).toContain(`It is about revision ${opened}, the latest.`);
      const said = page.locator('.verdict-counts');
      await said.waitFor();
      expect(await said.textContent()).toContain(
        `judged false positive or benign by ${ANA}, of revision ${opened}: `,
      );
      expect(await said.textContent()).toContain(REASON);
      expect(await said.locator('time').getAttribute('datetime')).toMatch(/^\d{4}-\d\d-\d\dT/);
      const sentences = await page.locator('.sentences').textContent();
      expect(sentences).toContain(
        `Judged false positive or benign by ${ANA}, of revision ${opened}.`,
      );
      // A verdict is no order of a rule, and none is made of it.
      expect(sentences).toContain('Nothing was done: no rule of the policy matches it.');
    },
    PATIENCE_MS,
  );

  it(
    'stands in the queue, and who said it need not say who they are again',
    async () => {
      const { page } = watched;
      await page.goto(up.url);
      const line = page.locator('.queue-line').first();
      await line.waitFor();
      expect(await line.textContent()).toContain('judged false positive or benign');
      await page.goto(`${up.url}/alerts/${alert}`);
      await page.locator('.command').waitFor();
      expect(await command()).toContain(`--by ${ANA} --key ${keyFileOf(folder, ANA)} --reason WHY`);
    },
    PATIENCE_MS,
  );

  it('made no error, asked nobody else, and sent nothing', () => {
    expect(watched.problems).toEqual([]);
    expect([...methods]).toEqual(['GET']);
  });
});
