/**
 * `npm run digests [-- --out FILE] [--against FILE]`: SHA-256 of every output topic of replays of fixed inputs at one
 * partition, to show that a redesign changed no behaviour. Detector versions and times of day are masked; with several
 * partitions, what arrives first differs from run to run. Exits with 1 where a digest differs from FILE's.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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
    dist(`embedded/${name}.js`),
  ),
);
const { HEADERS, TOPICS } = await import('@waywarden/schemas');
const { values: options } = parseArgs({
  options: { out: { type: 'string' }, against: { type: 'string' } },
});

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

async function digestsOf({ events, registry, format, trustFields }) {
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
          records.push(JSON.stringify(parsed, mask));
        }
      } catch {
        continue;
      }
      const hash = createHash('sha256').update(records.sort().join('\n')).digest('hex');
      digests[name] = `${records.length} ${hash}`;
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
  all[name] = await digestsOf(input);
  console.error(`${name}: done`);
}
rmSync(folder, { recursive: true, force: true });
const text = `${JSON.stringify(all, null, 2)}\n`;
if (options.out !== undefined) writeFileSync(options.out, text);
if (options.against === undefined) {
  console.log(text);
  process.exit(0);
}
const before = JSON.parse(readFileSync(options.against, 'utf8'));
const differing = Object.entries(all).flatMap(([run, topics]) =>
  Object.entries(topics)
    .filter(([topic, digest]) => before[run]?.[topic] !== digest)
    .map(([topic]) => `${run} ${topic}`),
);
console.log(differing.length === 0 ? 'All digests are the same.' : differing.join('\n'));
process.exit(differing.length === 0 ? 0 : 1);
