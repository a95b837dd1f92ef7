/**
 * What agents without a history were seen with, of one workload and one kind of value (tools, effects, …), and
 * whether one more value says something: k values in n sightings make the next a new one with probability
 * k / (n + k) (Witten, Bell 1991), as of one agent's own (`facets/value-novelty.ts`).
 *
 * By days of event time and counts, so that it is the same in whichever order the partitions' notes come. Limit:
 * what was told is not counted among what is usual.
 */
import { type Alert, epochMs, type NotedValue, type PrivilegeStep } from '@waywarden/schemas';
import { NEW_PROBABILITY_MAX } from '../facets/novelty-words.ts';
import { SETTLED_CALLS_MIN } from '../facets/value-novelty.ts';
import { inOrder } from './step-order.ts';

/** Days on which a workload had new agents, of which each is counted; earlier ones together. */
const DAYS_MAX = 30;
/** Values of a kind; with as many nothing is new. */
const VALUES_MAX = 96;
/** Days with new agents before their work is judged. */
const CHURN_DAYS_MIN = 3;
const DAY_MS = 86_400_000;

export interface Value {
  readonly name: string;
  /** The earliest call of it, in how many agents it was sighted, and what was told. */
  readonly first: PrivilegeStep;
  readonly agents: number;
  readonly told?: Alert;
  /** How it is told; left out where nobody need look. */
  readonly say?: NotedValue['told'];
  /** The call whose alert, about another kind, tells of it. */
  readonly with?: string;
}

export interface Workload {
  /** Of the days with sightings, the latest last: how many there were. */
  readonly days: readonly (readonly [day: number, sightings: number])[];
  /** Named as when there were no others. */
  readonly tools: readonly Value[];
}

export const NOTHING_SEEN: Workload = { days: [], tools: [] };

export interface Usual {
  readonly sightings: number;
  readonly values: number;
}

export const dayOf = (step: PrivilegeStep) => Math.floor(epochMs(step.event_time) / DAY_MS);

function withDay(days: Workload['days'], day: number): Workload['days'] {
  const known = days.find(([one]) => one === day)?.[1] ?? 0;
  const all = [...days.filter(([one]) => one !== day), [day, known + 1] as const];
  const rising = all.sort(([a], [b]) => a - b);
  const beyond = rising.slice(0, Math.max(0, rising.length - DAYS_MAX + 1));
  if (beyond.length < 2) return rising;
  const [last] = beyond.at(-1) ?? [day];
  const together = beyond.reduce((sum, [, n]) => sum + n, 0);
  return [[last, together], ...rising.slice(beyond.length)];
}

type Sighting = Pick<Value, 'name' | 'first' | 'say'>;

/** One more agent that was seen with it. */
export function withSighting({ days, tools }: Workload, { name, first, say }: Sighting): Workload {
  const known = tools.find((one) => one.name === name);
  const one = { name, first, agents: 1, ...(say === undefined ? {} : { say }) };
  const next = known === undefined ? one : { ...known, agents: known.agents + 1 };
  const now = known !== undefined && inOrder(first, known.first) < 0 ? earlier(next, one) : next;
  return {
    days: withDay(days, dayOf(first)),
    tools:
      known === undefined
        ? [...tools, one].slice(-VALUES_MAX)
        : tools.map((each) => (each === known ? now : each)),
  };
}

/** What is said of a value is what its earliest call says. */
function earlier({ say: _, ...value }: Value, { first, say }: Sighting): Value {
  return { ...value, first, ...(say === undefined ? {} : { say }) };
}

/** What its workload had before the day on which this value came; undefined where that says nothing of it. */
export function usualBefore({ days, tools }: Workload, { first, say }: Value): Usual | undefined {
  const day = dayOf(first);
  const before = days.filter(([one]) => one < day);
  const sightings = before.reduce((sum, [, n]) => sum + n, 0);
  const usual = tools.filter(
    (one) => one.told === undefined && one.with === undefined && dayOf(one.first) < day,
  );
  if (before.length < CHURN_DAYS_MIN || sightings < SETTLED_CALLS_MIN) return undefined;
  if (day - (before[0]?.[0] ?? day) < (say?.after_days ?? 0)) return undefined;
  if (tools.length >= VALUES_MAX || usual.some(({ name }) => say?.also.includes(name))) {
    return undefined;
  }
  return usual.length / (sightings + usual.length) <= NEW_PROBABILITY_MAX
    ? { sightings, values: usual.length }
    : undefined;
}
