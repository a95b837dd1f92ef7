/**
 * `npm run house`: the counts of the house beside their floors, `--list` with what exceeds them, `--check`
 * to fail where one is missed. `scripts/house/rules.json` holds floors, banned words and what is no product.
 */

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ROOT } from './bootstrap.mjs';
import { longSubjects } from './house/commit-subjects.mjs';
import { countSource } from './house/count-source.mjs';
import { cyclesOf, foldersOf } from './house/folder-graph.mjs';

const rules = JSON.parse(readFileSync(new URL('./house/rules.json', import.meta.url), 'utf8'));
const { floors, limits } = rules;
const isIn = (path, places) => places.some((place) => path.startsWith(place));
const read = (path) => readFileSync(join(ROOT, path), 'utf8');

const tracked = spawnSync('git', ['ls-files', '-co', '--exclude-standard', '--deduplicate'], {
  cwd: ROOT,
  encoding: 'utf8',
  maxBuffer: 64 * 1024 * 1024,
})
  .stdout.split('\n')
  .filter((path) => path !== '' && exists(path));

function exists(path) {
  try {
    readFileSync(join(ROOT, path));
    return true;
  } catch {
    return false;
  }
}

const PRODUCT = /^(schemas|packages\/[^/]+|services\/[^/]+|dashboards)\/src\/.*\.(ts|tsx|mjs)$/;
const TEST = /\.test\.tsx?$|\.features\.ts$|\.d\.m?ts$|\/testing\//;
const sources = tracked
  .filter((path) => PRODUCT.test(path) && !TEST.test(path) && !isIn(path, rules.generatedSources))
  .map((path) => countSource(path, read(path), rules));
const product = sources.filter(({ path }) => !isIn(path, rules.benchmarks));

// As `wc -w` counts, marks of tables included: the stricter of two ways.
const wc = (path) =>
  read(path)
    .split(/\s+/)
    .filter((word) => word !== '').length;
const pages = tracked.filter((path) => path.endsWith('.md'));
const sum = (values) => values.reduce((a, b) => a + b, 0);

const placesOf = new Map();
for (const { path, exported } of product) {
  for (const name of new Set(exported)) placesOf.set(name, [...(placesOf.get(name) ?? []), path]);
}
const duplicates = [...placesOf]
  .filter(([, places]) => places.length > 1)
  .map(([name, places]) => `${name}: ${places.join(', ')}`);

const banned = new Map();
for (const file of product) {
  for (const [name, count] of file.banned) banned.set(name, (banned.get(name) ?? 0) + count);
}
const perFolder = new Map();
for (const { path } of product)
  perFolder.set(dirname(path), (perFolder.get(dirname(path)) ?? 0) + 1);
const evicted = [...perFolder].filter(([, files]) => files > limits.folderFiles);
const sizes = product.map(({ lines }) => lines).sort((a, b) => a - b);
const median = sizes[Math.floor(sizes.length / 2)] ?? 0;
const short = product.filter(({ lines }) => lines < limits.shortFileLines);
const cycles = cyclesOf(foldersOf(product));
const subjects = longSubjects(ROOT, rules.baseCommit, limits.subjectLength);
const wide = product.flatMap(({ path, wide: found }) => found.map((name) => `${name}: ${path}`));

const most = (name, now, floor, list = []) => ({
  name,
  now,
  floor: `≤ ${floor}`,
  met: now <= floor,
  list,
});
const rows = [
  most(
    'words of comments',
    sum(product.map((file) => file.commentWords)),
    floors.commentWords,
    heaviest(product.map((file) => [file.path, file.commentWords])),
  ),
  most(
    'words of docs, all *.md',
    sum(pages.map(wc)),
    floors.docsWords,
    heaviest(pages.map((p) => [p, wc(p)])),
  ),
  most(
    '  of which generated',
    sum(pages.filter((p) => isIn(p, rules.generatedDocs)).map(wc)),
    floors.generatedDocsWords,
  ),
  most('lines of product', sum(sizes), floors.productLines),
  most(
    `interfaces over ${limits.interfaceFields} fields`,
    wide.length,
    floors.wideInterfaces,
    wide,
  ),
  most(
    'identifiers with a banned word',
    banned.size,
    floors.bannedIdentifiers,
    heaviest([...banned]),
  ),
  most('exported duplicates', duplicates.length, floors.exportedDuplicates, duplicates),
  most(
    `folders over ${limits.folderFiles} files`,
    evicted.length,
    floors.crowdedFolders,
    heaviest(evicted),
  ),
  most(
    'folder cycles',
    cycles.length,
    floors.folderCycles,
    cycles.map((part) => part.join(' ⇄ ')),
  ),
  {
    name: 'median source file, lines',
    now: median,
    floor: `${floors.medianLines.min}–${floors.medianLines.max}`,
    met: median >= floors.medianLines.min && median <= floors.medianLines.max,
    list: [],
  },
  most(
    `share of files under ${limits.shortFileLines} lines`,
    Number((short.length / Math.max(1, sizes.length)).toFixed(3)),
    floors.shortFilesShare,
    short.map(({ path, lines }) => `${path} ${lines}`),
  ),
  most(
    `commit subjects over ${limits.subjectLength}`,
    subjects.length,
    floors.longSubjects,
    subjects,
  ),
];

const PARTS = /^services\/(detector|ingest)\/src\/.*\.ts$/;
const parts = tracked.filter((path) => PARTS.test(path) && !TEST.test(path));
const linesOf = (path) => read(path).split('\n').length - 1;
for (const [name, { floor, places }] of Object.entries(rules.detector)) {
  rows.push(most(name, sum(parts.filter((path) => isIn(path, places)).map(linesOf)), floor));
}
const CONSTANT = /^(export )?const [A-Z][A-Z0-9_]* (: number )?= [^;]*[0-9]/;
const NUMERIC = /= [-0-9(]|\* [0-9]|_MS|[0-9]_/;
const constants = parts
  .filter((path) => path.startsWith('services/detector/'))
  .flatMap((path) =>
    read(path)
      .split('\n')
      .filter((line) => CONSTANT.test(line) && NUMERIC.test(line)),
  );
rows.push(
  most('numeric constants of the detector', constants.length, rules.detectorConstants, constants),
);

function heaviest(pairs) {
  return [...pairs].sort((a, b) => b[1] - a[1]).map(([name, count]) => `${name} ${count}`);
}

const LISTED_MAX = 20;
for (const { name, now, floor, met, list } of rows) {
  console.log(
    `${met ? 'ok    ' : 'MISSED'} ${name.padEnd(34)} ${String(now).padStart(8)}  ${floor}`,
  );
  if (process.argv.includes('--list') && !met)
    for (const line of list.slice(0, LISTED_MAX)) console.log(`         ${line}`);
}
const missed = rows.filter(({ met }) => !met).length;
console.log(
  `${rows.length - missed} of ${rows.length} floors are met (${sources.length} source files, ${pages.length} pages).`,
);
if (process.argv.includes('--check') && missed > 0) process.exit(1);
