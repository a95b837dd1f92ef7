/**
 * A shift in a SOC, in a real browser through the real stack: sign in, find an alert, take it, note, suppress, command a
 * revocation with its preview, close, see more evidence open it again; an act that takes two people by two accounts; what
 * each role may not do; all of it by keyboard where a key is promised, and readable at four widths in both themes.
 */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  findBrowser,
  startBrowser,
  stopPage,
  type WatchedPage,
  watchedPage,
} from '../support/browser.ts';
import { changePassword, isReadable, photograph, signIn } from '../support/console-page.ts';
import {
  burstCalls,
  registryOfPeople,
  reporterCalls,
  sendCalls,
  warmedUpAlert,
} from '../support/reporter.ts';
import { until } from '../support/until.ts';
import { npmStart, type RunningUp } from '../support/up-process.ts';
import { violations } from '../support/violations.ts';

const PATIENCE_MS = 150_000;
const STEP_MS = 30_000;
const NARROW = { width: 400, height: 900 };
const WIDE = { width: 1440, height: 1000 };
const path = findBrowser();

interface TriageAnswer {
  readonly triage: { readonly history: readonly object[]; readonly notes: readonly object[] };
}

describe.skipIf(path === undefined)('a shift', () => {
  let folder: string;
  let up: RunningUp;
  let browser: Browser;
  let watched: WatchedPage;
  let alert: string;
  let rob: Page;
  /** An admin who set no password of rob's. */
  let ada: Page;
  let chat: Server;
  const passwords = new Map<string, string>();

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'waywarden-soc-'));
    browser = await startBrowser(path ?? '');
    const registry = await registryOfPeople(folder, []);
    const notify = await listenForNotices();
    const flags = ['--no-demo', '--registry', registry, '--notify', notify];
    up = await npmStart(join(folder, 'data'), ...flags);
    const calls = reporterCalls(Date.now());
    await sendCalls(up, calls);
    ({ alert_id: alert } = await warmedUpAlert(up, calls.length));
    watched = await watchedPage(browser, up.url);
    watched.page.setDefaultTimeout(STEP_MS);
  }, PATIENCE_MS);

  afterAll(async () => {
    chat?.close();
    await stopPage({ browser, up, folder });
  });

  /** A chat that takes everything; the file that names it. */
  async function listenForNotices(): Promise<string> {
    chat = createServer((request, response) => {
      request.resume().on('end', () => response.end());
    });
    await new Promise<void>((resolve) => {
      chat.listen(0, '127.0.0.1', resolve);
    });
    const { port } = chat.address() as AddressInfo;
    const receiver = { name: 'soc', kind: 'slack', url: `http://127.0.0.1:${port}/` };
    const file = join(folder, 'notify.json');
    writeFileSync(file, JSON.stringify({ receivers: [receiver] }));
    return file;
  }

  /** Another person, in a browser of their own. */
  async function colleague(uid: string): Promise<Page> {
    const { page } = await watchedPage(browser, up.url);
    page.setDefaultTimeout(STEP_MS);
    await page.goto(`${up.url}/alerts`);
    const first = passwords.get(uid) ?? '';
    await signIn(page, uid, first);
    await changePassword(page, first);
    await page.getByRole('button', { name: new RegExp(`^${uid} `) }).waitFor();
    return page;
  }

  it(
    'begins with the first password, which is changed before anything else; accounts are added',
    async () => {
      const { page } = watched;
      await page.goto(`${up.url}/alerts`);
      await page.getByRole('button', { name: 'Sign in', exact: true }).first().click();
      await page.getByLabel('Account').waitFor();
      await photograph(page, 'console-sign-in-light');
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      const first = readFileSync(join(folder, 'data', 'first-password.txt'), 'utf8').trim();
      await signIn(page, 'admin', first);
      await page.getByText('once you have chosen a password of your own').waitFor();
      expect(await page.getByText('does not allow this').count()).toBe(0);
      await changePassword(page, first);
      await page.getByRole('button', { name: /^admin \(admin\)/ }).click();
      await page.getByRole('menuitem', { name: 'Accounts' }).click();
      for (const [uid, role] of [
        ['ana', 'analyst'],
        ['rob', 'responder'],
        ['ada', 'admin'],
        ['vic', 'viewer'],
      ]) {
        await page.getByLabel('New account').fill(uid ?? '');
        await page.getByLabel('Role', { exact: true }).selectOption(role ?? '');
        await page.getByRole('button', { name: 'Add', exact: true }).click();
        await page.getByLabel(`Role of ${uid}`).waitFor();
        passwords.set(
          uid ?? '',
          (await page.getByRole('status').locator('code').textContent()) ?? '',
        );
      }
      expect(new Set(passwords.values()).size).toBe(4);
      await isReadable(page, 'accounts');
      // Without the password that it shows once.
      await page.reload();
      await page.getByRole('table', { name: 'Accounts' }).waitFor();
      await photograph(page, 'console-accounts-light');
    },
    PATIENCE_MS,
  );

  it(
    'who is notified of alerts is tried from the page',
    async () => {
      const { page } = watched;
      await page.goto(`${up.url}/notifications`);
      await page.getByRole('button', { name: 'Send a test' }).click();
      await page.getByText('It took the test.').waitFor();
      expect(await page.getByRole('button', { name: 'Send again' }).isDisabled()).toBe(true);
      await isReadable(page, 'notifications');
      await photograph(page, 'console-notifications-light');
    },
    PATIENCE_MS,
  );

  it(
    'an alert is found by a word, opened and taken by keys alone, and noted',
    async () => {
      const { page } = watched;
      await page.goto(`${up.url}/alerts`);
      await page.locator('.alert-row').first().waitFor();
      await isReadable(page, 'alerts');
      await page.setViewportSize(NARROW);
      await page.getByLabel('Severity').waitFor({ state: 'hidden' });
      await page.getByRole('button', { name: 'Filters', exact: true }).click();
      await page.getByLabel('State', { exact: true }).selectOption('all');
      await page.waitForURL(/state=all/);
      await page.getByRole('button', { name: 'Fewer filters' }).click();
      await page.getByRole('button', { name: 'Filters (1)' }).waitFor();
      await page.setViewportSize(WIDE);
      await page.goto(`${up.url}/alerts`);
      await page.locator('.alert-row').first().waitFor();
      await photograph(page, 'console-alerts-light');
      await page.keyboard.press('/');
      await page.keyboard.type('reporter');
      await page.waitForURL(/q=reporter/);
      await page.keyboard.press('Escape');
      await page.getByLabel('Filter by').selectOption('tool');
      await page.getByLabel('Value, then Enter').fill('no/such');
      await page.getByLabel('Value, then Enter').press('Enter');
      await page.getByText('No alert fits.').waitFor();
      await page.getByRole('button', { name: /^tool: no\/such/ }).click();
      await page.locator('.alert-row').first().waitFor();
      await page.getByLabel('Value, then Enter').press('Escape');
      await page.keyboard.press('j');
      await page.locator('.alert-link:focus').waitFor();
      await page.keyboard.press('x');
      await page.getByText('1 alert selected').waitFor();
      await page.keyboard.press('x');
      await page.keyboard.press('a');
      await page.locator('.alert-row', { hasText: 'In progress' }).waitFor();
      await page.locator('.alert-link').first().focus();
      await page.keyboard.press('Enter');
      await page.waitForURL(/\/alerts\/[0-9a-f-]{36}/);
      await page.goto(`${up.url}/alerts/${alert}`);
      await page.getByLabel('Add a note').fill('Looks like the month-end run.');
      await page.getByRole('button', { name: 'Add note' }).click();
      await page.locator('.note', { hasText: 'month-end run' }).waitFor();
      await page.getByLabel('Add a tag').fill('month-end');
      await page.getByLabel('Add a tag').press('Enter');
      await page.getByRole('button', { name: 'Remove tag month-end' }).waitFor();
      await isReadable(page, 'an alert with its triage');
      await photograph(page, 'console-triage-light');
    },
    PATIENCE_MS,
  );

  it(
    'a revocation shows what it would break before it is commanded, and says why it is not given',
    async () => {
      const { page } = watched;
      await page.keyboard.press('r');
      const dialog = page.getByRole('dialog');
      await dialog.getByText('It would not be given').waitFor();
      expect(await dialog.textContent()).toContain('no receiver is registered');
      expect(await dialog.textContent()).toMatch(/One person is enough|takes two people/);
      expect(await violations(page)).toEqual([]);
      expect(await dialog.getByRole('button', { name: 'Command it' }).isDisabled()).toBe(true);
      await page.keyboard.press('Escape');
    },
    PATIENCE_MS,
  );

  it(
    'a close takes a classification and a reason, leaves the queue, and teaches by a verdict',
    async () => {
      const { page } = watched;
      await page.goto(`${up.url}/alerts/${alert}`);
      await page.locator('#triage').waitFor();
      await page.keyboard.press('c');
      const dialog = page.getByRole('dialog');
      expect(await dialog.getByRole('button', { name: 'Close 1 alert' }).isDisabled()).toBe(true);
      await dialog.getByLabel('True positive').check();
      await dialog.getByLabel('Reason').fill('announced in CHG-1234');
      expect(await violations(page)).toEqual([]);
      await photograph(page, 'console-close-light');
      await dialog.getByRole('button', { name: 'Close 1 alert' }).click();
      await page.getByText('Closed: true positive').waitFor();
      await page.locator('.verdict-counts', { hasText: 'announced in CHG-1234' }).waitFor();
      const open = await (
        await fetch(`${up.url}/v1/alerts?state=open&q=reporter&kind=behavior_deviation`)
      ).json();
      expect(open).toMatchObject({ total: 0 });
      await page.goto(`${up.url}/alerts?state=closed&tag=month-end`);
      await page.locator('.alert-row', { hasText: 'Closed: true positive' }).waitFor();
    },
    PATIENCE_MS,
  );

  it(
    'more evidence opens it again, by itself',
    async () => {
      const { page } = watched;
      await page.goto(`${up.url}/alerts/${alert}`);
      await sendCalls(up, burstCalls(Date.now() - 400_000, 400, 'again'));
      await page.getByText('New: more evidence').waitFor();
    },
    PATIENCE_MS,
  );

  it(
    'a viewer may look and nothing else; an analyst may not respond',
    async () => {
      const viewer = await colleague('vic');
      await viewer.goto(`${up.url}/alerts/${alert}`);
      await viewer.getByText('Sign in as an analyst to work on it.').waitFor();
      await viewer
        .getByLabel('Your key file')
        .or(viewer.getByText('Nobody can say so yet'))
        .waitFor();
      for (const name of ['Take it (a)', 'Close… (c)', 'Suppress…', 'Revoke… (r)']) {
        expect(await viewer.getByRole('button', { name }).isDisabled(), name).toBe(true);
      }
      const analyst = await colleague('ana');
      await analyst.goto(`${up.url}/alerts/${alert}`);
      await analyst.getByRole('button', { name: 'Take it (a)' }).click();
      await analyst.getByText('The verdict is given by closing the alert').waitFor();
      expect(await analyst.locator('.command').count()).toBe(0);
      await analyst
        .getByLabel('Assignee')
        .locator('option:checked', { hasText: 'ana' })
        .waitFor({ state: 'attached' });
      expect(await analyst.getByRole('button', { name: 'Suppress…' }).isDisabled()).toBe(true);
    },
    PATIENCE_MS,
  );

  it(
    'an act for two people waits in the inbox until another account agrees',
    async () => {
      const page = await colleague('ada');
      ada = page;
      const responder = await colleague('rob');
      rob = responder;
      await page.goto(`${up.url}/approvals`);
      await page.getByRole('button', { name: 'Pause enforcement' }).click();
      await page.getByLabel('Reason').fill('maintenance of the gateway');
      await page.getByRole('dialog').getByRole('button', { name: 'Pause enforcement' }).click();
      await page.getByText('has effect when a second person').waitFor();
      await responder.goto(`${up.url}/approvals`);
      const waiting = responder.locator('li', { hasText: 'maintenance of the gateway' });
      await waiting.waitFor();
      const own = page.locator('li', { hasText: 'maintenance of the gateway' });
      await own.getByText('Yours: another person must agree').waitFor();
      expect(await own.getByRole('button', { name: 'Agree' }).isDisabled()).toBe(true);
      await isReadable(page, 'approvals');
      await photograph(page, 'console-approvals-light');
      await waiting.getByRole('button', { name: 'Agree' }).click();
      await responder.getByLabel('Reason').fill('agreed');
      await responder.getByRole('dialog').getByRole('button', { name: 'Agree' }).click();
      const why = /paused by ada and rob since .*maintenance of the gateway · agreed/;
      for (const at of ['/approvals', '/', '/agents', '/audit']) {
        await responder.goto(`${up.url}${at}`);
        await responder.getByText(why).waitFor();
      }
      await isReadable(responder, 'a pause');
      const enforcement = await (await fetch(`${up.url}/v1/enforcement`)).json();
      expect(enforcement).toMatchObject({ paused: true, by: ['ada', 'rob'] });
    },
    PATIENCE_MS,
  );

  it(
    'a registry that one person proposes is published by another, into the followed file',
    async () => {
      const page = ada;
      const file = join(folder, 'registry.yaml');
      const before = JSON.parse(readFileSync(file, 'utf8'));
      const agents = [...before.agents, { uid: 'agent/second', class: 'assistive' }];
      const text = JSON.stringify({ ...before, agents });
      await rob.goto(`${up.url}/rules`);
      await rob.getByLabel('File').selectOption('registry');
      await rob.getByLabel('YAML or JSON').fill(text);
      await rob.getByRole('button', { name: 'Check', exact: true }).click();
      await rob.getByText('This registry could be published.').waitFor();
      await rob.getByRole('button', { name: 'Propose…' }).click();
      await rob.getByLabel('Reason').fill('a second agent, CHG-77');
      await rob.getByRole('dialog').getByRole('button', { name: 'Propose…' }).click();
      await rob.getByText('You proposed it: another admin publishes it.').waitFor();
      expect(await rob.getByRole('button', { name: 'Publish…' }).isDisabled()).toBe(true);
      await page.goto(`${up.url}/rules`);
      await page.getByText('a second agent, CHG-77').waitFor();
      await page.getByText('agent/second').first().waitFor();
      await page.getByText('The whole file').click();
      await page.getByText('CHG-77').waitFor();
      await page.locator('details .words', { hasText: 'agent/second' }).waitFor();
      await isReadable(page, 'a proposed registry');
      expect(readFileSync(file, 'utf8')).not.toContain('agent/second');
      await page.getByRole('button', { name: 'Publish…' }).click();
      await page.getByLabel('Reason').fill('looked at it');
      await page.getByRole('dialog').getByRole('button', { name: 'Publish…' }).click();
      await page.getByText('registry of rob: published by ada').waitFor();
      expect(readFileSync(file, 'utf8')).toBe(text);
      const registry = await (await fetch(`${up.url}/v1/registry`)).json();
      expect(JSON.stringify(registry)).toContain('agent/second');
    },
    PATIENCE_MS,
  );

  it(
    'a suppression shows what it would have hidden, and ends with its time',
    async () => {
      const { page } = watched;
      await page.goto(`${up.url}/alerts/${alert}`);
      await page.getByRole('button', { name: 'Suppress…' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByText('it would have hidden').waitFor();
      expect(await violations(page)).toEqual([]);
      await dialog.getByLabel('Expires after').selectOption('1d');
      await dialog.getByLabel('Reason').fill('a load test until tomorrow');
      await dialog.getByRole('button', { name: 'Suppress for 1d' }).click();
      await dialog.waitFor({ state: 'detached' });
      const { suppressions } = (await (await fetch(`${up.url}/v1/suppressions`)).json()) as {
        readonly suppressions: readonly { readonly from: string; readonly expires: string }[];
      };
      expect(suppressions).toHaveLength(1);
      const { from = '', expires = '' } = suppressions[0] ?? {};
      expect(Date.parse(expires) - Date.parse(from)).toBeGreaterThan(86_000_000);
    },
    PATIENCE_MS,
  );

  it(
    'a token for a program is made, shown once, and revoked',
    async () => {
      const { page } = watched;
      await page.goto(`${up.url}/tokens`);
      await page.getByLabel('What it is for').fill('poller');
      await page.getByRole('button', { name: 'Make it' }).click();
      const shown = page.getByRole('status').locator('code');
      const token = (await shown.textContent()) ?? '';
      const asAnybody = { authorization: `Bearer ${token}` };
      const act = { method: 'POST', headers: asAnybody };
      expect((await fetch(`${up.url}/v1/tokens`, { headers: asAnybody })).status).toBe(403);
      expect((await fetch(`${up.url}/v1/status`, { headers: asAnybody })).status).toBe(200);
      expect((await fetch(`${up.url}/v1/triage`, act)).status).toBe(403);
      await page.getByRole('button', { name: 'Revoke poller' }).click();
      await page.getByText('You have none.').waitFor();
      await page.reload();
      await page.getByText('You have none.').waitFor();
      expect(await shown.count()).toBe(0);
      await isReadable(page, 'API tokens');
    },
    PATIENCE_MS,
  );

  it(
    'the audit says what everybody did, and what one did',
    async () => {
      const { page } = watched;
      await page.goto(`${up.url}/audit`);
      await page.getByRole('cell', { name: 'signed in' }).first().waitFor();
      await page.getByLabel('Who').fill('ana');
      await page.getByLabel('Who').press('Enter');
      await page.waitForURL(/by=ana/);
      await page
        .getByRole('cell', { name: /assigned to ana/ })
        .first()
        .waitFor();
      expect(await page.getByRole('cell', { name: 'rob', exact: true }).count()).toBe(0);
      await isReadable(page, 'the audit');
      await photograph(page, 'console-audit-light');
    },
    PATIENCE_MS,
  );

  it(
    'agents and calls have pages, with titles of their own',
    async () => {
      const { page } = watched;
      await page.goto(`${up.url}/agents`);
      await page.getByRole('cell', { name: 'reporter' }).first().waitFor();
      expect(await page.title()).toBe('Agents · Waywarden');
      await isReadable(page, 'agents');
      await photograph(page, 'console-agents-light');
      const { events } = (await (await fetch(`${up.url}/v1/events?limit=1`)).json()) as {
        readonly events: readonly { readonly event_id: string }[];
      };
      await page.goto(`${up.url}/events/${events[0]?.event_id}`);
      await page.getByText('Alerts that cite it').waitFor();
      await isReadable(page, 'a call');
    },
    PATIENCE_MS,
  );

  it('made no error and asked nobody else', () => {
    // Whoever has to change a password is told nothing else until then.
    const others = watched.problems.filter((one) => !one.includes('403 (Forbidden)'));
    expect(others).toEqual([]);
  });

  it(
    'what was done stands signed in the log, and outlives the process',
    async () => {
      up.child.kill('SIGTERM');
      await up.ended;
      const registry = join(folder, 'registry.yaml');
      up = await npmStart(join(folder, 'data'), '--no-demo', '--registry', registry);
      const triage = await until(async () => {
        const answer = await fetch(`${up.url}/v1/alerts/${alert}/triage`);
        const one = answer.ok ? ((await answer.json()) as TriageAnswer) : undefined;
        return one !== undefined && one.triage.history.length >= 4 ? one : undefined;
      });
      expect(triage.triage).toMatchObject({ assignee: 'ana', tags: ['month-end'] });
      expect(triage.triage.notes[0]).toMatchObject({
        by: 'admin',
        text: 'Looks like the month-end run.',
      });
    },
    PATIENCE_MS,
  );
});
