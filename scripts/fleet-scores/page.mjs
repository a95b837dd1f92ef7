/** Tables of a measurement into .cache/measurements; whoever publishes takes its totals into the page's one table. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../bootstrap.mjs';

const git = (...args) => execFileSync('git', args, { cwd: ROOT, encoding: 'utf8' }).trim();

/** What was measured, the commit, the day and the machine, as one line. */
export function aboutHere(what) {
  const machine = `${availableParallelism()} cores, ${Math.round(totalmem() / 1024 ** 3)} GiB, Node ${process.versions.node}`;
  return `Commit ${git('rev-parse', '--short', 'HEAD')}, ${what}, ${new Date().toISOString().slice(0, 10)}; ${machine}.`;
}

/** @param name of the measurement; @param mark by which command the tables were made. */
export function writeTables(name, mark, text) {
  const folder = join(ROOT, '.cache', 'measurements');
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${name}.md`);
  writeFileSync(path, `<!-- ${mark} -->\n\n${text}\n`);
  console.error(`written: ${path}`);
}
