/** Pages stay short: who adds words takes others out. Words as `wc -w` counts them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const GENERATED = /^docs\/(reference\/|clients\/|reference-(metrics|limits)|runbook)/;
const TOTAL_MAX = 45_000;
const GENERATED_MAX = 20_000;
const LIMITS: readonly (readonly [pages: RegExp, words: number])[] = [
  [/^README\.md$/, 800],
  [/^docs\/architecture\.md$/, 2_500],
  [/^docs\/guide-/, 1_200],
  [/^docs\/adr\//, 200],
  [/^docs\/measurements\//, 450],
];

const pages = [
  ...['README.md', 'AGENTS.md', 'CONTRIBUTING.md', 'CHANGELOG.md'],
  ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => join('docs', file)),
].map((path) => ({
  path,
  words: readFileSync(join(ROOT, path), 'utf8')
    .split(/\s+/)
    .filter((word) => word !== '').length,
}));
const sum = (some: typeof pages) => some.reduce((all, { words }) => all + words, 0);

it.each(LIMITS)('%s: at most %i words a page', (pattern, most) => {
  const matching = pages.filter(({ path }) => pattern.test(path));
  expect(matching.length).toBeGreaterThan(0);
  expect(matching.filter(({ words }) => words > most)).toEqual([]);
});

it(`all pages: at most ${TOTAL_MAX} words, of which ${GENERATED_MAX} generated`, () => {
  expect(sum(pages)).toBeLessThanOrEqual(TOTAL_MAX);
  expect(sum(pages.filter(({ path }) => GENERATED.test(path)))).toBeLessThanOrEqual(GENERATED_MAX);
});
