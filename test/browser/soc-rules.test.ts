/**
 * After a false positive, in a real browser through the real stack: the change that is proposed, what it would hide, and
 * that it can be taken back; rules and sources; the profile of an agent; clocks. On the demo's fleet, whose
 * assembled privilege was contained: a change that would silence that is refused.
 */
import { mkdtempSync } from 'node:fs';
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
import { isReadable, photograph } from '../support/console-page.ts';
import { until } from '../support/until.ts';
import { npmStart, type RunningUp } from '../support/up-process.ts';
import { violations } from '../support/violations.ts';

const PATIENCE_MS = 240_000;
const STEP_MS = 60_000;
const path = findBrowser();

interface Listed {
  readonly alert_id: string;
  readonly kind: string;
  readonly title: string;
  readonly incident_id: string;
}

describe.skipIf(path === undefined)('rules after a verdict', () => {
  let folder: string;
  let up: RunningUp;
  let browser: Browser;
  let watched: WatchedPage;
  let page: Page;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'waywarden-rules-'));
    browser = await startBrowser(path ?? '');
    up = await npmStart(folder);
    watched = await watchedPage(browser, up.url);
    page = watched.page;
    page.setDefaultTimeout(STEP_MS);
    await until(async () => (await assemblies())[0], PATIENCE_MS);
  }, PATIENCE_MS);

  afterAll(() => stopPage({ browser, up, folder }));

  async function alerts(query: string): Promise<readonly Listed[]> {
    const answer = await fetch(`${up.url}/v1/alerts?limit=100&${query}`);
    return ((await answer.json()) as { readonly alerts: readonly Listed[] }).alerts;
  }
  const assemblies = () => alerts('kind=privilege_assembly&state=all');

  async function close(id: string, as: string): Promise<void> {
    await page.goto(`${up.url}/alerts/${id}`);
    await page.locator('#triage').waitFor();
    await page.getByRole('button', { name: 'Close… (c)' }).click();
    const dialog = page.getByRole('dialog', { name: /^Close/ });
    await dialog.getByLabel(as).check();
    await dialog.getByLabel('Reason').fill('the month-end run, CHG-1234');
    await dialog.getByRole('button', { name: 'Close 1 alert' }).click();
  }

  async function become(uid: string): Promise<void> {
    await page.goto(`${up.url}/approvals`);
    await page.getByRole('heading', { name: 'Approvals', exact: true }).waitFor();
    const account = page.getByRole('button', { name: /^demo-/ });
    const item = page.getByRole('menuitem', { name: `Become ${uid}` });
    // Whatever takes the focus meanwhile closes the menu: who works there opens it again.
    await expect
      .poll(
        async () => {
          if ((await account.getAttribute('aria-expanded')) !== 'true') await account.click();
          return item.isVisible();
        },
        { timeout: 30_000 },
      )
      .toBe(true);
    await item.click();
    await page.getByRole('button', { name: new RegExp(`^${uid} `) }).waitFor();
  }

  const proposal = () => page.getByRole('dialog', { name: 'Keep it from coming again' });

  /** The proposal of the last one stays open. */
  async function judge(
    all: Awaited<ReturnType<typeof assemblies>>,
    judged: Set<string>,
  ): Promise<void> {
    for (const { incident_id: incident } of all) {
      const chain = await alerts(`incident=${incident}&state=open`);
      for (const one of chain.filter(({ kind }) => kind !== 'privilege_assembly')) {
        await close(one.alert_id, 'Benign (expected)');
        await proposal().getByRole('button', { name: 'Not now' }).click();
      }
    }
    for (const one of all) {
      judged.add(one.alert_id);
      await close(one.alert_id, 'Benign (expected)');
      await proposal().getByText('would not have come').waitFor();
      if (one !== all.at(-1)) await proposal().getByRole('button', { name: 'Not now' }).click();
    }
  }

  it(
    'an alert shows its clocks, and the list what is due next',
    async () => {
      await page.goto(`${up.url}/alerts?sort=due`);
      await page.locator('.alert-row .sla', { hasText: 'first touch' }).first().waitFor();
      await page.getByLabel('SLA').selectOption('breached');
      await page.waitForURL(/sla=breached/);
      await isReadable(page, 'alerts by clock');
      const [one] = await assemblies();
      await page.goto(`${up.url}/alerts/${one?.alert_id}`);
      await page.locator('.sla-clocks', { hasText: 'First touch' }).waitFor();
      await isReadable(page, 'an assembled privilege');
      await page.keyboard.press('s');
      await page.waitForURL(
        ({ pathname }) =>
          pathname.startsWith('/alerts/') && !pathname.endsWith(one?.alert_id ?? ''),
      );
    },
    PATIENCE_MS,
  );

  it(
    'a suppression after a false positive shows what it would hide, is accepted, and reverted',
    async () => {
      const anomaly = await until(async () => (await alerts('kind=behavior_deviation'))[0]);
      await close(anomaly.alert_id, 'False positive');
      const dialog = proposal();
      await dialog.getByText('would not have come').waitFor();
      expect(await dialog.locator('.counts').textContent()).toContain('true positives hidden');
      expect(await violations(page)).toEqual([]);
      await photograph(page, 'console-proposal-light');
      const looked = dialog.getByLabel(/I have looked at/);
      if ((await looked.count()) > 0) await looked.check();
      await dialog.getByLabel('Reason').fill('first refunds are expected');
      await dialog.getByRole('button', { name: 'Accept the change' }).click();
      await dialog.waitFor({ state: 'detached' });
      await page.goto(`${up.url}/rules`);
      const row = page.locator('tr', { hasText: 'first refunds are expected' });
      await row.getByText('accepted').waitFor();
      await isReadable(page, 'rules');
      await photograph(page, 'console-rules-light');
      await row.getByRole('button', { name: 'Revert' }).click();
      await row.getByText('reverted', { exact: true }).waitFor();
      const { suppressions } = (await (await fetch(`${up.url}/v1/suppressions`)).json()) as {
        readonly suppressions: readonly { readonly endedAt: string | null }[];
      };
      expect(suppressions.map((one) => one.endedAt === null)).toEqual([false]);
    },
    PATIENCE_MS,
  );

  it(
    'an approval is tried on the stored calls, proposed by one, published by another, and taken out again',
    async () => {
      await become('demo-responder');
      const judged = new Set<string>();
      const dialog = proposal();
      // A new one of the demo may come meanwhile: until somebody judged it, nothing is accepted.
      for (;;) {
        const all = await until(async () => {
          const fresh = (await assemblies()).filter(({ alert_id: id }) => !judged.has(id));
          return fresh.length > 0 ? fresh : undefined;
        });
        await judge(all, judged);
        await dialog.getByLabel(/^Approve payment-release for workflow/).check();
        if ((await dialog.getByText('judge those first').count()) === 0) break;
        expect(await dialog.getByRole('button', { name: 'Propose the change' }).isDisabled()).toBe(
          true,
        );
        await dialog.getByRole('button', { name: 'Not now' }).click();
      }
      await photograph(page, 'console-approval-proposal-light');
      await dialog.getByLabel('Reason').fill('agreed with the finance office');
      await dialog.getByRole('button', { name: 'Propose the change' }).click();
      await dialog.waitFor({ state: 'detached' });
      const approvals = async () =>
        JSON.stringify(await (await fetch(`${up.url}/v1/registry`)).json());
      expect(await approvals()).not.toContain('agreed with the finance office');
      await become('demo-lead');
      const waiting = page.locator('section[aria-labelledby="tunings"] li');
      await waiting.getByText('agreed with the finance office').waitFor();
      await isReadable(page, 'approvals');
      await waiting.getByRole('link', { name: 'the alert' }).click();
      await page.getByRole('button', { name: 'Propose a change…' }).click();
      await dialog.getByLabel(/^Approve payment-release for workflow/).check();
      await dialog.getByText('Proposed by demo-responder.').waitFor();
      await dialog.getByLabel('Reason').fill('agreed with the finance office');
      await dialog.getByRole('button', { name: 'Accept the change' }).click();
      await dialog.waitFor({ state: 'detached' });
      expect(await approvals()).toContain('agreed with the finance office');
      await page.goto(`${up.url}/rules`);
      const row = page.locator('tr', { hasText: 'agreed with the finance office' });
      await row.getByRole('button', { name: 'Revert' }).click();
      await row.getByText('reverted', { exact: true }).waitFor();
      expect(await approvals()).not.toContain('agreed with the finance office');
    },
    PATIENCE_MS,
  );

  it(
    'a pasted file is checked with line and column, compared, and tried; nothing is published',
    async () => {
      await page.goto(`${up.url}/rules`);
      const text = page.getByLabel('YAML or JSON');
      await text.fill('version: 1\nrules:\n  - id: a\n    mode: on\n');
      await page.getByRole('button', { name: 'Check', exact: true }).click();
      const findings = page.getByRole('table', { name: 'Findings' });
      await findings.locator('tr', { hasText: '4:5' }).first().waitFor();
      await isReadable(page, 'findings');
      await page.getByRole('button', { name: 'Begin with what is in force' }).click();
      await page.getByRole('button', { name: 'Check', exact: true }).click();
      await page.getByText('It is the same.').waitFor();
      const inForce = await text.inputValue();
      await text.fill(inForce.replace('"subjects": 10', '"subjects": 3'));
      await page.getByRole('button', { name: 'Check', exact: true }).click();
      await page.getByText('subjects: 10 → 3').waitFor();
      await page.getByRole('button', { name: 'Dry run on stored events' }).click();
      await page
        .getByText('Dry run of a policy: done')
        .waitFor({ timeout: PATIENCE_MS })
        .catch(async () => {
          throw new Error(await page.locator('.card').allInnerTexts().then(String));
        });
      await page.getByText(/In the last 7 days this policy would have/).waitFor();
    },
    PATIENCE_MS,
  );

  it(
    'an agent has its distributions with numbers, and one timeline that can be paged',
    async () => {
      await page.goto(`${up.url}/agents`);
      await page.getByRole('link', { name: 'checker-1' }).first().click();
      await page.locator('.measure').first().waitFor();
      expect(await page.locator('.measure').count()).toBeGreaterThanOrEqual(3);
      await page.getByText('The numbers').click();
      await page.getByRole('table', { name: 'Baselines' }).waitFor();
      expect(await page.title()).toBe('checker-1 · Waywarden');
      await isReadable(page, 'an agent');
      await photograph(page, 'console-agent-light');
      await page.locator('.moment-response').first().waitFor();
      expect(await page.locator('.moment-alert').count()).toBeGreaterThan(0);
      const before = await page.locator('.moment').count();
      await page.getByRole('button', { name: 'Older' }).click();
      await expect
        .poll(() => page.locator('.moment').count(), { timeout: STEP_MS })
        .toBeGreaterThan(before);
      await page.locator('.kinds').getByText('Calls', { exact: true }).click();
      await page.locator('.moment-call').first().waitFor({ state: 'detached' });
    },
    PATIENCE_MS,
  );

  it(
    'selected alerts are suppressed by what they share',
    async () => {
      await page.goto(`${up.url}/alerts?state=all&kind=approval_bypass`);
      await page.locator('.alert-row').nth(1).waitFor();
      for (const at of [0, 1]) await page.getByRole('checkbox').nth(at).check();
      await page.getByRole('button', { name: 'Suppress…' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByText('it would have hidden').waitFor();
      expect(await dialog.textContent()).toContain('Kind: approval bypassed');
      expect(await violations(page)).toEqual([]);
      await page.keyboard.press('Escape');
    },
    PATIENCE_MS,
  );

  it(
    'every other page is readable for everybody',
    async () => {
      for (const name of [
        'sources',
        'chains',
        'containments',
        'suppressions',
        'response-impact',
        '',
      ]) {
        await page.goto(`${up.url}/${name}`);
        await page.locator('h1, .queue-line').first().waitFor();
        await page.waitForLoadState('networkidle').catch(() => undefined);
        await isReadable(page, name);
        if (name !== '') await photograph(page, `console-${name}-light`);
      }
      await page.goto(`${up.url}/chains`);
      await page.locator('a[href^="/chains/"]').first().click();
      await page.locator('h1').first().waitFor();
      await isReadable(page, 'a chain');
      await photograph(page, 'console-chain-light');
    },
    PATIENCE_MS,
  );

  it('made no error and asked nobody else', () => {
    expect(watched.problems).toEqual([]);
  });
});
