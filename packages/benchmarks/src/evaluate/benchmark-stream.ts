/**
 * The streams that are scored: files that were given, or fleets simulated into a folder of their own
 * that is gone afterwards. A scored stream is always files, so that any detector can be given it.
 */
import { createHash } from 'node:crypto';
import { createReadStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  planProblem,
  SCENARIOS,
  SIMULATOR_VERSION,
  type SimulationPlan,
  simulate,
} from '@waywarden/fleet-simulator';
import { simulateSecondFleet } from '@waywarden/second-fleet';
import { Progress, UsageError } from '@waywarden/waywarden/input/command-output';
import { EventFile, LineFile } from '../stream-file.ts';

export interface StreamFlags {
  readonly scenario: string;
  readonly seed: readonly string[];
  readonly agents: string;
  readonly days: string;
  readonly events?: readonly string[];
  readonly labels?: readonly string[];
  readonly registry?: readonly string[];
}

export interface BenchmarkStream {
  readonly events: string;
  readonly labels: string;
  readonly registry: string | undefined;
  /** What the report says of where the stream came from. */
  readonly source: Readonly<Record<string, unknown>>;
}

export interface BenchmarkStreams {
  readonly streams: readonly BenchmarkStream[];
  /** A folder for what is made on the way. */
  readonly scratch: string;
}

function planOf(flags: StreamFlags, seed: string): SimulationPlan {
  const scenario = SCENARIOS.find((name) => name === flags.scenario);
  if (scenario === undefined) {
    throw new UsageError(
      `--scenario ${flags.scenario}: there is none; give ${[...SCENARIOS, ...Object.keys(SECOND)].join(', ')}.`,
    );
  }
  const plan = {
    scenario,
    seed,
    agents: Number(flags.agents),
    days: Number(flags.days),
  };
  const problem = planProblem(plan);
  if (problem !== undefined) throw new UsageError(`--${problem}.`);
  return plan;
}

/** By number: seeds may be any text, and two of them must not meet in one file name. */
function simulated(plan: SimulationPlan, number: number, folder: string): BenchmarkStream {
  const progress = new Progress('Simulating');
  const place = (name: string) => join(folder, `${number}-${name}`);
  const [events, labels] = [place('events.ndjson'), place('labels.ndjson')];
  const registry = place('registry.yaml');
  const [eventFile, labelFile] = [new EventFile(events), new LineFile(labels)];
  const simulation = simulate(plan);
  writeFileSync(registry, simulation.registry);
  for (const line of simulation.written()) {
    if (line.kind === 'event') eventFile.add(line.value);
    else labelFile.add(JSON.stringify(line.value));
    if (eventFile.lines % 10_000 === 0) progress.show(`${eventFile.lines} events`);
  }
  eventFile.close();
  labelFile.close();
  progress.done(`${eventFile.lines} events, ${labelFile.lines} labels`);
  const source = { simulator_version: SIMULATOR_VERSION, ...plan };
  return { events, labels, registry, source };
}

/** Fleets of another hand, under scenarios of their own. */
const SECOND: Readonly<Record<string, 'benign' | 'attacks'>> = {
  'second-benign': 'benign',
  'second-attacks': 'attacks',
};

interface SecondPlan {
  readonly seed: string;
  readonly scenario: 'benign' | 'attacks';
  readonly agents: number;
  readonly days: number;
}

function secondSimulated(
  { seed, scenario, agents, days }: SecondPlan,
  number: number,
  folder: string,
): BenchmarkStream {
  const place = (name: string) => join(folder, `${number}-${name}`);
  const paths = {
    events: place('events.ndjson'),
    labels: place('labels.ndjson'),
    registry: place('registry.yaml'),
  };
  const files = {
    events: new LineFile(paths.events),
    labels: new LineFile(paths.labels),
    registry: new LineFile(paths.registry),
  };
  for (const { file, text } of simulateSecondFleet({ seed, scenario, agents, days })) {
    files[file].add(text);
  }
  for (const file of Object.values(files)) file.close();
  return { ...paths, source: { fleet: 'second', scenario, seed, agents, days } };
}

function madeOf(flags: StreamFlags, seed: string, number: number, scratch: string) {
  const second = SECOND[flags.scenario];
  if (second === undefined) return simulated(planOf(flags, seed), number, scratch);
  const of = { seed, scenario: second, agents: Number(flags.agents), days: Number(flags.days) };
  return secondSimulated(of, number, scratch);
}

function streamsOf(flags: StreamFlags, scratch: string): readonly BenchmarkStream[] {
  const { events, labels, registry } = flags;
  if (events === undefined && labels === undefined) {
    if (registry !== undefined) {
      throw new UsageError('--registry belongs to files: give --events and --labels with it.');
    }
    return [...new Set(flags.seed)].map((seed, n) => madeOf(flags, seed, n, scratch));
  }
  if (events === undefined || labels === undefined) {
    throw new UsageError('--events and --labels belong together: give both, or a --seed instead.');
  }
  if ([...events, ...labels, ...(registry ?? [])].includes('-')) {
    throw new UsageError('A stream is read more than once: give files, not standard input.');
  }
  if (labels.length !== events.length || (registry ?? events).length !== events.length) {
    throw new UsageError(
      'Each of the --events files needs its --labels (and --registry, if any have one), in the same order.',
    );
  }
  return events.map((file, n) => {
    const of = { events: file, labels: labels[n] ?? '', registry: registry?.[n] };
    return { ...of, source: of };
  });
}

export async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  return hash.digest('hex');
}

/** To be held against the published ones: the scores are of these bytes and no others. */
export async function checksums({ events, labels, registry }: BenchmarkStream) {
  return {
    events: await sha256(events),
    labels: await sha256(labels),
    ...(registry === undefined ? {} : { registry: await sha256(registry) }),
  };
}

export async function withStreams<T>(
  flags: StreamFlags,
  use: (of: BenchmarkStreams) => Promise<T>,
): Promise<T> {
  const scratch = mkdtempSync(join(tmpdir(), 'waywarden-stream-'));
  try {
    return await use({ streams: streamsOf(flags, scratch), scratch });
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
