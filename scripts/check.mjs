/**
 * `npm run check`: commit subjects, format and lint, prose, types, the arrows between folders, dead code.
 * Runs all of them, two at a time, and says which failed, so that one round trip shows every problem.
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './bootstrap.mjs';
import { longSubjects } from './house/commit-subjects.mjs';

const MODULES_MIN = 50;
const AT_ONCE = 2;
/** Sentence length and banned phrases of what people write; generated pages are left out (.textlintignore). */
const PROSE = ['*.md', 'docs/**/*.md', 'packages/**/README.md'];

/** Runs a program of this workspace; resolves to its exit code and what it said. */
function run(name, ...args) {
  const child = spawn(join(ROOT, 'node_modules', '.bin', name), args, {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const chunks = { stdout: [], stderr: [] };
  for (const stream of ['stdout', 'stderr'])
    child[stream].on('data', (d) => chunks[stream].push(d));
  return new Promise((resolve) => {
    child.on('close', (code) => {
      const [out, err] = [chunks.stdout, chunks.stderr].map((all) => Buffer.concat(all).toString());
      resolve({ code: code ?? 1, out, said: `${out}${err}` });
    });
  });
}

/** dependency-cruiser exits green when it saw nothing, so the number of modules is asserted too. */
async function arrows(config) {
  const { code, out, said } = await run(
    'depcruise',
    ...['--config', config, '--output-type', 'json'],
    ...['schemas/src', 'packages', 'services'],
  );
  if (!out.startsWith('{')) return { code: code || 1, said };
  const { summary } = JSON.parse(out);
  const lines = summary.violations.map(
    (v) => `  ${v.rule.severity} ${v.rule.name}: ${v.from} → ${v.to}`,
  );
  if (summary.totalCruised < MODULES_MIN) {
    lines.push(`  only ${summary.totalCruised} modules were seen: the rules checked nothing.`);
    return { code: 1, said: lines.join('\n') };
  }
  lines.push(`  ${summary.totalCruised} modules, ${summary.violations.length} violations`);
  return { code: summary.error > 0 ? 1 : 0, said: lines.join('\n') };
}

/** The page is checked against the compiled schemas (their source needs Node's types): of today, then. */
async function typesOfThePage() {
  const stale = await run('tsc', '-b', 'schemas');
  return stale.code === 0 ? run('tsc', '-p', 'services/console/tsconfig.web.json') : stale;
}

function subjects() {
  const rules = JSON.parse(readFileSync(new URL('./house/rules.json', import.meta.url), 'utf8'));
  const most = rules.limits.subjectLength;
  const long = longSubjects(ROOT, rules.baseCommit, most);
  const said = long.map((line) => `  over ${most} characters: ${line}`).join('\n');
  return { code: long.length > 0 ? 1 : 0, said };
}

/** The longest first, so that two at a time end together. */
const CHECKS = [
  ['types', () => run('tsc', '-p', 'tsconfig.tests.json')],
  ['arrows', () => arrows('.dependency-cruiser.cjs')],
  ['folders', () => arrows('.dependency-cruiser.folders.cjs')],
  ['format and lint', () => run('biome', 'check', '--error-on-warnings', '.')],
  ['types of the page', typesOfThePage],
  ['dead code', () => run('knip', '--no-progress')],
  ['prose', () => run('textlint', ...PROSE)],
  ['commit subjects', subjects],
];

const failed = [];
const waiting = [...CHECKS];
async function worker() {
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const [name, check] = next;
    const { code, said } = await check();
    if (said.trim() !== '') console.error(said.trimEnd());
    console.error(`check ${name}: ${code === 0 ? 'ok' : 'FAILED'}`);
    if (code !== 0) failed.push(name);
  }
}
await Promise.all(Array.from({ length: AT_ONCE }, worker));
console.error(`CHECKS ${CHECKS.length - failed.length} ${failed.length}`);
if (failed.length > 0) process.exit(1);
