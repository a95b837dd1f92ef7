/**
 * The frozen fleets as files: simulated once into .cache/fleet-scores, held against their checksums
 * each time. A file gets its name when it is whole, so what is interrupted goes on where it was.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../bootstrap.mjs';

const WAYWARDEN = join(ROOT, 'packages/benchmarks/dist/main.js');
const JSON_BYTES_MAX = 512 * 1024 * 1024;
const FILES = ['events', 'labels', 'registry'];

export const frozen = JSON.parse(
  readFileSync(join(ROOT, 'packages/fleet-simulator/frozen.json'), 'utf8'),
);
const FOLDER = join(ROOT, `.cache/fleet-scores/simulator-${frozen.simulator_version}`);

export function waywarden(args) {
  console.error(`waywarden ${args.join(' ')}`);
  const { status, stdout } = spawnSync(process.execPath, [WAYWARDEN, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: JSON_BYTES_MAX,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`waywarden ${args[0]} ended with ${status}`);
  return stdout;
}

async function sha256(file) {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(file)) hash.update(piece);
  return hash.digest('hex');
}

function simulated({ scenario, seed, agents, days }, files) {
  const part = (name) => `${files[name]}.part`;
  waywarden([
    ...['simulate', '--scenario', scenario, '--seed', seed],
    ...['--agents', String(agents), '--days', String(days)],
    ...['--out', part('events'), '--labels', part('labels'), '--registry-out', part('registry')],
  ]);
  // Events last: they stand for the three.
  for (const name of [...FILES].reverse()) renameSync(part(name), files[name]);
}

/** Events, labels and registry of a frozen fleet, checked; `home` is where what is made of them stays. */
export async function fleetFiles(scenario, seed) {
  const fleet = frozen.fleets.find((one) => one.scenario === scenario && one.seed === seed);
  if (fleet === undefined) throw new Error(`${scenario} ${seed} is not in frozen.json`);
  const home = join(FOLDER, `${scenario}-${seed}`);
  mkdirSync(home, { recursive: true });
  const files = {
    events: join(home, 'events.ndjson'),
    labels: join(home, 'labels.ndjson'),
    registry: join(home, 'registry.yaml'),
  };
  if (!existsSync(files.events)) simulated(fleet, files);
  for (const name of FILES) {
    const found = await sha256(files[name]);
    if (found === fleet.sha256[name]) continue;
    throw new Error(`${files[name]}: ${found} is not the frozen ${fleet.sha256[name]}`);
  }
  return { ...files, home, seed };
}
