/**
 * docs/reference-limits.md lists every exported `…_MAX` with its value: a bound that the page lacks is
 * one that nobody is told of.
 */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { limitsPage } from '../../scripts/limits-page.mjs';

const EXPORTED_MIN = 100;

it('lists every exported limit with its value: run `npm run docs:generate`', () => {
  const page = readFileSync(new URL('../../docs/reference-limits.md', import.meta.url), 'utf8');
  expect(page).toBe(limitsPage());
  expect([...page.matchAll(/_MAX/g)].length).toBeGreaterThan(EXPORTED_MIN);
});
