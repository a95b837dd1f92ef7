/**
 * A fleet's life as lines: events in order of arrival, and labels. Same plan, same bytes, on every
 * machine.
 */
import { type Attacks, attacksOn } from './attacks/families.ts';
import {
  type Calendar,
  calendarOf,
  DAY,
  HOUR,
  isMonthEnd,
  isQuarterEnd,
  workload,
} from './calendar.ts';
import { Delivery, type Keeping } from './delivery.ts';
import { EventBytes, type WrittenEvent } from './event-bytes.ts';
import { AGENTS_MAX, AGENTS_MIN, type Cell, type Fleet, fleetOf } from './fleet.ts';
import type { Label } from './labels.ts';
import { errandsOf, nightlySyncs } from './plots/errand.ts';
import { played, plotsOf, type Season } from './plots/plot-list.ts';
import { randomOf } from './random.ts';
import { Records } from './records.ts';
import { registryOf } from './registry-of.ts';
import { Run } from './run.ts';
import { nameOf } from './scene.ts';
import type { SimulatedEvent, TimedEvent } from './simulated-event.ts';
import { heartbeatsOn } from './telemetry.ts';
import { omittedOf, variationsOf } from './variations/variations.ts';
import { Habits } from './work/habits.ts';
import { WORKFLOWS, type Workflow } from './work/workflows.ts';
import { World } from './world.ts';

/** Raised whenever the same seed gives other bytes. */
export const SIMULATOR_VERSION = 4;
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
type LineOf<T> =
  | { readonly kind: 'event'; readonly value: T }
  | { readonly kind: 'label'; readonly value: Label };
export type SimulatedLine = LineOf<SimulatedEvent>;

export interface Simulation {
  readonly registry: string;
  /** What the scenario has and this fleet cannot hold, one sentence each. */
  readonly omitted: readonly string[];
  lines(): Generator<SimulatedLine>;
  /** The same, events as the bytes of their lines: half the time, as no event has to be kept whole. */
  written(): Generator<LineOf<WrittenEvent>>;
}

const WHOLE: Keeping<SimulatedEvent> = {
  keep: (event) => event,
  number: ({ source }, seq) => {
    source.seq = seq;
  },
};
/** Pages on which lines wait for their numbers. */
const PAGE = 1 << 20;

function asBytes(): Keeping<WrittenEvent> {
  const pages = new EventBytes(PAGE);
  return {
    keep: (event) => pages.keep(event),
    number: (written, seq) => {
      written.seq = seq;
    },
  };
}

