/**
 * What each term of hijack evidence and each word list of ingest changes on the outside sources: `node
 * scripts/ablation.mjs [NAME...] [--data FOLDER] [--sample N] [--only
 * SOURCE]`. Prints a table; a share that leaves the
 * interval it has with everything on is named. Models are not fitted anew for what is left out, so that a
 * loss is the most that it can cost.
 */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureBuilt, ensureInstalled, ROOT } from './bootstrap.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    data: { type: 'string', default: join(ROOT, '../shared/data') },
    sample: { type: 'string' },
    only: {
      type: 'string',
      multiple: true,
      default: [
        'agentdojo',
        'agentdyn',
        'apibank',
        'asb',
        'injecagent',
        'privacylens',
        'workbench',
      ],
    },
  },
});
await ensureInstalled();
await ensureBuilt({ quiet: true });
const { TERM_NAMES } = await import(join(ROOT, 'services/detector/dist/index.js'));
const { LEXICON } = await import(join(ROOT, 'services/ingest/dist/core/lexicon/lexicon.js'));
const LISTS = Object.keys(LEXICON);
const names = positionals.length > 0 ? positionals : [...TERM_NAMES, ...LISTS];
const HOOK = new URL('./ablation/without-words.mjs', import.meta.url).href;

/** `hijacked`: found at medium or above; `harmless`: any high alert. */
const MEASURES = {
  high: ({ hijacked }) => hijacked.high_hijack,
  found: ({ hijacked }) => hijacked.medium_hijack,
  'false high': ({ harmless }) => harmless.high_any,
};

function rowsWithout(name) {
  const isList = LISTS.includes(name);
  const out = execFileSync(
    process.execPath,
    [
      ...(isList ? ['--import', HOOK] : []),
      ...[join(ROOT, 'packages/benchmarks/dist/main.js'), 'evaluate', 'outside', values.data],
      ...['--only', ...values.only],
      ...(values.sample === undefined ? [] : ['--sample', values.sample]),
      ...(name === undefined || isList ? [] : ['--without', name]),
      ...['--policy', join(ROOT, 'test/policies/enforcing.yaml'), '--json'],
    ],
    {
      env: { ...process.env, WITHOUT_WORDS: isList ? name : '' },
      encoding: 'utf8',
      maxBuffer: 1 << 28,
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  );
  const { rows } = JSON.parse(out.trim().split('\n').at(-1));
  return new Map(rows.map((row) => [row.name, row]));
}

const percent = (share) => `${(100 * share).toFixed(1)}`;

/** Each share with its count, its interval and whether the other lies outside. */
function moved(before, after) {
  const found = { outside: [], net: { found: 0, 'false high': 0 } };
  for (const [source, row] of before) {
    const other = after.get(source);
    for (const [measure, shareOf] of Object.entries(MEASURES)) {
      const [was, is] = [shareOf(row), shareOf(other)];
      if (was.share === null || is.share === null) continue;
      if (measure in found.net && !source.includes(' ')) found.net[measure] += is.k - was.k;
      if (is.share >= was.interval.low && is.share <= was.interval.high) continue;
      found.outside.push(`${source} ${measure} ${percent(was.share)} → ${percent(is.share)}`);
    }
  }
  return found;
}

const before = rowsWithout(undefined);
console.log('| left out | hijacked runs found | false high | outside its interval |');
console.log('| --- | --- | --- | --- |');
for (const name of names) {
  const { outside, net } = moved(before, rowsWithout(name));
  const signed = (count) => (count > 0 ? `+${count}` : `${count}`);
  console.log(
    `| \`${name}\` | ${signed(net.found)} | ${signed(net['false high'])} | ${outside.join('; ') || '–'} |`,
  );
}
