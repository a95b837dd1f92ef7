/**
 * A containment from the order to its proof, in a real browser through the real stack: previewed, commanded, applied by a
 * real proxy, confirmed by the call that it denies, closed. Then what a suppression hides until it expires, an open page
 * over a restart, and what another tenant sees of all that.
 */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findBrowser, startBrowser, stopPage, watchedPage } from '../support/browser.ts';
import {
  changePassword,
  isReadable,
  PASSWORD,
  photograph,
  signIn,
} from '../support/console-page.ts';
import {
  callThrough,
  type RunningReceiver,
  sendHijack,
  startReceiver,
  writeReceiverRules,
} from '../support/receiver-process.ts';
import { until } from '../support/until.ts';
import { npmStart, npmStartLater, type RunningUp } from '../support/up-process.ts';

const PATIENCE_MS = 180_000;
const STEP_MS = 60_000;
const HOUR_MS = 3_600_000;
const path = findBrowser();

interface Listed {
  readonly alert_id: string;
  readonly kind: string;
  readonly subject: { readonly task_id?: string };
  readonly triage: { readonly state: string } | null;
}

describe.skipIf(path === undefined)('a containment', () => {
  let folder: string;
  let up: RunningUp;
  let browser: Browser;
  let receiver: RunningReceiver;
  let page: Page;
  let rules: readonly string[];
  let contained: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'waywarden-contain-'));
    browser = await startBrowser(path ?? '');
    rules = writeReceiverRules(folder, 'fleet_share: 1');
    // Nothing is commanded but by hand.
    const policy = join(folder, 'policy.yaml');
    writeFileSync(policy, readFileSync(policy, 'utf8').replace('mode: enforce', 'mode: shadow'));
    up = await npmStart(join(folder, 'data'), '--no-demo', ...rules);
    receiver = await startReceiver(folder, up);
    ({ page } = await watchedPage(browser, up.url));
    page.setDefaultTimeout(STEP_MS);
    await page.goto(`${up.url}/alerts`);
    const first = readFileSync(join(folder, 'data', 'first-password.txt'), 'utf8').trim();
    await signIn(page, 'admin', first);
    await changePassword(page, first);
    await page.getByRole('button', { name: /^admin / }).waitFor();
  }, PATIENCE_MS);

  afterAll(async () => {
    receiver?.stop();
    await stopPage({ browser, up, folder });
  });

  /** The hijack's alert of this task, as the API lists it. */
  async function alertOf(task: string): Promise<Listed> {
    return until(async () => {
      const answer = await fetch(`${up.url}/v1/alerts?limit=200`);
      const { alerts } = (await answer.json()) as { readonly alerts: readonly Listed[] };
      return alerts.find((one) => one.kind === 'hijack_suspected' && one.subject.task_id === task);
    }, STEP_MS);
  }

  /** The same place again, so that what is open or connected finds it. */
  async function restart(laterMs: number, ...flags: readonly string[]): Promise<void> {
    const { port } = new URL(up.url);
    up.child.kill('SIGTERM');
    await up.ended;
    const all = ['--port', port, '--no-demo', ...rules, ...flags];
    up = await npmStartLater(laterMs, join(folder, 'data'), ...all);
  }

  it(
    'is previewed, commanded, and confirmed by the call that it denies; then the alert is closed',
    async () => {
      await sendHijack(up, receiver.token, 'noon');
      const { alert_id: alert } = await alertOf('noon');
      await page.goto(`${up.url}/alerts/${alert}`);
      await page.locator('#triage').waitFor();
      await page.keyboard.press('r');
      const dialog = page.getByRole('dialog');
      await dialog.getByText('One person is enough.').waitFor();
      await dialog.getByLabel('Reason').fill('the mail was planted');
      await dialog.getByRole('button', { name: 'Command it' }).click();
      await dialog.getByRole('status').last().locator('b', { hasText: /\w/ }).waitFor();
      await page.keyboard.press('Escape');
      const card = page.locator('.containment', { hasText: 'Revoke' }).first();
      await card
        .getByText(/Applied|Contained/)
        .first()
        .waitFor();
      expect(await callThrough(receiver.url, 'noon')).toBe(false);
      await card.getByText('Contained, confirmed by a denied call').waitFor();
      await page.keyboard.press('c');
      await dialog.getByLabel('True positive').check();
      await dialog.getByLabel('Reason').fill('planted, and contained');
      await dialog.getByRole('button', { name: 'Close 1 alert' }).click();
      await page.getByText('Closed: true positive').waitFor();
      contained = alert;
    },
    PATIENCE_MS,
  );

  it(
    'has a page with its clock and its history, to which the board leads',
    async () => {
      await page.goto(`${up.url}/containments`);
      await isReadable(page, 'containments');
      await page.getByRole('link', { name: 'confirmed' }).first().click();
      await page.waitForURL(/containments\/./);
      await page.reload();
      await page.getByText('commanded by admin').waitFor();
      const lines = await page.locator('section[aria-labelledby="history"] li').allTextContents();
      expect(lines.join(' | ')).toMatch(/applied it.*was denied/);
      await isReadable(page, 'a containment');
      await photograph(page, 'console-containment-light');
    },
    PATIENCE_MS,
  );

  it(
    'a call says why it is an alert, and another one why it is none',
    async () => {
      const { events } = (await (await fetch(`${up.url}/v1/events?limit=50`)).json()) as {
        readonly events: readonly { event_id: string; outcome: string; tool: string }[];
      };
      const isCall = (name: string) => (one: (typeof events)[number]) =>
        one.tool === name && one.outcome === 'success';
      for (const [name, says] of [
        ['mail/send_email', /hijack alert of severity/],
        ['mail/read_inbox', /no hijack alert/],
      ] as const) {
        await page.goto(`${up.url}/events/${events.find(isCall(name))?.event_id}`);
        await page.getByRole('button', { name: 'Explain' }).click();
        await page.getByText(says).waitFor();
        await page.getByText(/earlier calls? of its agent/).waitFor();
      }
      await isReadable(page, 'a call that is explained');
      await photograph(page, 'console-event-light');
    },
    PATIENCE_MS,
  );

  it(
    'a suppression hides what is raised while it is in force',
    async () => {
      await sendHijack(up, receiver.token, 'lunch');
      const { alert_id: alert } = await alertOf('lunch');
      await page.goto(`${up.url}/alerts/${alert}`);
      await page.getByRole('button', { name: 'Suppress…' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByText('it would have hidden').waitFor();
      await dialog.getByLabel(/^Agent: /).uncheck();
      await dialog.getByLabel(/^Tool: /).check();
      await dialog.getByText('it would have hidden').waitFor();
      await dialog.getByLabel('Expires after').selectOption('12h');
      await dialog.getByLabel('Reason').fill('a test of the mail filter');
      await dialog.getByRole('button', { name: 'Suppress for 12h' }).click();
      await dialog.waitFor({ state: 'detached' });
      await sendHijack(up, receiver.token, 'evening', { agent: 'agent/second' });
      const hidden = await until(async () => {
        const one = await alertOf('evening');
        return one.triage?.state === 'suppressed' ? one : undefined;
      }, STEP_MS);
      await page.goto(`${up.url}/alerts?group=none`);
      await page.locator(`a[href^="/alerts/${alert}"]`).first().waitFor();
      expect(await page.locator(`a[href^="/alerts/${hidden.alert_id}"]`).count()).toBe(0);
      await page.goto(`${up.url}/alerts/${hidden.alert_id}`);
      await page.getByLabel('Add a related alert').fill(`${up.url}/alerts/${contained}`);
      await page.getByLabel('Add a related alert').press('Enter');
      await page.getByRole('button', { name: `Remove related alert ${contained}` }).waitFor();
    },
    PATIENCE_MS,
  );

  it(
    'an open page says that it is not connected, and goes on by itself; what expired hides nothing more',
    async () => {
      await page.goto(`${up.url}/alerts?group=none`);
      await page.locator('.top-right', { hasText: 'live' }).waitFor();
      const gone = page.locator('.top-right', { hasText: 'not connected' }).waitFor();
      await restart(13 * HOUR_MS);
      await gone;
      await page.locator('.top-right', { hasText: 'live' }).waitFor();
      const atMs = Date.now() + 13 * HOUR_MS;
      await sendHijack(up, receiver.token, 'night', { agent: 'agent/third', atMs });
      const shown = await alertOf('night');
      expect(shown.triage?.state).toBe('new');
      await page.locator(`a[href^="/alerts/${shown.alert_id}"]`).first().waitFor();
      await page.clock.setSystemTime(Date.now() + 13 * HOUR_MS);
      await page.goto(`${up.url}/suppressions`);
      await page.getByRole('cell', { name: 'ended' }).first().waitFor();
    },
    PATIENCE_MS,
  );

  it(
    'another tenant sees nothing of it, and who works here may nothing there',
    async () => {
      await restart(14 * HOUR_MS, '--tenant', 'elsewhere');
      for (const one of ['alerts', 'events', 'commands', 'decisions']) {
        const answer = (await (await fetch(`${up.url}/v1/${one}`)).json()) as Record<string, []>;
        expect([one, answer[one]]).toEqual([one, []]);
      }
      await page.goto(`${up.url}/alerts`);
      await signIn(page, 'admin', PASSWORD);
      await page.getByRole('button', { name: 'admin (no role here)' }).waitFor();
      await page
        .getByText(/admin has no role in elsewhere/)
        .first()
        .waitFor();
      expect(await page.locator('.alert-row').count()).toBe(0);
    },
    PATIENCE_MS,
  );
});
