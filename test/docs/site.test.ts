/** The site leads to every page: one that no menu names is found by nobody. */
import { readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import config from '../../docs/.vitepress/config.ts';

const DOCS = new URL('../../docs/', import.meta.url);

it('has every page of docs in its menu', () => {
  const menu = JSON.stringify(config.themeConfig);
  const pages = readdirSync(DOCS, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md') && file !== 'README.md')
    .map((file) => `"/docs/${file.replace(/README\.md$/, '').replace(/\.md$/, '')}"`);
  expect(pages.length).toBeGreaterThan(50);
  expect(pages.filter((page) => !menu.includes(page))).toEqual([]);
});