/** What is wrong with a plan; nothing when it can be run. */
export function planProblem({ agents, days, scenario, seed }: SimulationPlan): string | undefined {
  if (!SCENARIOS.includes(scenario))
    return `scenario ${scenario}: there are ${SCENARIOS.join(', ')}`;
  if (seed === '') return 'seed is empty: give any text; the same text gives the same fleet';
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

/** What a fleet's life goes by. */
interface Life {
  readonly fleet: Fleet;
  readonly calendar: Calendar;
  readonly habits: Habits;
  readonly world: World;
  readonly seed: string;
}

/** How often a workflow is run in a cell on a day: its mean, the day's load, and chance. */
function runsOn(workflow: Workflow, day: number, life: Life, cell: number, chance: number): number {
  const monthEnd = workflow.name === 'month-end-reporting' ? closing(day) : 1;
  const season = workflow.everyDay === true ? 1 : workload(life.calendar, day);
  const load = life.world.load(workflow.name, cell, day * DAY + 12 * HOUR);
  const habit = life.habits.rate(workflow.name, cell);
  return Math.floor(workflow.daily * season * monthEnd * load * habit + chance);
}

function* workOf(cell: Cell, day: number, life: Life): Generator<readonly TimedEvent[]> {
  const { seed, world, habits } = life;
  for (const workflow of WORKFLOWS) {
    const name = `${seed}/${workflow.name}/${cell.number}/${day}`;
    const dice = randomOf(name);
    const runs = runsOn(workflow, day, life, cell.number, dice.next());
    const [from, length] = workflow.hours;
    const first = day * DAY + (from + habits.later(workflow.name)) * HOUR;
    for (let n = 0; n < runs; n++) {
      const random = randomOf(`${name}/${n}`);
      const run = new Run({
        id: nameOf(random),
        workflow: workflow.name,
        request: random.pick(workflow.requests),
        cell: cell.turn(n + day),
        start: Math.max(day * DAY, first + Math.floor(dice.next() * length * HOUR)),
        random,
        world,
      });
      workflow.perform(run);
      yield run.events;
    }
  }
}

const NO_ATTACKS: Attacks = { attacks: [], omitted: [] };

/** What happens beside the daily work: changes of circumstances and attacks. */
function storyOf({ scenario }: SimulationPlan, fleet: Fleet, calendar: Calendar, seed: string) {
  const inFleet = scenario === 'fleet-benign' || scenario === 'fleet-attacks';
  const variations = inFleet ? variationsOf(fleet, calendar) : [];
  const attacked = scenario === 'fleet-attacks';
  const { attacks, omitted } = attacked
    ? attacksOn({ fleet, calendar, seed, variations })
    : NO_ATTACKS;
  const world = new World(
    [...variations, ...attacks].flatMap((v) => v.agentChanges ?? []),
    variations.flatMap((v) => v.sharedChanges ?? []),
    { records: new Records(seed), tools: fleet.house.tools },
  );
  const unreported = inFleet ? omittedOf(variations) : [];
  return { variations, attacks, omitted: [...omitted, ...unreported], world };
}

type Story = ReturnType<typeof storyOf>;

const NO_PLOTS: ReturnType<typeof plotsOf> = new Map();

/** What makes plots hard to see: errands like them, and values that stand everywhere. */
function* besidePlots(
  scenario: Scenario,
  day: number,
  season: Season,
): Generator<readonly TimedEvent[]> {
  const [first] = season.fleet.cells;
  const over = day >= season.calendar.first + season.calendar.days;
  if (WITH_WORK.has(scenario) && !over)
    for (const cell of season.fleet.cells) yield* errandsOf(cell, day, season);
  // Without ordinary work, and while plots end after it, only what makes the house's own values common.
  else if (first !== undefined) yield* nightlySyncs(first, day, season);
}

function* linesOf<T>(
  { scenario }: SimulationPlan,
  life: Life,
  { variations, attacks }: Story,
  keeping: Keeping<T>,
): Generator<LineOf<T>> {
  const { fleet, calendar, world, seed } = life;
  const delivery = new Delivery(keeping);
  const asserted = scenario === 'assembly-asserted';
  const season = { fleet, calendar, world, seed, asserted };
  const plots = WITH_PLOTS.has(scenario) ? plotsOf(season) : NO_PLOTS;
  for (const { label, events } of variations) {
    yield { kind: 'label', value: label };
    for (const event of events?.(world) ?? []) delivery.add(event);
  }
  for (const attack of attacks) for (const event of attack.play(world)) delivery.add(event);
  const last = calendar.first + calendar.days;
  for (let day = calendar.first; day < last || delivery.pending; day++) {
    if (day < last && WITH_WORK.has(scenario)) {
      for (const cell of fleet.cells)
        for (const events of workOf(cell, day, life)) delivery.addAll(events);
      for (const event of heartbeatsOn(fleet, day, world)) delivery.add(event);
    }
    if (day < last && WITH_PLOTS.has(scenario)) {
      for (const planned of plots.get(day) ?? []) {
        const { events, label } = played(planned, season);
        delivery.addAll(events);
        yield { kind: 'label', value: label };
      }
    }
    if (WITH_PLOTS.has(scenario))
      for (const events of besidePlots(scenario, day, season)) delivery.addAll(events);
    for (const event of delivery.endOf(day)) yield { kind: 'event', value: event };
  }
  for (const attack of attacks) {
    const label = attack.label();
    if (label !== undefined) yield { kind: 'label', value: label };
  }
}

/**
 * The same fleet lives under all scenarios of a seed: registry, calendar and habits are the
 * seed's, what happens on a day is the scenario's.
 * @throws RangeError with what `planProblem` says.
 */
export function simulate(plan: SimulationPlan): Simulation {
  const problem = planProblem(plan);
  if (problem !== undefined) throw new RangeError(problem);
  const company = `${SIMULATOR_VERSION}/${plan.seed}`;
  const seed = `${SIMULATOR_VERSION}/${plan.scenario}/${plan.seed}`;
  const fleet = fleetOf(plan.agents, company);
  const calendar = calendarOf(company, plan.days);
  const begin = () => storyOf(plan, fleet, calendar, seed);
  const told = <T>(keeping: Keeping<T>): Generator<LineOf<T>> => {
    const story = begin();
    const habits = new Habits(company);
    return linesOf(plan, { fleet, calendar, habits, world: story.world, seed }, story, keeping);
  };
  return {
    registry: registryOf(fleet, calendar),
    omitted: begin().omitted,
    lines: () => told(WHOLE),
    written: () => told(asBytes()),
  };
}
