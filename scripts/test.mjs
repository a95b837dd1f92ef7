/**
 * `npm test`: install, compile, check, then every test. Ends with one line that counts them:
 * `N passed, N failed, N skipped`. Arguments go to vitest: `npm test -- services/detector`. `--changed` runs
 * the tests that import what differs from where the branch left main, and what is not committed.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBuilt, ensureInstalled, ROOT, run } from './bootstrap.mjs';
import { ensureLiveClients } from './live-clients.mjs';

await ensureInstalled();
await ensureBuilt();

/** Where this branch left main; in main itself, and where there is none, the last commit. */
function branchPoint() {
  const found = ['origin/main', 'main'].map((main) =>
    spawnSync('git', ['merge-base', 'HEAD', main], { cwd: ROOT, encoding: 'utf8' }),
  );
  return found.find(({ status }) => status === 0)?.stdout.trim() ?? 'HEAD';
}

const only = process.argv
  .slice(2)
  .map((argument) => (argument === '--changed' ? `--changed=${branchPoint()}` : argument));
const isLive =
  only.length === 0 || only.some((path) => path === 'test' || path.startsWith('test/live'));
if (isLive && !ensureLiveClients()) {
  console.error('The real clients could not be installed: the tests of test/live are skipped.');
}
const report = join(ROOT, '.cache', 'test-report.json');
mkdirSync(join(ROOT, '.cache'), { recursive: true });
rmSync(report, { force: true });

const checkCode = only.length > 0 ? 0 : run(process.execPath, [join(ROOT, 'scripts/check.mjs')]);
const vitestCode = run(join(ROOT, 'node_modules/.bin/vitest'), [
  'run',
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${report}`,
  ...only,
]);

const counted = existsSync(report)
  ? JSON.parse(readFileSync(report, 'utf8'))
  : { numPassedTests: 0, numFailedTests: 1, numPendingTests: 0 };
const checks = only.length > 0 ? 0 : 1;
const passed = counted.numPassedTests + (checkCode === 0 ? checks : 0);
// A file that fails to load has no failed test of its own, but it is a failure all the same.
const failedFiles = vitestCode !== 0 && counted.numFailedTests === 0 ? 1 : 0;
const failed = counted.numFailedTests + failedFiles + (checkCode === 0 ? 0 : 1);
const skipped = counted.numPendingTests + (counted.numTodoTests ?? 0);
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exit(failed > 0 || vitestCode !== 0 ? 1 : 0);
