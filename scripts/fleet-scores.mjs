/**
 * `npm run fleets:scores`: the present detector and the baseline on the frozen fleets, and the tables
 * of docs/measurements/{assembly,fleet}.md. `-- --seeds tuning` for whoever is still building,
 * `--pages assembly` for one of both, `--write` to put the tables into the pages (else they are printed).
 * Resumable: fleets and alert files stay in .cache/fleet-scores, by simulator and detector version.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureBuilt, ensureInstalled, ROOT } from './bootstrap.mjs';
import { assemblyTables } from './fleet-scores/assembly-tables.mjs';
import { fleetTables } from './fleet-scores/fleet-tables.mjs';
import { frozen, scoreOf, scoresBySeed, streamOf } from './fleet-scores/score-runs.mjs';

await ensureInstalled();
await ensureBuilt();
const { DETECTOR_VERSION } = await import('@waywarden/detector');

const { values: flags } = parseArgs({
  options: {
    seeds: { type: 'string', default: 'reporting' },
    pages: { type: 'string', default: 'assembly,fleet' },
    write: { type: 'boolean', default: false },
  },
});
const seeds = [...new Set(frozen.fleets.map((one) => one.seed))].filter((seed) =>
  seed.startsWith(flags.seeds),
);
if (seeds.length === 0) {
  const known = [...new Set(frozen.fleets.map((one) => one.seed))].join(', ');
  console.error(`--seeds ${flags.seeds}: no frozen fleet has such a seed; there are ${known}.`);
  process.exit(2);
}
const folder = join(ROOT, `.cache/fleet-scores/simulator-${frozen.simulator_version}`);

async function streamsOf(scenario) {
  const streams = [];
  for (const seed of seeds)
    streams.push(await streamOf(folder, scenario, { seed, detector: DETECTOR_VERSION }));
  return streams;
}

async function assembly() {
  const streams = await streamsOf('assembly');
  const asserted = await streamsOf('assembly-asserted');
  const dataset = 'assembly';
  const shipped = { dataset, who: 'shipped' };
  return assemblyTables({
    own: scoreOf(streams, shipped),
    seeds: scoresBySeed(streams, shipped),
    responses: {
      shipped: scoreOf(streams, { dataset: 'fleet', who: 'shipped' }),
      enforced: scoreOf(streams, { dataset: 'fleet', who: 'enforced' }),
    },
    baseline: scoreOf(streams, { dataset, who: 'baseline' }),
    asserted: scoreOf(asserted, { dataset, who: 'shipped', assurance: 'asserted' }),
  });
}

async function fleet() {
  const benign = await streamsOf('fleet-benign');
  const attacks = await streamsOf('fleet-attacks');
  const score = (streams, who) => scoreOf(streams, { dataset: 'fleet', who });
  return fleetTables({
    benign: {
      own: score(benign, 'shipped'),
      enforced: score(benign, 'enforced'),
      baseline: score(benign, 'baseline'),
      seeds: scoresBySeed(benign, { dataset: 'fleet', who: 'shipped' }),
    },
    attacks: {
      own: score(attacks, 'shipped'),
      baseline: score(attacks, 'baseline'),
      seeds: scoresBySeed(attacks, { dataset: 'fleet', who: 'shipped' }),
    },
  });
}

const git = (...args) => execFileSync('git', args, { cwd: ROOT, encoding: 'utf8' }).trim();
const PAGES = { assembly, fleet };
const BEGIN = '<!-- scores: made by npm run fleets:scores -->';
const END = '<!-- end of scores -->';

for (const name of flags.pages.split(',')) {
  if (!Object.hasOwn(PAGES, name)) {
    console.error(`--pages ${name}: there is none; give assembly, fleet or both.`);
    process.exit(2);
  }
  const machine = `${availableParallelism()} cores, ${Math.round(totalmem() / 1024 ** 3)} GiB, Node ${process.versions.node}`;
  const command = `npm run fleets:scores -- --seeds ${flags.seeds} --pages ${name} --write`;
  const about = `Detector ${DETECTOR_VERSION} of commit ${git('rev-parse', '--short', 'HEAD')}, simulator ${frozen.simulator_version}, seeds ${seeds.join(', ')}, ${new Date().toISOString().slice(0, 10)}; ${machine}. Made by \`${command}\`.`;
  const text = `${about}\n\n${await PAGES[name]()}`;
  if (!flags.write) {
    console.log(text);
    continue;
  }
  const page = join(ROOT, `docs/measurements/${name}.md`);
  const before = readFileSync(page, 'utf8');
  const [from, to] = [before.indexOf(BEGIN), before.indexOf(END)];
  if (from < 0 || to < from) throw new Error(`${page} has no place for scores (${BEGIN})`);
  writeFileSync(page, `${before.slice(0, from)}${BEGIN}\n\n${text}\n\n${before.slice(to)}`);
  execFileSync('npx', ['biome', 'check', '--write', page], { cwd: ROOT, stdio: 'ignore' });
  console.error(`written: docs/measurements/${name}.md`);
}
