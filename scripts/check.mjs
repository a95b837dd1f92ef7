/**
 * `npm run check`: format and lint, types, the arrows between folders, dead code. Runs all of them
 * and says which failed, so that one round trip shows every problem.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, run } from './bootstrap.mjs';
import { longSubjects } from './house/commit-subjects.mjs';

const bin = (name) => join(ROOT, 'node_modules', '.bin', name);
const MODULES_MIN = 50;

/** dependency-cruiser exits green when it saw nothing, so the number of modules is asserted too. */
function arrows() {
  const { stdout, status } = spawnSync(
    bin('depcruise'),
    [
      '--config',
      '.dependency-cruiser.cjs',
      '--output-type',
      'json',
      'schemas/src',
      'packages',
      'services',
    ],
    { cwd: ROOT, encoding: 'utf8', maxBuffer: 256 * 1024 * 1024 },
  );
  if (stdout === '' || stdout === null) return status || 1;
  const { summary } = JSON.parse(stdout);
  for (const v of summary.violations) {
    console.error(`  ${v.rule.severity} ${v.rule.name}: ${v.from} → ${v.to}`);
  }
  if (summary.totalCruised < MODULES_MIN) {
    console.error(`  only ${summary.totalCruised} modules were seen: the rules checked nothing.`);
    return 1;
  }
  console.error(`  ${summary.totalCruised} modules, ${summary.violations.length} violations`);
  return summary.error > 0 ? 1 : 0;
}

/** The page is checked against the compiled schemas (their source needs Node's types): of today, then. */
function typesOfThePage() {
  const stale = run(bin('tsc'), ['-b', 'schemas']);
  return stale === 0 ? run(bin('tsc'), ['-p', 'services/console/tsconfig.web.json']) : stale;
}

function subjects() {
  const rules = JSON.parse(readFileSync(new URL('./house/rules.json', import.meta.url), 'utf8'));
  const long = longSubjects(ROOT, rules.baseCommit, rules.limits.subjectLength);
  for (const line of long)
    console.error(`  over ${rules.limits.subjectLength} characters: ${line}`);
  return long.length > 0 ? 1 : 0;
}

/** Sentence length and banned phrases of what people write; generated pages are left out (.textlintignore). */
const PROSE = ['*.md', 'docs/**/*.md', 'packages/**/README.md'];

const CHECKS = [
  ['commit subjects', subjects],
  ['format and lint', () => run(bin('biome'), ['check', '--error-on-warnings', '.'])],
  ['prose', () => run(bin('textlint'), PROSE)],
  ['types', () => run(bin('tsc'), ['-p', 'tsconfig.tests.json'])],
  ['types of the page', typesOfThePage],
  ['arrows', arrows],
  ['dead code', () => run(bin('knip'), ['--no-progress'])],
];

const failed = [];
for (const [name, check] of CHECKS) {
  const code = check();
  console.error(`check ${name}: ${code === 0 ? 'ok' : 'FAILED'}`);
  if (code !== 0) failed.push(name);
}
console.error(`CHECKS ${CHECKS.length - failed.length} ${failed.length}`);
if (failed.length > 0) process.exit(1);
