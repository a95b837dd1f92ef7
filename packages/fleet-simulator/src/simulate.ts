/**
 * A fleet's life as a stream: what each day brings, in the order in which it is received.
 *
 * One day at a time stands in memory, plus what of earlier days still happens or is told late.
 * Rejected: all events and one sort, which ends with memory at a few thousand agent-days.
 */
import { DAY, FIRST_DAY, HOUR, isMonthEnd, MINUTE, workload } from './calendar.ts';
import { AGENTS_MAX, AGENTS_MIN, type Cell, type Fleet, fleetOf } from './fleet.ts';
import { type AssemblyLabel, play } from './plots/play.ts';
import { SCHEMES } from './plots/scheme.ts';
import { type Random, randomOf } from './random.ts';
import { registryOf } from './registry-of.ts';
import { Run } from './run.ts';
import type { SimulatedEvent, TimedEvent } from './simulated-event.ts';
import { WORKFLOWS, type Workflow } from './work/workflows.ts';

/** Raised whenever the same seed gives other bytes. */
export const SIMULATOR_VERSION = 1;
export const SCENARIOS = ['benign', 'assembly', 'assembly-only'] as const;
export type Scenario = (typeof SCENARIOS)[number];
export const DAYS_MAX = 400;

export interface SimulationPlan {
  readonly scenario: Scenario;
  readonly seed: string;
  readonly agents: number;
  readonly days: number;
}

/** One line of the event file, or one of the label file. */
export type SimulatedLine =
  | { readonly kind: 'event'; readonly value: SimulatedEvent }
  | { readonly kind: 'label'; readonly value: AssemblyLabel };

export interface Simulation {
  readonly registry: string;
  lines(): Generator<SimulatedLine>;
}

/** What is wrong with a plan; nothing when it can be run. */
export function planProblem({ agents, days, scenario }: SimulationPlan): string | undefined {
  if (!SCENARIOS.includes(scenario))
    return `scenario ${scenario}: there are ${SCENARIOS.join(', ')}`;
  if (!Number.isInteger(agents) || agents < AGENTS_MIN || agents > AGENTS_MAX) {
    return `agents ${agents}: give a whole number from ${AGENTS_MIN} (one of each role) to ${AGENTS_MAX}`;
  }
  if (!Number.isInteger(days) || days < 1 || days > DAYS_MAX)
    return `days ${days}: give a whole number from 1 to ${DAYS_MAX}`;
  return undefined;
}

/** How often a workflow is run in a cell on a day: its mean, the day's load, and chance. */
function runsOn(workflow: Workflow, day: number, chance: number): number {
  const monthEnd = workflow.name === 'month-end-reporting' && isMonthEnd(day) ? 6 : 1;
  return Math.floor(workflow.daily * workload(day) * monthEnd + chance);
}

/** Names of runs tell nothing: neither whose work it is nor whether it is part of a plot. */
const runId = (random: Random): string => `run-${random.text('0123456789abcdef', 12)}`;

function* workOf(cell: Cell, day: number, seed: string): Generator<TimedEvent> {
  for (const workflow of WORKFLOWS) {
    const name = `${seed}/${workflow.name}/${cell.number}/${day}`;
    const dice = randomOf(name);
    const runs = runsOn(workflow, day, dice.next());
    for (let n = 0; n < runs; n++) {
      const [from, length] = workflow.hours;
      const start = day * DAY + from * HOUR + Math.floor(dice.next() * length * HOUR);
      const random = randomOf(`${name}/${n}`);
      const run = new Run({ id: runId(random), workflow: workflow.name, cell, start, random });
      workflow.perform(run);
      yield* run.events;
    }
  }
}

/** Every scheme in every mode, once, spread over cells and days. */
function plotsOn(fleet: Fleet, day: number, days: number, seed: string) {
  const all = SCHEMES.flatMap((scheme) => scheme.modes.map((mode) => ({ scheme, mode })));
  return all.flatMap(({ scheme, mode }, n) => {
    if (n % days !== day - FIRST_DAY) return [];
    const cell = fleet.cells[n % fleet.cells.length];
    if (cell === undefined) return [];
    const incident = `${scheme.combination}/${mode}/${cell.number}`;
    const random = randomOf(`${seed}/plot/${incident}`);
    const start = day * DAY + 8 * HOUR + random.int(0, 240) * MINUTE;
    return [play(scheme, mode, { id: runId(random), incident, cell, start, random })];
  });
}

const byArrival = (a: TimedEvent, b: TimedEvent): number =>
  a.arrives - b.arrives || (a.event.native_id < b.event.native_id ? -1 : 1);
const byTime = (a: TimedEvent, b: TimedEvent): number =>
  a.at - b.at || (a.event.native_id < b.event.native_id ? -1 : 1);

/** Gives each gateway's events their place in its own order. */
function numbered(happened: TimedEvent[], next: Map<string, number>): void {
  happened.sort(byTime);
  for (const { event } of happened) {
    const seq = (next.get(event.source.instance) ?? 0) + 1;
    next.set(event.source.instance, seq);
    event.source.seq = seq;
  }
}

function* linesOf(plan: SimulationPlan, fleet: Fleet): Generator<SimulatedLine> {
  const seed = `${SIMULATOR_VERSION}/${plan.scenario}/${plan.seed}`;
  const sequence = new Map<string, number>();
  let ahead: TimedEvent[] = [];
  let untold: TimedEvent[] = [];
  for (
    let day = FIRST_DAY;
    day < FIRST_DAY + plan.days || ahead.length + untold.length > 0;
    day++
  ) {
    if (day < FIRST_DAY + plan.days) {
      if (plan.scenario !== 'assembly-only') {
        for (const cell of fleet.cells)
          for (const event of workOf(cell, day, seed)) ahead.push(event);
      }
      const plots = plan.scenario === 'benign' ? [] : plotsOn(fleet, day, plan.days, seed);
      for (const { events, label } of plots) {
        for (const event of events) ahead.push(event);
        yield { kind: 'label', value: label };
      }
    }
    const end = (day + 1) * DAY;
    const happened = ahead.filter((e) => e.at < end);
    ahead = ahead.filter((e) => e.at >= end);
    numbered(happened, sequence);
    for (const event of happened) untold.push(event);
    untold.sort(byArrival);
    const told = untold.filter((e) => e.arrives < end);
    untold = untold.filter((e) => e.arrives >= end);
    for (const { event } of told) yield { kind: 'event', value: event };
  }
}

/** @throws RangeError with what `planProblem` says. */
export function simulate(plan: SimulationPlan): Simulation {
  const problem = planProblem(plan);
  if (problem !== undefined) throw new RangeError(problem);
  const fleet = fleetOf(plan.agents);
  return { registry: registryOf(fleet), lines: () => linesOf(plan, fleet) };
}
