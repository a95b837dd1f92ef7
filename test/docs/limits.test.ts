/**
 * The table of limits in docs/architecture.md and the sources name the same constants: an exported
 * `…_MAX` that the table lacks is a bound that nobody is told of, and a name that the sources lack is a
 * promise that nobody keeps.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = new URL('../../', import.meta.url).pathname;
const FOLDERS = ['schemas/src', 'packages', 'services'];
const SKIPPED = new Set(['dist', 'node_modules', 'testing']);
const EXPORTED_MIN = 100;

const sources = FOLDERS.flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .filter(({ name }) => !/\.test\.tsx?$|\.d\.ts$/.test(name))
    .map(({ parentPath, name }) => join(parentPath, name)),
).filter(
  (path) =>
    !path
      .slice(ROOT.length)
      .split('/')
      .some((part) => SKIPPED.has(part)),
);

const texts = sources.map((path) => readFileSync(path, 'utf8'));
const named = (pattern: RegExp) =>
  new Set(texts.flatMap((text) => [...text.matchAll(pattern)].map(([, name = '']) => name)));

const [, table = ''] = readFileSync(join(ROOT, 'docs/architecture.md'), 'utf8').split('## Limits');
const listed = new Set(
  [...table.matchAll(/`([A-Z][A-Z0-9_]*_MAX(?:_MS)?)`/g)].map(([, name = '']) => name),
);

describe('limits', () => {
  it('are in the table when they are exported', () => {
    const exported = named(/^export const ([A-Z][A-Z0-9_]*_MAX(?:_MS)?)\b/gm);
    expect(exported.size).toBeGreaterThan(EXPORTED_MIN);
    expect([...exported].filter((name) => !listed.has(name))).toEqual([]);
  });

  it('are in the sources when the table names them', () => {
    const known = named(/\bconst ([A-Z][A-Z0-9_]*_MAX(?:_MS)?)\b/g);
    // Settings of the environment end so too.
    const settings = /^WW_/;
    expect([...listed].filter((name) => !known.has(name) && !settings.test(name))).toEqual([]);
  });
});
