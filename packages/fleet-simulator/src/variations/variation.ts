/** A change of circumstances that is nobody's attack, with the label that says so. */
import { DAY, HOUR, timeText } from '../calendar.ts';
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
  readonly untold?: { readonly day: number; readonly gateway: string };
  /** Days on which its declaration would cover an undeclared change, too. */
  readonly covered?: readonly number[];
  readonly label: BenignLabel;
}

export type Tell = (scene: Scene) => Variation;

/** A variation begins in this part of the time, so that there is a life before and after it. */
const TOLD = { from: 0.25, to: 0.85 } as const;

/** Some day's hour of `hours`, anywhere in that part of the time. */
export function someMoment(
  { calendar, random }: Scene,
  ...hours: readonly [number, number]
): number {
  const { first, days } = calendar;
  const day = first + Math.floor(days * (TOLD.from + random.next() * (TOLD.to - TOLD.from)));
  return day * DAY + random.int(hours[0] * 4, hours[1] * 4) * (HOUR / 4);
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
