/** Where an incident or a variation plays: the fleet, how long, and its own chance. */
import { DAY, FIRST_DAY, timeText } from './calendar.ts';
import type { Agent, Fleet } from './fleet.ts';
import type { Random } from './random.ts';
import type { SimulatedEvent, TimedEvent } from './simulated-event.ts';

export interface Scene {
  readonly fleet: Fleet;
  readonly days: number;
  readonly random: Random;
}

/** The moment `share` of the simulated time in, at an hour of that day. */
export function momentOf({ days }: Scene, share: number, hour: number): number {
  return (FIRST_DAY + Math.floor(days * share)) * DAY + Math.floor(hour * 60) * 60_000;
}

export const endOf = ({ days }: Scene): number => (FIRST_DAY + days) * DAY;

/** Names of what is told tell nothing: neither whose it is nor what it is part of. */
export const nameOf = (random: Random, kind = 'run'): string =>
  `${kind}-${random.text('0123456789abcdef', 12)}`;

/** An owner's declaration that an agent or a server changes. */
export function declaration(
  uid: string,
  of: string,
  at: number,
  random: Random,
  gateway = 'gateway-1',
): TimedEvent {
  const event: SimulatedEvent = {
    native_id: nameOf(random, 'change'),
    event_time: timeText(at),
    source: { kind: 'simulation', instance: gateway },
    activity: 'config_change',
    phase: 'completed',
    effect: 'configure',
    agent: { uid },
    principal: { uid: 'release-office@acme.example', type: 'human' },
    target: { resource_type: 'release', resource_id: of },
    outcome: 'success',
  };
  return { at, arrives: at + 500, event };
}

export const uidsOf = (agents: readonly Agent[]): ReadonlySet<string> =>
  new Set(agents.map((a) => a.uid));
