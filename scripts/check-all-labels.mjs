/**
 * `npm run labels:check-all`: the checker on every frozen fleet whole, and the tables of
 * docs/measurements/fleet-labels.md. `-- --only assembly` for fleets whose name holds that, `--write`
 * to put the tables into the page (else they are printed). Exit 1 when a label disagrees.
 *
 * Resumable: what each run said stays in .cache/fleet-scores under a name that changes with the
 * checker and the policy, so no result outlives the program that it is of.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureBuilt, ensureInstalled, ROOT } from './bootstrap.mjs';
import { fleetFiles, frozen } from './fleet-scores/frozen-fleet.mjs';
import { labelTables } from './fleet-scores/label-tables.mjs';
import { aboutHere, writeTables } from './fleet-scores/page.mjs';

const CHECKER = join(ROOT, 'packages/label-checker/src');
const POLICY = join(ROOT, 'services/detector/policy/default.yaml');
/** A fleet's events as objects are several times their file. */
const MEMORY_MB = 8192;
const JSON_BYTES_MAX = 256 * 1024 * 1024;
/** Faults and give-aways say how good checker and scenario are: one seed of each will do. */
const CLOSER = 'tuning-1';
/** In these there is ordinary work beside what is labelled by event. */
const WITH_WORK = ['fleet-attacks', 'assembly'];

const { values: flags } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    write: { type: 'boolean', default: false },
  },
});
const nameOf = ({ scenario, seed }) => `${scenario} ${seed}`;
const chosen = frozen.fleets.filter((fleet) => nameOf(fleet).includes(flags.only));
if (chosen.length === 0) {
  console.error(`--only ${flags.only}: no frozen fleet has that in its name.`);
  process.exit(2);
}
if (flags.write && flags.only !== '') {
  console.error('--write: the page is of all fleets; leave --only out.');
  process.exit(2);
}
await ensureInstalled();
await ensureBuilt();

function checkerVersion() {
  const hash = createHash('sha256').update(readFileSync(POLICY));
  for (const file of readdirSync(CHECKER).sort()) {
    if (file.endsWith('.test.ts')) continue;
    hash.update(file).update(readFileSync(join(CHECKER, file)));
  }
  return hash.digest('hex').slice(0, 12);
}
const version = checkerVersion();

/** What the checker says, kept in `home`. */
function said(home, what, args) {
  const retained = join(home, `labels-${what}-${version}.json`);
  if (existsSync(retained)) return JSON.parse(readFileSync(retained, 'utf8'));
  console.error(`labels:check ${args.join(' ')}`);
  const { status, stdout } = spawnSync(
    process.execPath,
    [
      ...[`--max-old-space-size=${MEMORY_MB}`, '--conditions=@waywarden/source', '--import', 'tsx'],
      ...[join(CHECKER, 'main.ts'), ...args, '--json'],
    ],
    {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'ignore'],
      maxBuffer: JSON_BYTES_MAX,
      encoding: 'utf8',
    },
  );
  if (status !== 0 && status !== 1) throw new Error(`labels:check ended with ${status}`);
  writeFileSync(`${retained}.part`, stdout);
  renameSync(`${retained}.part`, retained);
  return JSON.parse(stdout);
}

async function checked(fleet) {
  const { scenario, seed } = fleet;
  const { home, events, labels, registry } = await fleetFiles(scenario, seed);
  const assurance = scenario === 'assembly-asserted' ? 'asserted' : 'authenticated';
  const files = ['--events', events, '--labels', labels];
  const whole = [...files, '--registry', registry, '--assurance', assurance];
  const check = said(home, 'check', whole);
  console.error(
    `${nameOf(fleet)}: ${check.disagreeing} disagree, ${check.unlabelled} without a label`,
  );
  return { scenario, seed, home, labelFile: labels, files, whole, check };
}

/** How good checker and scenario are; after all labels, which matter more. */
function closer(fleet) {
  if (fleet.seed !== CLOSER) return fleet;
  const { scenario, home, files, whole } = fleet;
  return {
    ...fleet,
    faults: said(home, 'faults', [...whole, '--faults']),
    ...(WITH_WORK.includes(scenario)
      ? { giveaways: said(home, 'giveaways', ['--giveaways', ...files]) }
      : {}),
  };
}

/** Every two seeds of a scenario. */
function overlapsOf(fleets) {
  return fleets.flatMap((a, at) =>
    fleets
      .slice(at + 1)
      .filter((b) => b.scenario === a.scenario)
      .map((b) => {
        const args = ['--labels', a.labelFile, '--compare', b.labelFile];
        const facts = said(b.home, `beside-${a.seed}`, args);
        return { scenario: a.scenario, a: a.seed, b: b.seed, facts };
      }),
  );
}

const fleets = [];
for (const fleet of chosen) fleets.push(await checked(fleet));
const text = labelTables({ fleets: fleets.map(closer), overlaps: overlapsOf(fleets) });
if (flags.write) {
  const about = aboutHere(`checker ${version}, simulator ${frozen.simulator_version}`);
  writeTables('fleet-labels', 'labels: made by npm run labels:check-all', `${about}\n\n${text}`);
} else console.log(text);
if (fleets.some(({ check }) => check.disagreements.length > 0)) process.exitCode = 1;
