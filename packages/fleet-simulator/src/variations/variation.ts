/** A change of circumstances that is nobody's attack, with the label that says so. */
import { DAY, HOUR, timeText, workload } from '../calendar.ts';
import type { BenignLabel } from '../labels.ts';
import type { Scene } from '../scene.ts';
import type { TimedEvent } from '../simulated-event.ts';
import type { AgentChange, SharedChange, World } from '../world.ts';

export interface Variation {
  readonly agentChanges?: readonly AgentChange[];
  readonly sharedChanges?: readonly SharedChange[];
  /** What is told of it beside the work that shows it. */
  readonly events?: (world: World) => readonly TimedEvent[];
  /** The day on which nobody is told what goes through a gateway: no attack begins there. */
  readonly unreported?: { readonly day: number; readonly gateway: string };
  /** Days on which its declaration would cover an undeclared change, too. */
  readonly covered?: readonly number[];
  readonly label: BenignLabel;
}

/** None when the fleet has no day for it. */
export type Report = (scene: Circumstance) => Variation | undefined;

/** Where a variation plays, and on which days another does. */
export interface Circumstance extends Scene {
  readonly taken: Set<number>;
}

/** A variation begins in this part of the time, so that there is a life before and after it. */
const REPORTED = { from: 0.25, to: 0.85 } as const;

/**
 * A working day in that part of the time, with `more` working days right after it, on which nothing
 * else begins if there is one; none if there is none at all.
 */
function someDay({ calendar, random, taken }: Circumstance, more = 0): number | undefined {
  const { first, days } = calendar;
  const isWorked = (day: number) => workload(calendar, day) >= 0.5;
  const span = (day: number) => Array.from({ length: more + 1 }, (_, n) => day + n);
  const able = Array.from({ length: days }, (_, n) => first + n).filter(
    (day) =>
      day >= first + Math.floor(days * REPORTED.from) &&
      day + more < first + Math.ceil(days * REPORTED.to) &&
      span(day).every(isWorked),
  );
  const free = able.filter((day) => span(day).every((d) => !taken.has(d)));
  const from = free.length > 0 ? free : able;
  const day = from[random.int(0, Math.max(0, from.length - 1))];
  if (day !== undefined) for (const d of span(day)) taken.add(d);
  return day;
}

/** Some working day's hour of `hours`. */
export function someMoment(
  scene: Circumstance,
  hours: readonly [from: number, to: number],
  more = 0,
): number | undefined {
  const day = someDay(scene, more);
  const quarter = scene.random.int(hours[0] * 4, hours[1] * 4);
  return day === undefined ? undefined : day * DAY + quarter * (HOUR / 4);
}

/** Kinds that are right here all the same, and how many alerts of them are. */
export interface Acceptable {
  readonly kinds: readonly string[];
  readonly alerts: number;
}

export function labelOf(
  variation: string,
  agents: readonly string[],
  from: number,
  to: number,
  acceptable?: Acceptable,
): BenignLabel {
  return {
    stream: 'benign',
    incident_id: `${variation}/${timeText(from).slice(0, 13)}`,
    verdict: 'quiet',
    variation,
    agents: [...agents].sort(),
    from: timeText(from),
    to: timeText(to),
    ...(acceptable === undefined
      ? {}
      : { acceptable_kinds: acceptable.kinds, acceptable_alerts: acceptable.alerts }),
  };
}
