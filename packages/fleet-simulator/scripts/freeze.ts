/**
 * `npm run fleets:frozen`: makes every frozen fleet anew and compares
 * it with `frozen.json`; exit 1 names each that is another, exit 2 means that
 * nothing of that name is frozen. `-- --write` freezes: only with a new
 * SIMULATOR_VERSION, as published numbers name the old one. `-- --only assembly` takes the fleets
 * whose scenario or seed holds that text.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { SCENARIOS, SIMULATOR_VERSION, type SimulationPlan } from '../src/index.ts';
import { type FrozenFleet, type Manifest, measured } from './frozen-fleet.ts';

const FILE = new URL('../frozen.json', import.meta.url);
const SIZE = { agents: 204, days: 30 } as const;
const SEEDS = ['tuning-1', 'tuning-2', 'reporting-1', 'reporting-2', 'reporting-3'] as const;

const plans: readonly SimulationPlan[] = SCENARIOS.flatMap((scenario) =>
  SEEDS.map((seed) => ({ scenario, seed, ...SIZE })),
);
const nameOf = ({ scenario, seed }: SimulationPlan): string => `${scenario} ${seed}`;

function write(): void {
  const fleets = plans.map((plan) => {
    const fleet = measured(plan);
    process.stdout.write(`${nameOf(plan)}: ${fleet.events} events\n`);
    return fleet;
  });
  const manifest: Manifest = { simulator_version: SIMULATOR_VERSION, fleets };
  writeFileSync(FILE, `${JSON.stringify(manifest, null, 2)}\n`);
}

function compare(only: string): number {
  const manifest: Manifest = JSON.parse(readFileSync(FILE, 'utf8'));
  const chosen = manifest.fleets.filter((fleet) => nameOf(fleet).includes(only));
  if (chosen.length === 0) {
    const names = manifest.fleets.map((fleet) => `  ${nameOf(fleet)}\n`).join('');
    process.stderr.write(
      `--only ${only}: no frozen fleet has that in its name. There are:\n${names}`,
    );
    return 2;
  }
  const others = chosen.filter((fleet: FrozenFleet) => {
    const { scenario, seed, agents, days } = fleet;
    const now = measured({ scenario, seed, agents, days });
    const same = JSON.stringify(now.sha256) === JSON.stringify(fleet.sha256);
    process.stdout.write(`${nameOf(fleet)}: ${same ? 'the same' : 'OTHER BYTES'}\n`);
    return !same;
  });
  return others.length > 0 ? 1 : 0;
}

const flags = process.argv.slice(2);
if (flags.includes('--write')) write();
else
  process.exitCode = compare(
    flags.includes('--only') ? (flags[flags.indexOf('--only') + 1] ?? '') : '',
  );
