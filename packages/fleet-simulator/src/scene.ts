/** Where an incident or a variation plays: the fleet, how long, and its own chance. */
import { type Calendar, DAY, timeText } from './calendar.ts';
import type { Agent, Fleet } from './fleet.ts';
import type { Random } from './random.ts';
import type { Fields, SimulatedEvent, TimedEvent } from './simulated-event.ts';
import { clockOf } from './world.ts';

export interface Scene {
  readonly fleet: Fleet;
  readonly calendar: Calendar;
  readonly random: Random;
}

/** The moment `share` of the simulated time in, at an hour of that day. */
export function momentOf({ calendar }: Scene, share: number, hour: number): number {
  return (
    (calendar.first + Math.floor(calendar.days * share)) * DAY + Math.floor(hour * 60) * 60_000
  );
}

export const endOf = ({ calendar }: Scene): number => (calendar.first + calendar.days) * DAY;

/** Names of what is told tell nothing: neither whose it is nor what it is part of. */
export const nameOf = (random: Random, kind = 'run'): string =>
  `${kind}-${random.text('0123456789abcdef', 12)}`;

interface Declaration {
  readonly uid: string;
  /** What changes: `model/…`, `release/…`, `prompt/…`, `tool/…`. */
  readonly of: string;
  readonly at: number;
  readonly gateway: string;
  /** What of its behaviour will change with it. */
  readonly says?: Fields | undefined;
}

/** An owner's declaration that an agent or a server changes. */
export function declaration(
  { uid, of, at, gateway, says }: Declaration,
  random: Random,
): TimedEvent {
  const event: SimulatedEvent = {
    native_id: nameOf(random, 'change'),
    event_time: timeText(at + clockOf(gateway)),
    source: { kind: 'simulation', instance: gateway },
    activity: 'config_change',
    phase: 'completed',
    effect: 'configure',
    agent: { uid },
    principal: { uid: 'release-office@acme.example', type: 'human' },
    target: { resource_type: 'release', resource_id: of },
    args: says === undefined ? undefined : { value: says },
    outcome: 'success',
  };
  return { at, arrives: at + 500, event };
}

export const uidsOf = (agents: readonly Agent[]): ReadonlySet<string> =>
  new Set(agents.map((a) => a.uid));
