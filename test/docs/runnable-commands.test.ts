/**
 * Commands that the documentation prints do what it says: every block marked `sh runnable` is run, in
 * order, in an empty folder beside the examples of this repository. What takes long, needs a broker or
 * goes on for ever is not marked.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runWaywardenIn } from '../support/run-command.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const PATIENCE_MS = 120_000;
const pages = [
  'README.md',
  ...readdirSync(join(root, 'docs'))
    .filter((file) => file.endsWith('.md'))
    .map((file) => join('docs', file)),
];
const textOf = (page: string) => readFileSync(join(root, page), 'utf8');

const commandsIn = (text: string): readonly string[] =>
  text
    .replaceAll('\\\n', ' ')
    .split('\n')
    .map((line) => line.replace(/\s+#.*$/, '').trim())
    .filter((line) => line !== '');

/** The blocks of a page, each as its commands. */
function blocksOf(page: string): readonly (readonly string[])[] {
  const blocks = textOf(page).matchAll(/^```sh runnable\n([\s\S]*?)^```$/gm);
  return [...blocks].map((match) => commandsIn(match[1] ?? ''));
}

const blocks = pages.flatMap((page) =>
  blocksOf(page).map((commands, n) => [`${page}, block ${n + 1}`, commands] as const),
);

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'waywarden-docs-'));
  mkdirSync(join(folder, 'docs'));
  symlinkSync(join(root, 'docs/examples'), join(folder, 'docs/examples'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Quotes of a shell as far as the documentation uses them. */
const words = (line: string): readonly string[] =>
  [...line.matchAll(/'([^']*)'|(\S+)/g)].map((match) => match[1] ?? match[2] ?? '');

describe('commands that the documentation prints', () => {
  it('are marked in several pages', () => {
    expect(new Set(blocks.map(([name]) => name.split(',')[0])).size).toBeGreaterThan(3);
  });

  it.each(blocks)(
    '%s',
    async (_name, commands) => {
      for (const command of commands) {
        const [npx, program, ...args] = words(command);
        expect([npx, program]).toEqual(['npx', 'waywarden']);
        const { code, stderr } = await runWaywardenIn(folder, ...args);
        expect([command, code, code === 0 ? '' : stderr]).toEqual([command, 0, '']);
      }
    },
    PATIENCE_MS,
  );
});
