/**
 * One detector on one frozen fleet: the stream is simulated and must have the frozen bytes, the
 * detector runs in a process of its own (memory is given back), its alert file is kept. What is there
 * already is not made again, so an interrupted measurement goes on where it was.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  createReadStream,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../bootstrap.mjs';

const WAYWARDEN = join(ROOT, 'services/waywarden/dist/main.js');
const SHIPPED = join(ROOT, 'services/detector/policy/default.yaml');
const JSON_BYTES_MAX = 512 * 1024 * 1024;

export const frozen = JSON.parse(
  readFileSync(join(ROOT, 'packages/fleet-simulator/frozen.json'), 'utf8'),
);

function waywarden(args) {
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

function frozenFleet(scenario, seed) {
  const found = frozen.fleets.find((one) => one.scenario === scenario && one.seed === seed);
  if (found === undefined) throw new Error(`${scenario} ${seed} is not in frozen.json`);
  return found;
}

/** Events, labels and registry of a frozen fleet, checked against its checksums. */
export async function streamOf(folder, scenario, { seed, detector }) {
  const { agents, days, sha256: expected } = frozenFleet(scenario, seed);
  const home = join(folder, `${scenario}-${seed}`);
  const own = join(home, `detector-${detector}`);
  mkdirSync(own, { recursive: true });
  const stream = {
    home,
    own,
    seed,
    events: join(home, 'events.ndjson'),
    labels: join(home, 'labels.ndjson'),
    registry: join(home, 'registry.yaml'),
  };
  if (!existsSync(stream.events)) {
    waywarden([
      ...['simulate', '--scenario', scenario, '--seed', seed],
      ...['--agents', String(agents), '--days', String(days)],
      ...['--out', stream.events, '--labels', stream.labels, '--registry-out', stream.registry],
    ]);
  }
  for (const name of ['events', 'labels', 'registry']) {
    const found = await sha256(stream[name]);
    if (found === expected[name]) continue;
    throw new Error(`${stream[name]}: ${found} is not the frozen ${expected[name]}`);
  }
  return stream;
}

/**
 * The shipped policy as an operator has it who promoted all of its rules and connected a gateway;
 * guards and budgets stay. Nobody obeys in a recorded stream: what counts is what would be ordered.
 */
function enforcedPolicy(folder) {
  const shipped = readFileSync(SHIPPED, 'utf8');
  const enforced = shipped.replaceAll(/^( +mode:) (shadow|warn)$/gm, '$1 enforce');
  if (enforced === shipped) throw new Error(`${SHIPPED} has no rule that only watches`);
  const file = join(folder, 'enforced.yaml');
  writeFileSync(file, `${enforced}receivers: [mcp-gateway]\n`);
  return file;
}

function filesOf(streams) {
  return ['events', 'labels', 'registry'].flatMap((name) => [
    `--${name}`,
    ...streams.map((one) => one[name]),
  ]);
}

/** The alert file of `who` on one stream: `shipped`, `enforced` or `baseline`. */
function alertsOf(stream, { dataset, who, assurance }) {
  const out = join(who === 'baseline' ? stream.home : stream.own, `${who}.alerts.ndjson`);
  if (existsSync(out)) return out;
  const fresh = `${out}.part`;
  if (who === 'baseline') {
    const { status } = spawnSync(
      'npm',
      [
        ...['run', '--silent', 'baseline', '--', '--events', stream.events],
        ...['--registry', stream.registry, '--out', fresh],
      ],
      { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] },
    );
    if (status !== 0) throw new Error(`the baseline ended with ${status}`);
  } else {
    waywarden([
      ...['evaluate', dataset, ...filesOf([stream]), '--assurance', assurance],
      ...(who === 'enforced' ? ['--policy', enforcedPolicy(stream.own)] : []),
      ...['--alerts-out', fresh, '--json'],
    ]);
  }
  renameSync(fresh, out);
  return out;
}

/** The score of `who` over all streams, as `evaluate --json` prints it. */
export function scoreOf(streams, { dataset, who, assurance = 'authenticated' }) {
  const alerts = streams.map((stream) => alertsOf(stream, { dataset, who, assurance }));
  const out = waywarden([
    ...['evaluate', dataset, ...filesOf(streams), '--alerts', ...alerts],
    ...['--assurance', assurance, '--json'],
  ]);
  return JSON.parse(out.trim().split('\n').at(-1));
}

/** The same for each stream alone: how far the seeds lie apart. */
export function scoresBySeed(streams, options) {
  return streams.map((stream) => ({ seed: stream.seed, score: scoreOf([stream], options) }));
}
