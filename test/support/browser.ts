/**
 * A real Chromium for a test file: the one named in BROWSER_PATH, else where Debian and others put it.
 * Where none is, the tests are skipped, loudly; with REQUIRE_BROWSER=1 they fail instead, so that no
 * build passes by having looked at nothing.
 */
import { existsSync, rmSync } from 'node:fs';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import type { RunningUp } from './up-process.ts';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
/** No sandbox, because tests run as root; no traffic of its own, because the page must make none. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const START_MS_MAX = 60_000;

/** Where the browser is, or undefined with a loud word about it. */
export function findBrowser(): string | undefined {
  const named = process.env['BROWSER_PATH'];
  const found = named ?? PLACES.find((path) => existsSync(path));
  if (found !== undefined && existsSync(found)) return found;
  const reason = `no Chromium at ${named ?? PLACES.join(', ')} (Debian: apt-get install chromium)`;
  if (process.env['REQUIRE_BROWSER'] === '1') {
    throw new Error(`REQUIRE_BROWSER=1, but there is ${reason}.`);
  }
  const line = '='.repeat(78);
  console.warn(`\n${line}\nBROWSER TESTS ARE SKIPPED: ${reason}\n${line}\n`);
  return undefined;
}

export function startBrowser(path: string): Promise<Browser> {
  return chromium.launch({ executablePath: path, args: FLAGS, timeout: START_MS_MAX });
}

/** A page that notes what it should never do: errors, and requests to anywhere but `origin`. */
export interface WatchedPage {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly problems: string[];
}

export async function watchedPage(browser: Browser, origin: string): Promise<WatchedPage> {
  const context = await browser.newContext({
    viewport: { width: 1440, height: 1130 },
    colorScheme: 'light',
  });
  const page = await context.newPage();
  const problems: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => problems.push(`page: ${error.message}`));
  page.on('dialog', (dialog) => {
    problems.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(origin) && !url.startsWith('data:')) problems.push(`request: ${url}`);
  });
  return { page, context, problems };
}

/** Ends what a test file of a page began, as far as it came, and removes what it kept. */
export async function stopPage({
  browser,
  up,
  folder,
}: {
  readonly browser: Browser | undefined;
  readonly up: RunningUp | undefined;
  readonly folder: string;
}): Promise<void> {
  await browser?.close();
  up?.child.kill('SIGKILL');
  await up?.ended;
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}
