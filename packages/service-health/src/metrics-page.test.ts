import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { metricsPage } from './metrics-page.ts';

it('docs/reference-metrics.md is what the table gives: run `npm run docs:generate`', () => {
  const page = new URL('../../../docs/reference-metrics.md', import.meta.url);
  expect(readFileSync(page, 'utf8')).toBe(metricsPage());
});
