/** A change of circumstances that is nobody's attack, with the label that says so. */
import { timeText } from '../calendar.ts';
import type { BenignLabel } from '../labels.ts';
import type { Scene } from '../scene.ts';
import type { TimedEvent } from '../simulated-event.ts';
import type { AgentChange, SharedChange, World } from '../world.ts';

export interface Variation {
  readonly agentChanges?: readonly AgentChange[];
  readonly sharedChanges?: readonly SharedChange[];
  /** What is told of it beside the work that shows it. */
  readonly events?: (world: World) => readonly TimedEvent[];
  readonly label: BenignLabel;
}

export type Tell = (scene: Scene) => Variation;

export function labelOf(
  variation: string,
  agents: readonly string[],
  from: number,
  to: number,
  acceptable?: readonly string[],
): BenignLabel {
  return {
    stream: 'benign',
    incident_id: `${variation}/${timeText(from).slice(0, 13)}`,
    verdict: 'quiet',
    variation,
    agents: [...agents].sort(),
    from: timeText(from),
    to: timeText(to),
    ...(acceptable === undefined ? {} : { acceptable_kinds: acceptable }),
  };
}
