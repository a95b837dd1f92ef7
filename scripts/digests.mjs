/**
 * `npm run digests [-- --out FILE] [--keep FOLDER] [--against FILE_OR_FOLDER [--map FILE]]`: SHA-256 of every output
 * topic of replays of fixed inputs at one partition, to show that a redesign changed no behaviour. Detector versions and
 * times of day are masked; with several partitions, what arrives first differs from run to run. `--keep` stores the
 * records themselves; against such a folder, `--map` first renames its keys, values and topics. Exits with 1 where a
 * digest differs.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureBuilt, ROOT } from './bootstrap.mjs';

await ensureBuilt();
const dist = (path) => import(join(ROOT, 'services/waywarden/dist', path));
const [
  { dataPaths },
  { openPipeline },
  { feedFiles },
  { scanTopic },
  { loadPolicy, loadRegistry },
] = await Promise.all(
  ['data-folder', 'pipeline', 'replay-files', 'scan-topic', 'rule-files'].map((name) =>
    dist(`runtime/${name}.js`),
  ),
);
const { HEADERS, TOPICS } = await import('@waywarden/schemas');
const { values: options } = parseArgs({
  options: {
    out: { type: 'string' },
    keep: { type: 'string' },
    against: { type: 'string' },
    map: { type: 'string' },
  },
});
const NO_MAP = { keys: {}, values: {}, topics: {} };
const renames =
  options.map === undefined
    ? NO_MAP
    : { ...NO_MAP, ...JSON.parse(readFileSync(options.map, 'utf8')) };

const folder = mkdtempSync(join(tmpdir(), 'waywarden-digests-'));
const file = (name) => join(folder, name);
const shared = (path) => join(ROOT, '../shared/data', path);

function simulate(scenario, seed) {
  const [events, registry] = [file(`${seed}.ndjson`), file(`${seed}.yaml`)];
  const given = ['--scenario', scenario, '--seed', seed, '--agents', '34', '--days', '3'];
  const made = ['--out', events, '--labels', file('labels'), '--registry-out', registry];
  const bin = join(ROOT, 'bin/waywarden.mjs');
  const ran = spawnSync(process.execPath, [bin, 'simulate', ...given, ...made], {
    encoding: 'utf8',
  });
  if (ran.status !== 0) throw new Error(ran.stderr);
  return { events, registry, format: 'events', trustFields: true };
}

/** The first lines of a file, so that a run takes minutes. */
function sample(path, lines) {
  const all = path.endsWith('.gz')
    ? spawnSync('gzip', ['-dc', path], { encoding: 'utf8', maxBuffer: 2 ** 31 }).stdout
    : readFileSync(path, 'utf8');
  const to = file(`${lines}-${path.split('/').at(-1).replace('.gz', '')}`);
  writeFileSync(to, `${all.split('\n').slice(0, lines).join('\n')}\n`);
  return to;
}

const INPUTS = {
  own: () => simulate('fleet-attacks', 'digests-1'),
  assembly: () => simulate('assembly', 'digests-2'),
  example: () => ({
    events: join(ROOT, 'docs/examples/events.ndjson'),
    registry: join(ROOT, 'docs/examples/registry.yaml'),
    format: 'events',
  }),
  agentdojo: () =>
    existsSync(shared('agentdojo/trajectories.ndjson.gz'))
      ? {
          events: sample(shared('agentdojo/trajectories.ndjson.gz'), 150),
          format: 'trajectories',
        }
      : undefined,
};

const MASKED = new Set([
  'detector_version',
  'published_at',
  'issued_at',
  'decided_at',
  'signature',
]);
const mask = (key, value) => (MASKED.has(key) ? '' : value);
const digestOf = (records) =>
  `${records.length} ${createHash('sha256')
    .update([...records].sort().join('\n'))
    .digest('hex')}`;

/** Keys in order, so that a rename moves nothing; with a map, in the map's names. */
function sorted(value, { keys, values } = NO_MAP) {
  if (typeof value === 'string') return values[value] ?? value;
  if (Array.isArray(value)) return value.map((one) => sorted(one, { keys, values }));
  if (value === null || typeof value !== 'object') return value;
  const fields = Object.entries(value).map(([key, one]) => [
    keys[key] ?? key,
    sorted(one, { keys, values }),
  ]);
  return Object.fromEntries(fields.sort(([a], [b]) => (a < b ? -1 : Number(a > b))));
}

/** Digests of what `--keep` stored: one folder a run, one file a topic. */
function digestsOfFolder(stored) {
  const all = {};
  for (const run of readdirSync(stored)) {
    all[run] = {};
    for (const name of readdirSync(join(stored, run))) {
      const lines = readFileSync(join(stored, run, name), 'utf8')
        .split('\n')
        .filter(Boolean);
      const topic = name.replace(/\.ndjson$/, '');
      const records = lines.map((line) => JSON.stringify(sorted(JSON.parse(line), renames)));
      all[run][renames.topics[topic] ?? topic] = digestOf(records);
    }
  }
  return all;
}

async function digestsOf(run, { events, registry, format, trustFields }) {
  const paths = dataPaths(mkdtempSync(join(folder, 'data-')));
  const pipeline = await openPipeline({
    ...{ paths, command: 'replay', partitions: 1, journal: 'replay', archive: false },
  });
  const digests = {};
  try {
    const known = registry === undefined ? undefined : loadRegistry(registry);
    await pipeline.publish('default', known, loadPolicy(undefined));
    await feedFiles(pipeline, {
      ...{ files: [events], registry: known, format, tenant: 'default' },
      ...{ assurance: 'authenticated', batchEvents: 500 },
      ...(trustFields ? { trustFields } : {}),
    });
    await pipeline.settle();
    for (const { name } of Object.values(TOPICS)) {
      const records = [];
      try {
        for await (const { value, headers } of scanTopic(pipeline.log, name)) {
          // Watermarks and control records carry the wall clock.
          if (value === null || headers[HEADERS.type] !== 'event') continue;
          const parsed = JSON.parse(Buffer.from(value).toString('utf8'));
          records.push(JSON.stringify(sorted(JSON.parse(JSON.stringify(parsed, mask)))));
        }
      } catch {
        continue;
      }
      digests[name] = digestOf(records);
      if (options.keep === undefined) continue;
      mkdirSync(join(options.keep, run), { recursive: true });
      writeFileSync(join(options.keep, run, `${name}.ndjson`), `${records.sort().join('\n')}\n`);
    }
  } finally {
    await pipeline.stop();
  }
  return digests;
}

const all = {};
for (const [name, make] of Object.entries(INPUTS)) {
  const input = make();
  if (input === undefined) {
    console.error(`${name}: its data is not here, so it was left out.`);
    continue;
  }
  all[name] = await digestsOf(name, input);
  console.error(`${name}: done`);
}
rmSync(folder, { recursive: true, force: true });
const text = `${JSON.stringify(all, null, 2)}\n`;
if (options.out !== undefined) writeFileSync(options.out, text);
if (options.against === undefined) {
  console.log(text);
  process.exit(0);
}
const before = statSync(options.against).isDirectory()
  ? digestsOfFolder(options.against)
  : JSON.parse(readFileSync(options.against, 'utf8'));
const differing = Object.entries(all).flatMap(([run, topics]) =>
  Object.entries(topics)
    .filter(([topic, digest]) => before[run]?.[topic] !== digest)
    .map(([topic]) => `${run} ${topic}`),
);
console.log(differing.length === 0 ? 'All digests are the same.' : differing.join('\n'));
process.exit(differing.length === 0 ? 0 : 1);
