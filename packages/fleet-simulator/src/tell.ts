/** How a call reaches its reader: most are told at once, few late or twice, some never. */

import { MINUTE } from './calendar.ts';
import type { CallPlan } from './call-plan.ts';
import type { Agent } from './fleet.ts';
import type { Random } from './random.ts';
import type { SimulatedEvent, TimedEvent } from './simulated-event.ts';
import { auditRecord } from './telemetry.ts';
import type { World } from './world.ts';

const LATE = { share: 0.01, most: 20 * MINUTE } as const;
const TWICE_SHARE = 0.003;
/** Some uses of a watched agent's token stand in the target's own audit too. */
const AUDITED_SHARE = 0.1;

interface Around {
  readonly random: Random;
  readonly world: World;
  /** Nothing comes late or twice by chance. */
  readonly steady?: boolean;
}

interface Happened {
  readonly event: SimulatedEvent;
  readonly at: number;
  readonly agent: Agent;
  readonly lost: boolean;
}

/** Adds to `events` what will be told of a call, and when. */
export function announce(
  events: TimedEvent[],
  { event, at, agent, lost }: Happened,
  plan: CallPlan,
  { random, world, steady = false }: Around,
): void {
  const way = world.passage(agent.gateway, at);
  const byChance = random.chance(LATE.share) ? random.int(MINUTE, LATE.most) : random.int(20, 900);
  const arrives = at + (plan.late ?? (steady ? 200 : byChance)) + way.late;
  const twice = way.repeats || (!steady && random.chance(TWICE_SHARE));
  const again = plan.again ?? (twice ? random.int(MINUTE, LATE.most) : undefined);
  events.push({
    at,
    arrives,
    event,
    again: again === undefined ? undefined : arrives + again,
    lost: lost || way.stopped,
  });
  if (agent.heartbeat === undefined || steady || !random.chance(AUDITED_SHARE)) return;
  const native = `${event.native_id}-a`;
  const token = event.credential?.uid ?? '';
  events.push(auditRecord(agent, { token, at: at + 1500, native }, world));
}
