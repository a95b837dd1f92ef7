/**
 * Switches guards of the code off, one at a time, and sees that the test which needs it fails: a test
 * that stays green without what it guards guards nothing.
 *
 *   node scripts/switch-off-guards.mjs [test/scenarios/bank-guards.json] [name …]
 *
 * The file lists `test`, and of each guard its `name`, what `scenario` must fail (the beginning of a
 * test's name), and `edits`: text of a source file that stands there once, and what is put in its
 * place. Files are changed in place and restored, also when it is interrupted; so it refuses a file
 * with changes that are not committed. Exit code 1: some guard is missed by nobody.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './bootstrap.mjs';

const [list = 'test/scenarios/bank-guards.json', ...names] = process.argv.slice(2);
const { test, guards } = JSON.parse(readFileSync(join(ROOT, list), 'utf8'));
const originals = new Map();

function restore() {
  for (const [file, text] of originals) writeFileSync(file, text);
  originals.clear();
}
process.on('exit', restore);
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => process.exit(130));
}

function isCommitted(file) {
  const { stdout } = spawnSync('git', ['status', '--porcelain', '--', file], { cwd: ROOT });
  return String(stdout).trim() === '';
}

/** What stands in the way of the change; undefined when it is made. */
function edit({ file, from, to }) {
  const path = join(ROOT, file);
  const text = readFileSync(path, 'utf8');
  if (!originals.has(path) && !isCommitted(file)) return `${file} has changes`;
  const found = text.split(from).length - 1;
  if (found !== 1) return `${file} has this text ${found} times: ${from}`;
  if (!originals.has(path)) originals.set(path, text);
  writeFileSync(
    path,
    text.replace(from, () => to),
  );
  return undefined;
}

/** Whether the scenario fails by what it expects: a file that no longer loads proves nothing. */
function failsAt(scenario) {
  const pattern = `^a bank ${scenario} `;
  const args = ['vitest', 'run', test, '-t', pattern, '--reporter=json'];
  const { stdout } = spawnSync('npx', args, { cwd: ROOT, encoding: 'utf8', maxBuffer: 2 ** 28 });
  if (!stdout.includes('{')) return 'no report';
  const report = JSON.parse(stdout.slice(stdout.indexOf('{')));
  const failed = report.testResults
    .flatMap((one) => one.assertionResults)
    .filter((one) => one.status === 'failed');
  if (report.numPassedTests + failed.length !== 1) return 'no such scenario was run';
  if (failed.length === 0) return 'STAYS GREEN';
  const said = failed.map((one) => one.failureMessages.join()).join();
  if (/AssertionError/.test(said)) return 'fails';
  return /timed out/i.test(said) ? 'fails by time' : 'breaks, but not by what it expects';
}

let missed = 0;
for (const { name, scenario, edits } of guards) {
  if (names.length > 0 && !names.includes(name)) continue;
  const problem = edits.map(edit).find((one) => one !== undefined);
  const verdict = problem ?? failsAt(scenario);
  restore();
  if (!verdict.startsWith('fails')) missed += 1;
  console.log(`${scenario.padStart(2)}  ${verdict.padEnd(12)}  ${name}`);
}
process.exit(missed > 0 ? 1 : 0);
