/** `waywarden simulate`: a simulated fleet, streamed. */
import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import {
  planProblem,
  SCENARIOS,
  type Scenario,
  SIMULATOR_VERSION,
  type SimulationPlan,
  simulate,
} from '@waywarden/fleet-simulator';
import { Progress, report, UsageError } from '@waywarden/waywarden/input/command-output';
import { Command } from 'commander';
import { EventFile, LineFile, writeText } from '../stream-file.ts';

interface SimulateFlags {
  readonly scenario: string;
  readonly seed: string;
  readonly agents: string;
  readonly days: string;
  readonly out: string;
  readonly labels: string;
  readonly registryOut: string;
  readonly json?: boolean;
}

function planOf(flags: SimulateFlags): SimulationPlan {
  const scenario = SCENARIOS.find((name): name is Scenario => name === flags.scenario);
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

function runSimulation(flags: SimulateFlags): void {
  const plan = planOf(flags);
  const paths = new Set([flags.out, flags.labels, flags.registryOut].map((one) => resolve(one)));
  if (paths.size < 3) throw new UsageError('--out, --labels, --registry-out: give three files.');
  const progress = new Progress('simulate', flags.json === true);
  const started = performance.now();
  const { registry, omitted, written } = simulate(plan);
  writeText(flags.registryOut, registry);
  const [events, labels] = [new EventFile(flags.out), new LineFile(flags.labels)];
  for (const line of written()) {
    if (line.kind === 'event') events.add(line.value);
    else labels.add(JSON.stringify(line.value));
    if (events.lines % 10_000 === 0) progress.show(`${events.lines} events`);
  }
  const [sha256, labelsSha256] = [events.close(), labels.close()];
  const seconds = (performance.now() - started) / 1000;
  progress.done(`${events.lines} events`);
  // Only true where sources prove nothing.
  const assurance = plan.scenario === 'assembly-asserted' ? 'asserted' : 'authenticated';
  const value = {
    simulator_version: SIMULATOR_VERSION,
    ...plan,
    events: events.lines,
    bytes: events.bytes,
    labels: labels.lines,
    omitted,
    events_per_s: Math.round(events.lines / seconds),
    sha256: {
      events: sha256,
      labels: labelsSha256,
      registry: createHash('sha256').update(registry).digest('hex'),
    },
  };
  report(flags.json === true, value, [
    `${value.events} events (${value.bytes} bytes) of ${plan.agents} agents over ${plan.days} days, ${value.labels} labels`,
    ...omitted.map((what) => `Left out: ${what}`),
    `${value.events_per_s} events/s written; SHA-256 of the events ${sha256}`,
    `Try: waywarden replay ${flags.out} --format events --registry ${flags.registryOut} --assurance ${assurance} --trust-fields`,
  ]);
}

export const simulateCommand = new Command('simulate')
  .description('write a deterministic fleet: events, ground truth and registry')
  .requiredOption('--scenario <name>', `one of ${SCENARIOS.join(', ')}`)
  .requiredOption('--seed <text>', 'the same seed gives the same bytes')
  .requiredOption('--out <file>', 'events, one a line')
  .requiredOption('--labels <file>', 'what is true of them, one incident or near-miss a line')
  .requiredOption('--registry-out <file>', 'the registry that belongs to the fleet')
  .option('--agents <n>', 'number of agents', '58')
  .option('--days <n>', 'number of days', '5')
  .option('--json', 'the last line of standard output is one JSON object')
  .action(runSimulation);
