/**
 * `npm run fleets:scores`: the present detector and the baseline on the frozen fleets, and the tables
 * behind docs/measurements/{assembly,fleet}.md. `-- --seeds tuning` for whoever is still building,
 * `--pages assembly` for one of both, `--write` to put the tables into .cache/measurements (else they are printed).
 * `--seeds reporting-1` is one seed; `--shipped-only` leaves out what all rules enforced would do.
 * `--prepare` makes only what does not depend on our detector: the fleets and the baseline's alerts.
 * Resumable: fleets and alert files stay in .cache/fleet-scores, by simulator and detector version.
 */
import { parseArgs } from 'node:util';
import { ensureBuilt, ensureInstalled } from './bootstrap.mjs';
import { assemblyTables } from './fleet-scores/assembly-tables.mjs';
import { fleetTables } from './fleet-scores/fleet-tables.mjs';
import { frozen } from './fleet-scores/frozen-fleet.mjs';
import { aboutHere, writeTables } from './fleet-scores/page.mjs';
import { alertsOf, scoreOf, scoresBySeed, streamOf } from './fleet-scores/score-runs.mjs';

await ensureInstalled();
await ensureBuilt();
const { DETECTOR_VERSION } = await import('@waywarden/detector');

const { values: flags } = parseArgs({
  options: {
    seeds: { type: 'string', default: 'reporting' },
    pages: { type: 'string', default: 'assembly,fleet' },
    write: { type: 'boolean', default: false },
    prepare: { type: 'boolean', default: false },
    'shipped-only': { type: 'boolean', default: false },
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

async function streamsOf(scenario) {
  const streams = [];
  for (const seed of seeds)
    streams.push(await streamOf(scenario, { seed, detector: DETECTOR_VERSION }));
  return streams;
}

/** Of the policy with all rules enforced: a run of the detector more for each stream. */
const ifEnforced = (score) => (flags['shipped-only'] ? undefined : score());

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
      enforced: ifEnforced(() => scoreOf(streams, { dataset: 'fleet', who: 'enforced' })),
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
      enforced: ifEnforced(() => score(benign, 'enforced')),
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

/** Scenarios of a page, and who is scored on them beside Waywarden. */
const SCENARIOS = {
  assembly: { assembly: ['baseline'], 'assembly-asserted': [] },
  fleet: { 'fleet-benign': ['baseline'], 'fleet-attacks': ['baseline'] },
};

async function prepare(page) {
  for (const [scenario, others] of Object.entries(SCENARIOS[page]))
    for (const stream of await streamsOf(scenario))
      for (const who of others) alertsOf(stream, { dataset: page, who });
}

const PAGES = { assembly, fleet };

for (const name of flags.pages.split(',')) {
  if (!Object.hasOwn(PAGES, name)) {
    console.error(`--pages ${name}: there is none; give assembly, fleet or both.`);
    process.exit(2);
  }
  if (flags.prepare) {
    await prepare(name);
    continue;
  }
  const about = aboutHere(
    `detector ${DETECTOR_VERSION}, simulator ${frozen.simulator_version}, seeds ${seeds.join(', ')}`,
  );
  const command = `npm run fleets:scores -- --seeds ${flags.seeds} --pages ${name}${flags['shipped-only'] ? ' --shipped-only' : ''} --write`;
  const text = `${about} Made by \`${command}\`.\n\n${await PAGES[name]()}`;
  if (flags.write) writeTables(name, 'scores: made by npm run fleets:scores', text);
  else console.log(text);
}
