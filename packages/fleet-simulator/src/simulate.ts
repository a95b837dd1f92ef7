/**
 * A fleet's life as lines: events in order of arrival, and labels. Same plan, same bytes, on every
 * machine.
 */
import { attacksOn } from './attacks/families.ts';
import { DAY, FIRST_DAY, HOUR, isMonthEnd, isQuarterEnd, workload } from './calendar.ts';
import { Delivery } from './delivery.ts';
import { AGENTS_MAX, AGENTS_MIN, type Cell, type Fleet, fleetOf } from './fleet.ts';
import type { Label } from './labels.ts';
import { plotsOn } from './plots/plot-list.ts';
import { randomOf } from './random.ts';
import { Records } from './records.ts';
import { registryOf } from './registry-of.ts';
import { Run } from './run.ts';
import { nameOf } from './scene.ts';
import type { SimulatedEvent, TimedEvent } from './simulated-event.ts';
import { heartbeatsOn } from './telemetry.ts';
import { variationsOf } from './variations/variations.ts';
import { WORKFLOWS, type Workflow } from './work/workflows.ts';
import { World } from './world.ts';

/** Raised whenever the same seed gives other bytes. */
export const SIMULATOR_VERSION = 3;
export const SCENARIOS = [
  'fleet-benign',
  'fleet-attacks',
  'assembly',
  'assembly-only',
  'assembly-asserted',
] as const;
export type Scenario = (typeof SCENARIOS)[number];
const WITH_WORK: ReadonlySet<Scenario> = new Set(['fleet-benign', 'fleet-attacks', 'assembly']);
const WITH_PLOTS: ReadonlySet<Scenario> = new Set([
  'assembly',
  'assembly-only',
  'assembly-asserted',
]);
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
  | { readonly kind: 'label'; readonly value: Label };

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

/** How much more reporting a month's and a quarter's end bring. */
function closing(day: number): number {
  if (isQuarterEnd(day)) return 9;
  return isMonthEnd(day) ? 6 : 1;
}

/** How often a workflow is run in a cell on a day: its mean, the day's load, and chance. */
function runsOn(workflow: Workflow, cell: Cell, day: number, world: World, chance: number): number {
  const monthEnd = workflow.name === 'month-end-reporting' ? closing(day) : 1;
  const season = workflow.everyDay === true ? 1 : workload(day);
  const load = world.load(workflow.name, cell, day * DAY + 12 * HOUR);
  return Math.floor(workflow.daily * season * monthEnd * load + chance);
}

function* workOf(cell: Cell, day: number, world: World, seed: string): Generator<TimedEvent> {
  for (const workflow of WORKFLOWS) {
    const name = `${seed}/${workflow.name}/${cell.number}/${day}`;
    const dice = randomOf(name);
    const runs = runsOn(workflow, cell, day, world, dice.next());
    for (let n = 0; n < runs; n++) {
      const [from, length] = workflow.hours;
      const start = day * DAY + from * HOUR + Math.floor(dice.next() * length * HOUR);
      const random = randomOf(`${name}/${n}`);
      const run = new Run({
        id: nameOf(random),
        workflow: workflow.name,
        request: random.pick(workflow.requests),
        cell,
        start,
        random,
        world,
      });
      workflow.perform(run);
      yield* run.events;
    }
  }
}

/** What happens beside the daily work: changes of circumstances and attacks. */
function storyOf({ scenario, days }: SimulationPlan, fleet: Fleet, seed: string) {
  const inFleet = scenario === 'fleet-benign' || scenario === 'fleet-attacks';
  const variations = inFleet ? variationsOf(fleet, days, seed) : [];
  const attacks = scenario === 'fleet-attacks' ? attacksOn(fleet, days, seed) : [];
  const world = new World(
    [...variations, ...attacks].flatMap((v) => v.agentChanges ?? []),
    variations.flatMap((v) => v.sharedChanges ?? []),
    new Records(seed),
  );
  return { variations, attacks, world };
}

function* linesOf(plan: SimulationPlan, fleet: Fleet): Generator<SimulatedLine> {
  const seed = `${SIMULATOR_VERSION}/${plan.scenario}/${plan.seed}`;
  const { variations, attacks, world } = storyOf(plan, fleet, seed);
  const delivery = new Delivery();
  const asserted = plan.scenario === 'assembly-asserted';
  const season = { fleet, days: plan.days, world, seed, asserted };
  for (const { label, events } of variations) {
    yield { kind: 'label', value: label };
    for (const event of events?.(world) ?? []) delivery.add(event);
  }
  for (const attack of attacks) for (const event of attack.play(world)) delivery.add(event);
  const last = FIRST_DAY + plan.days;
  for (let day = FIRST_DAY; day < last || delivery.pending; day++) {
    if (day < last && WITH_WORK.has(plan.scenario)) {
      for (const cell of fleet.cells)
        for (const event of workOf(cell, day, world, seed)) delivery.add(event);
      for (const event of heartbeatsOn(fleet, day, world)) delivery.add(event);
    }
    if (day < last && WITH_PLOTS.has(plan.scenario)) {
      for (const { events, label } of plotsOn(day, season)) {
        for (const event of events) delivery.add(event);
        yield { kind: 'label', value: label };
      }
    }
    for (const event of delivery.endOf(day)) yield { kind: 'event', value: event };
  }
  for (const attack of attacks) yield { kind: 'label', value: attack.label() };
}

/** @throws RangeError with what `planProblem` says. */
export function simulate(plan: SimulationPlan): Simulation {
  const problem = planProblem(plan);
  if (problem !== undefined) throw new RangeError(problem);
  const fleet = fleetOf(plan.agents);
  return { registry: registryOf(fleet), lines: () => linesOf(plan, fleet) };
}
