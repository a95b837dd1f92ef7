/**
 * A step-up from its cause to its end, in a real browser: a hijacked task, a rule whose budget is spent, the step-up that
 * stands in for the revocation, the call that a real proxy denies because of it, and the person who approves what
 * was held back. Each role sees the same and may only what is its own.
 */
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findBrowser, startBrowser, stopPage, watchedPage } from '../support/browser.ts';
import { changePassword, isReadable, photograph, signIn } from '../support/console-page.ts';
import {
  callThrough,
  type RunningReceiver,
  sendHijack,
  startReceiver,
  writeReceiverRules,
} from '../support/receiver-process.ts';
import { until } from '../support/until.ts';
import { npmStart, type RunningUp } from '../support/up-process.ts';

const PATIENCE_MS = 180_000;
const STEP_MS = 60_000;
const TASK = 'morning';
const path = findBrowser();

interface Command {
  readonly action: string;
  readonly target: { readonly task_id?: string };
}

describe.skipIf(path === undefined)('a step-up', () => {
  let folder: string;
  let up: RunningUp;
  let browser: Browser;
  let receiver: RunningReceiver;
  let admin: Page;
  const passwords = new Map<string, string>();

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'waywarden-step-up-'));
    browser = await startBrowser(path ?? '');
    const rules = writeReceiverRules(folder, 'subjects: 0');
    up = await npmStart(join(folder, 'data'), '--no-demo', ...rules);
    receiver = await startReceiver(folder, up);
    admin = (await watchedPage(browser, up.url)).page;
    admin.setDefaultTimeout(STEP_MS);
    await admin.goto(`${up.url}/accounts`);
    const first = readFileSync(join(folder, 'data', 'first-password.txt'), 'utf8').trim();
    await signIn(admin, 'admin', first);
    await changePassword(admin, first);
    await addAccounts();
  }, PATIENCE_MS);

  afterAll(async () => {
    receiver?.stop();
    await stopPage({ browser, up, folder });
  });

  async function addAccounts(): Promise<void> {
    await admin.getByRole('button', { name: /^admin \(admin\)/ }).waitFor();
    await admin.goto(`${up.url}/accounts`);
    for (const role of ['viewer', 'analyst', 'responder', 'auditor']) {
      await admin.getByLabel('New account').fill(role);
      await admin.getByLabel('Role', { exact: true }).selectOption(role);
      await admin.getByRole('button', { name: 'Add', exact: true }).click();
      await admin.getByLabel(`Role of ${role}`).waitFor();
      const code = await admin.getByRole('status').locator('code').textContent();
      passwords.set(role, code ?? '');
    }
  }

  async function pageOf(uid: string, at: string): Promise<Page> {
    const { page } = await watchedPage(browser, up.url);
    page.setDefaultTimeout(STEP_MS);
    await page.goto(`${up.url}${at}`);
    await signIn(page, uid, passwords.get(uid) ?? '');
    await changePassword(page, passwords.get(uid) ?? '');
    await page.getByRole('button', { name: new RegExp(`^${uid} `) }).waitFor();
    return page;
  }

  async function commands(): Promise<readonly Command[]> {
    const answer = await fetch(`${up.url}/v1/commands?limit=200`);
    return ((await answer.json()) as { readonly commands: readonly Command[] }).commands;
  }
  const actions = async () =>
    (await commands()).filter((one) => one.target.task_id === TASK).map((one) => one.action);

  it(
    'is asked for where the budget is spent, and the next call is really denied',
    async () => {
      expect(await callThrough(receiver.url, TASK)).toBe(true);
      await sendHijack(up, receiver.token, TASK);
      await until(async () => ((await callThrough(receiver.url, TASK)) ? undefined : true));
      await expect.poll(actions, { timeout: STEP_MS }).toEqual(['require_step_up']);
      expect(await callThrough(receiver.url, 'another')).toBe(true);
    },
    PATIENCE_MS,
  );

  it(
    'stands in the inbox of everybody, and only who may respond can decide',
    async () => {
      for (const [uid, may] of [
        ['viewer', false],
        ['analyst', false],
        ['auditor', false],
        ['responder', true],
      ] as const) {
        const page = await pageOf(uid, '/approvals');
        const inHand = page.locator('section[aria-labelledby="held"] li').first();
        await inHand.waitFor();
        const approve = inHand.getByRole('button', { name: 'Approve' });
        expect([uid, await approve.isEnabled()]).toEqual([uid, may]);
        const pause = page.getByRole('button', { name: 'Pause enforcement' });
        expect([uid, await pause.isEnabled()]).toEqual([uid, may]);
        await page.goto(`${up.url}/accounts`);
        const accounts = page.getByRole('table', { name: 'Accounts' });
        if (uid === 'auditor') await accounts.waitFor();
        else await page.getByText(/does not allow this/).waitFor();
        await page.goto(`${up.url}/rules`);
        await page.getByLabel('YAML or JSON').fill('version: 1');
        const check = page.getByRole('button', { name: 'Check', exact: true });
        expect([uid, await check.isEnabled()]).toEqual([uid, uid === 'analyst' || may]);
        if (may) await approveOn(page);
        await page.context().close();
      }
    },
    PATIENCE_MS,
  );

  async function approveOn(page: Page): Promise<void> {
    await page.goto(`${up.url}/approvals`);
    const inHand = page.locator('section[aria-labelledby="held"] li').first();
    await inHand.waitFor();
    expect(await inHand.textContent()).toMatch(/limit on automatic revocations was reached/);
    await isReadable(page, 'approvals');
    await photograph(page, 'console-step-up-light');
    await inHand.getByRole('button', { name: 'Approve' }).click();
    await page.getByLabel('Reason').fill('the mail was planted');
    await page.getByRole('dialog').getByRole('button', { name: 'Approve' }).click();
    const left = () => page.locator('section[aria-labelledby="held"] li').allInnerTexts();
    await expect.poll(left, { timeout: STEP_MS }).toEqual([]);
  }

  it(
    'ends in the revocation that was held back, signed by who approved, and the task stays out',
    async () => {
      await until(async () => ((await actions()).includes('revoke_token') ? true : undefined));
      expect(await callThrough(receiver.url, TASK)).toBe(false);
      const answer = await fetch(`${up.url}/v1/decisions?limit=200`);
      const { decisions } = (await answer.json()) as {
        readonly decisions: readonly { readonly act?: { readonly act: string; by: string[] } }[];
      };
      const approved = decisions.filter(({ act }) => act?.act === 'approve');
      expect(approved.map(({ act }) => act?.by)).toEqual([['responder']]);
    },
    PATIENCE_MS,
  );

  it(
    'is refused as well: what is declined leaves the inbox, and nothing is revoked',
    async () => {
      await sendHijack(up, receiver.token, 'evening');
      await admin.goto(`${up.url}/approvals`);
      const inHand = admin.locator('section[aria-labelledby="held"] li').first();
      await inHand.getByRole('button', { name: 'Decline' }).click();
      await admin.getByLabel('Reason').fill('the customer asked for it');
      await admin.getByRole('dialog').getByRole('button', { name: 'Decline' }).click();
      const left = () => admin.locator('section[aria-labelledby="held"] li').allInnerTexts();
      await expect.poll(left, { timeout: STEP_MS }).toEqual([]);
      const given = (await commands()).filter((one) => one.target.task_id === 'evening');
      expect(given.map((one) => one.action)).toEqual(['require_step_up']);
    },
    PATIENCE_MS,
  );
});
