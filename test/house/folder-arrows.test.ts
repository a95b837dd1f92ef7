/** The rule on arrows between folders sees them: it passes as they are, and fails when one is turned. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const CORE = 'services/responder/src/core';
const FOLDERS = ['commands', 'containment', 'guards', 'model', 'operator', 'stages'];

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'waywarden-arrows-'));
  for (const file of [
    '.dependency-cruiser.cjs',
    '.dependency-cruiser.folders.cjs',
    'tsconfig.base.json',
  ]) {
    cpSync(join(ROOT, file), join(root, file));
  }
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function cruise(from: string, to: string): readonly string[] {
  for (const [folder, text] of [
    [to, 'export const b = 1;\n'],
    [from, `import { b } from '../${to}/b.ts';\nexport const a = b;\n`],
  ] as const) {
    mkdirSync(join(root, CORE, folder), { recursive: true });
    writeFileSync(join(root, CORE, folder, folder === from ? 'a.ts' : 'b.ts'), text);
  }
  const { stdout } = spawnSync(
    join(ROOT, 'node_modules/.bin/depcruise'),
    ['--config', '.dependency-cruiser.cjs', '--output-type', 'json', 'services'],
    { cwd: root, encoding: 'utf8' },
  );
  const { summary } = JSON.parse(stdout);
  expect(summary.totalDependenciesCruised).toBe(1);
  return summary.violations.map(
    ({ rule }: { readonly rule: { readonly name: string } }) => rule.name,
  );
}

it('lets a stage import the model', () => {
  expect(cruise('stages', 'model')).toEqual([]);
});

it.each([
  ['model', 'guards'],
  ['guards', 'commands'],
  ['commands', 'containment'],
  ['containment', 'operator'],
  ['operator', 'stages'],
])('refuses %s → %s', (from, to) => {
  expect(cruise(from, to)).toEqual([`responder-${from}-looks-down`]);
});

it('leaves no file beside the six folders of the responder’s core', () => {
  expect(readdirSync(join(ROOT, CORE)).sort()).toEqual(FOLDERS);
});

it('refuses folders that lead back to each other, though no file does', () => {
  for (const [file, text] of [
    ['rules/a.ts', "import { d } from '../alerting/d.ts';\nexport const a = d;\n"],
    ['rules/b.ts', 'export const b = 1;\n'],
    ['alerting/c.ts', "import { b } from '../rules/b.ts';\nexport const c = b;\n"],
    ['alerting/d.ts', 'export const d = 1;\n'],
  ] as const) {
    const path = join(root, 'services/detector/src/core', file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  const { stdout } = spawnSync(
    join(ROOT, 'node_modules/.bin/depcruise'),
    ['--config', '.dependency-cruiser.folders.cjs', '--output-type', 'json', 'services'],
    { cwd: root, encoding: 'utf8' },
  );
  const { summary } = JSON.parse(stdout);
  expect(summary.totalDependenciesCruised).toBe(2);
  expect(
    new Set(summary.violations.map(({ rule }: { rule: { name: string } }) => rule.name)),
  ).toEqual(new Set(['no-folder-cycles']));
});
