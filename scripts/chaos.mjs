/**
 * `npm run chaos`: the chaos tests in their long form, and a summary of what they did. Settings by
 * environment: WAYWARDEN_CHAOS_SEED, _POINTS (200), _WORKERS (2), _KILLS (20), _SECONDS (60). Arguments
 * go to vitest: `npm run chaos -- test/chaos/failpoints.test.ts`.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBuilt, ensureInstalled, ROOT, run } from './bootstrap.mjs';

const LONG = {
  WAYWARDEN_CHAOS_POINTS: '200',
  WAYWARDEN_CHAOS_KILLS: '20',
  WAYWARDEN_CHAOS_SECONDS: '60',
};

function readResults(file) {
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line) => (line === '' ? [] : [JSON.parse(line)]));
}

/** Per name: how many points crashed there, and after how many of them something differed. */
function byName(points) {
  const names = new Map();
  for (const { point, differences } of points) {
    const counts = names.get(point.name) ?? { crashed: 0, different: 0 };
    counts.crashed += 1;
    counts.different += differences.length > 0 ? 1 : 0;
    names.set(point.name, counts);
  }
  return Object.fromEntries([...names].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function summaryOf(results, seconds) {
  const tried = results.filter((one) => one.test === 'failpoints');
  const points = tried.filter((one) => one.crashed);
  return {
    node: process.version,
    seconds,
    seed: results[0]?.seed ?? null,
    points: points.length,
    not_reached: tried.length - points.length,
    second_crashes: points.filter((one) => one.crashedTwice).length,
    different: tried.filter((one) => one.differences.length > 0).length,
    surplus_rows: tried.reduce((sum, one) => sum + one.surplusRows, 0),
    by_name: byName(points),
    kill_nine: results.filter((one) => one.test === 'kill-nine'),
  };
}

await ensureInstalled();
await ensureBuilt();

const cache = join(ROOT, '.cache');
const results = join(cache, 'chaos-results.ndjson');
mkdirSync(cache, { recursive: true });
rmSync(results, { force: true });

const started = Date.now();
const only = process.argv.slice(2);
const code = run(
  join(ROOT, 'node_modules/.bin/vitest'),
  ['run', '--no-file-parallelism', ...(only.length > 0 ? only : ['test/chaos'])],
  { ...LONG, ...process.env, WAYWARDEN_CHAOS_RESULTS: results },
);
const summary = summaryOf(readResults(results), Math.round((Date.now() - started) / 1000));
writeFileSync(join(cache, 'chaos-summary.json'), `${JSON.stringify(summary, null, 2)}\n`);
console.log(JSON.stringify(summary, null, 2));
console.log(`Summary: ${join(cache, 'chaos-summary.json')}; each point: ${results}`);
process.exit(code);
