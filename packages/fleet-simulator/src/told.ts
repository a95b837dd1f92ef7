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

export function told(
  event: SimulatedEvent,
  at: number,
  agent: Agent,
  plan: CallPlan,
  { random, world, steady = false }: Around,
): TimedEvent[] {
  const way = world.passage(agent.gateway, at);
  const byChance = random.chance(LATE.share) ? random.int(MINUTE, LATE.most) : random.int(20, 900);
  const arrives = at + (plan.late ?? (steady ? 200 : byChance)) + way.late;
  const twice = way.repeats || (!steady && random.chance(TWICE_SHARE));
  const again = plan.again ?? (twice ? random.int(MINUTE, LATE.most) : undefined);
  const timed: TimedEvent = {
    at,
    arrives,
    event,
    ...(again === undefined ? {} : { again: arrives + again }),
    ...(plan.lost === true || way.stopped ? { lost: true } : {}),
  };
  const audited = agent.heartbeat !== undefined && !steady && random.chance(AUDITED_SHARE);
  if (!audited) return [timed];
  const record = auditRecord(agent, event.credential?.uid ?? '', at + 1500, `${event.native_id}-a`);
  return [timed, record];
}
