/** What tests of the console do on every page: sign in, look at it as everybody does, keep a picture of it. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { violations } from './violations.ts';

export const PASSWORD = 'a long one for tests';
const IMAGES = fileURLToPath(new URL('../../docs/images', import.meta.url));
const WIDTHS = [1440, 1280, 768, 400];
const TALL = 1_000;

export async function signIn(page: Page, uid: string, password: string): Promise<void> {
  await page.getByRole('button', { name: 'Sign in', exact: true }).first().click();
  await page.getByLabel('Account').fill(uid);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('dialog').getByRole('button', { name: 'Sign in' }).click();
}

export async function changePassword(page: Page, current: string): Promise<void> {
  await page.getByLabel('Present password').fill(current);
  await page.getByLabel('New password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Change password' }).click();
  await page.getByText('Change the first password').waitFor({ state: 'detached' });
}

/** At four widths, light and dark: nothing that axe knows is broken, and the page never scrolls sideways. */
export async function isReadable(page: Page, name: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.waitForSelector(`html[data-mantine-color-scheme="${colorScheme}"]`);
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: TALL });
      expect(await violations(page), `${name}, ${colorScheme}, ${width}`).toEqual([]);
      const wide = await page.evaluate<number>('document.documentElement.scrollWidth');
      expect(wide, `${name}, ${width}`).toBeLessThanOrEqual(width);
    }
  }
  await page.setViewportSize({ width: 1440, height: TALL });
  await page.emulateMedia({ colorScheme: 'light' });
}

export async function photograph(page: Page, name: string): Promise<void> {
  if (process.env['WRITE_SCREENSHOTS'] !== '1') return;
  await page.screenshot({ path: join(IMAGES, `${name}.png`), animations: 'disabled' });
}
