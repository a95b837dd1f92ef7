/**
 * One detector on one frozen fleet: it runs in a process of its own (memory is given back), its alert
 * file is kept. What is there already is not made again, so an interrupted measurement goes on where
 * it was.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../bootstrap.mjs';
import { fleetFiles, waywarden } from './frozen-fleet.mjs';

const SHIPPED = join(ROOT, 'services/detector/policy/default.yaml');

/** A frozen fleet's files, and a folder for what this version of the detector says of them. */
export async function streamOf(scenario, { seed, detector }) {
  const files = await fleetFiles(scenario, seed);
  const own = join(files.home, `detector-${detector}`);
  mkdirSync(own, { recursive: true });
  return { ...files, own };
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
export function alertsOf(stream, { dataset, who, assurance }) {
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
