/**
 * `npm run fuzz`: the fuzz tests in their long form, a million inputs a parser, and a summary. Settings
 * by environment: WAYWARDEN_FUZZ_SEED, _CASES (1,000,000), _ONLY (`parser:number`, one input again).
 * Arguments go to vitest: `npm run fuzz -- -t acceptor`.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBuilt, ensureInstalled, ROOT, run } from './bootstrap.mjs';

await ensureInstalled();
await ensureBuilt();

const cache = join(ROOT, '.cache');
const results = join(cache, 'fuzz-results.ndjson');
mkdirSync(cache, { recursive: true });
rmSync(results, { force: true });

const code = run(
  join(ROOT, 'node_modules/.bin/vitest'),
  ['run', '--no-file-parallelism', 'test/fuzz/parsers', ...process.argv.slice(2)],
  { WAYWARDEN_FUZZ_CASES: '1000000', ...process.env, WAYWARDEN_FUZZ_RESULTS: results },
);
const parsers = existsSync(results)
  ? readFileSync(results, 'utf8')
      .split('\n')
      .flatMap((line) => (line === '' ? [] : [JSON.parse(line)]))
  : [];
const summary = { node: process.version, failed: code !== 0, parsers };
writeFileSync(join(cache, 'fuzz-summary.json'), `${JSON.stringify(summary, null, 2)}\n`);
console.log(JSON.stringify(summary, null, 2));
process.exit(code);
