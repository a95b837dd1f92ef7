/**
 * The stream that is scored: files that were given, or a fleet simulated into a folder of its own
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
import { Progress, UsageError } from '../commands/command-output.ts';
import { LineFile } from './line-file.ts';

export interface StreamFlags {
  readonly scenario: string;
  readonly seed: string;
  readonly agents: string;
  readonly days: string;
  readonly events?: string;
  readonly labels?: string;
  readonly registry?: string;
}

export interface BenchmarkStream {
  readonly events: string;
  readonly labels: string;
  readonly registry: string | undefined;
  /** What the report says of where the stream came from. */
  readonly source: Readonly<Record<string, unknown>>;
  /** A folder for what is made on the way. */
  readonly scratch: string;
}

function planOf(flags: StreamFlags): SimulationPlan {
  const scenario = SCENARIOS.find((name) => name === flags.scenario);
  if (scenario === undefined) {
    throw new UsageError(
      `--scenario ${flags.scenario}: there is none; give ${SCENARIOS.join(', ')}.`,
    );
  }
  const plan = {
    scenario,
    seed: flags.seed,
    agents: Number(flags.agents),
    days: Number(flags.days),
  };
  const problem = planProblem(plan);
  if (problem !== undefined) throw new UsageError(`--${problem}.`);
  return plan;
}

function simulated(plan: SimulationPlan, folder: string): BenchmarkStream {
  const progress = new Progress('Simulating');
  const [events, labels] = [join(folder, 'events.ndjson'), join(folder, 'labels.ndjson')];
  const registry = join(folder, 'registry.yaml');
  const [eventFile, labelFile] = [new LineFile(events), new LineFile(labels)];
  const simulation = simulate(plan);
  writeFileSync(registry, simulation.registry);
  for (const line of simulation.lines()) {
    (line.kind === 'event' ? eventFile : labelFile).add(JSON.stringify(line.value));
    if (eventFile.lines % 10_000 === 0) progress.show(`${eventFile.lines} events`);
  }
  eventFile.close();
  labelFile.close();
  progress.done(`${eventFile.lines} events, ${labelFile.lines} labels`);
  const source = { simulator_version: SIMULATOR_VERSION, ...plan };
  return { events, labels, registry, source, scratch: folder };
}

function streamOf(flags: StreamFlags, scratch: string): BenchmarkStream {
  const { events, labels, registry } = flags;
  if (events === undefined && labels === undefined) {
    if (registry === undefined) return simulated(planOf(flags), scratch);
    throw new UsageError('--registry belongs to files: give --events and --labels with it.');
  }
  if (events === undefined || labels === undefined) {
    throw new UsageError('--events and --labels belong together: give both, or a --seed instead.');
  }
  if ([events, labels, registry].includes('-')) {
    throw new UsageError('A stream is read more than once: give files, not standard input.');
  }
  return { events, labels, registry, source: { events, labels, registry }, scratch };
}

async function sha256(path: string): Promise<string> {
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

export async function withStream<T>(
  flags: StreamFlags,
  use: (stream: BenchmarkStream) => Promise<T>,
): Promise<T> {
  const scratch = mkdtempSync(join(tmpdir(), 'waywarden-stream-'));
  try {
    return await use(streamOf(flags, scratch));
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
