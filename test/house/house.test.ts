/** Guarantees of `npm run house`: what it counts is what a reader would count. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { longSubjects } from '../../scripts/house/commit-subjects.mjs';
import { bannedIn, countSource, wordsOfName } from '../../scripts/house/count-source.mjs';
import { cyclesOf, foldersOf } from '../../scripts/house/folder-graph.mjs';

const rules = {
  limits: { interfaceFields: 2 },
  bannedWords: { told: 'reported' },
  bannedPhrases: { 'hand over': 'delegate' },
};
const count = (text: string) => countSource('a/b/one.ts', text, rules);

it('counts the words of comments, and none inside strings or templates', () => {
  const text = [
    '/** two words */',
    "const a = 'not // a comment';",
    'const b = `/* nor */`; // last three words',
  ].join('\n');
  expect(count(text).commentWords).toBe(5);
});

it('finds interfaces and type literals with too many fields', () => {
  const text = 'interface Wide { a: 1; b: 2; c: 3 }\ntype Ok = { a: 1; b(): void; c(): void };';
  expect(count(text).wide).toEqual(['Wide (3)']);
});

it('takes names apart as people read them', () => {
  expect(wordsOfName('toldOf')).toEqual(['told', 'of']);
  expect(wordsOfName('HTTPPort_MAX')).toEqual(['http', 'port', 'max']);
});

it('finds banned words and phrases in identifiers, and not inside other words', () => {
  expect(bannedIn('lastTold', rules)).toBe('told');
  expect(bannedIn('HAND_OVER_MAX', rules)).toBe('hand over');
  expect(bannedIn('toldoOf', rules)).toBeUndefined();
  expect([...count('const told = 1; use(told); // told').banned]).toEqual([['told', 2]]);
});

it('lists what a file exports and imports by path', () => {
  const counted = count(
    "import { x } from '../c/x.ts';\nexport const a = x, b = 2;\nexport function f() {}\nexport type { T } from './t.ts';",
  );
  expect(counted.exported).toEqual(['a', 'b', 'f']);
  expect(counted.imports).toEqual(['a/c/x.ts', 'a/b/t.ts']);
});

it('finds folders that import one another in a circle, and only those', () => {
  const files = [
    { path: 'a/one.ts', imports: ['b/two.ts'] },
    { path: 'b/two.ts', imports: ['c/three.ts', 'b/own.ts'] },
    { path: 'c/three.ts', imports: ['a/one.ts'] },
    { path: 'd/four.ts', imports: ['a/one.ts'] },
  ];
  expect(cyclesOf(foldersOf(files))).toEqual([['a', 'b', 'c']]);
  expect(cyclesOf(foldersOf(files.slice(0, 2)))).toEqual([]);
});

it('finds subjects that are too long since a commit, and none where history is missing', () => {
  const folder = mkdtempSync(join(tmpdir(), 'waywarden-house-'));
  const git = (...args: string[]) =>
    spawnSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', ...args], {
      cwd: folder,
    });
  git('init', '-q');
  for (const subject of ['base', 'short', 'x'.repeat(21)]) {
    git('commit', '-q', '--allow-empty', '-m', subject);
  }
  expect(longSubjects(folder, 'HEAD~2', 20)).toHaveLength(1);
  expect(longSubjects(folder, 'HEAD~2', 21)).toEqual([]);
  expect(longSubjects(folder, 'nowhere', 20)).toEqual([]);
  rmSync(folder, { recursive: true, force: true });
});
