/** Tables into a page of docs/measurements, between two marks; and where and on what they were made. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../bootstrap.mjs';

const git = (...args) => execFileSync('git', args, { cwd: ROOT, encoding: 'utf8' }).trim();

/** What was measured, the commit, the day and the machine, as one line. */
export function aboutHere(what) {
  const machine = `${availableParallelism()} cores, ${Math.round(totalmem() / 1024 ** 3)} GiB, Node ${process.versions.node}`;
  return `Commit ${git('rev-parse', '--short', 'HEAD')}, ${what}, ${new Date().toISOString().slice(0, 10)}; ${machine}.`;
}

/** @param name of the page; @param mark what its comment before the tables says. */
export function writeTables(name, mark, text) {
  const begin = `<!-- ${mark} -->`;
  const end = `<!-- end of ${mark.split(':')[0]} -->`;
  const page = join(ROOT, `docs/measurements/${name}.md`);
  const before = readFileSync(page, 'utf8');
  const [from, to] = [before.indexOf(begin), before.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${page} has no place for tables (${begin})`);
  writeFileSync(page, `${before.slice(0, from)}${begin}\n\n${text}\n\n${before.slice(to)}`);
  execFileSync('npx', ['biome', 'check', '--write', page], { cwd: ROOT, stdio: 'ignore' });
  console.error(`written: docs/measurements/${name}.md`);
}
