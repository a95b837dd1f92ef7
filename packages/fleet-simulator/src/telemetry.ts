/** What is told beside the agents' calls: heartbeats of gateways and agents, and targets' audits. */
import { DAY, MINUTE, timeText } from './calendar.ts';
import { type Agent, AUDITOR, type Fleet, GATEWAYS } from './fleet.ts';
import type { SimulatedEvent, TimedEvent } from './simulated-event.ts';
import { clockOf, type World } from './world.ts';

/** How what is told of itself goes through a gateway, as calls do. */
function through(
  world: World,
  gateway: string,
  at: number,
  after: number,
  event: SimulatedEvent,
): TimedEvent {
  const { stopped, late, repeats } = world.passage(gateway, at);
  const arrives = at + after + late;
  return { at, arrives, event, lost: stopped, again: repeats ? arrives + 2 * MINUTE : undefined };
}

interface TokenUse {
  readonly token: string;
  readonly at: number;
  readonly native: string;
}

/** Who tells of the targets' records. */
export const AUDITING = 'gateway-1';

/** The target's own record that this agent's token was used there. */
export function auditRecord(
  agent: Agent,
  { token, at, native }: TokenUse,
  world: World,
): TimedEvent {
  const event: SimulatedEvent = {
    native_id: native,
    event_time: timeText(at),
    source: { kind: 'simulation', instance: AUDITING },
    activity: 'resource_read',
    phase: 'completed',
    effect: 'read',
    agent: { uid: AUDITOR },
    credential: { uid: token, type: 'access_token' },
    target: { resource_type: 'access_record', resource_id: `access/${agent.role}` },
    outcome: 'success',
  };
  return through(world, AUDITING, at, 4000, event);
}

interface Beat {
  readonly uid: string;
  readonly gateway: string;
  readonly at: number;
  readonly native: string;
}

function beat({ uid, gateway, at, native }: Beat, world: World): TimedEvent {
  const event: SimulatedEvent = {
    native_id: native,
    event_time: timeText(at + clockOf(gateway)),
    source: { kind: 'simulation', instance: gateway },
    activity: 'heartbeat',
    phase: 'completed',
    effect: 'read',
    agent: { uid },
    outcome: 'success',
  };
  return through(world, gateway, at, 150, event);
}

/** A day's heartbeats. Whoever is silent or not there yet sends none. */
export function* heartbeatsOn(fleet: Fleet, day: number, world: World): Generator<TimedEvent> {
  for (const { uid, instance, heartbeat } of GATEWAYS) {
    for (let at = day * DAY; at < (day + 1) * DAY; at += heartbeat * 1000) {
      const native = `beat-${instance}-${at / 1000}`;
      if (!world.passage(instance, at).stopped)
        yield beat({ uid, gateway: instance, at, native }, world);
    }
  }
  for (const agent of fleet.agents) {
    if (agent.heartbeat === undefined || world.isAbsent(agent.cell, day * DAY)) continue;
    // Not all at once: each on its own second of the period.
    const own = (agent.cell * 7 + agent.role.length * 131) % agent.heartbeat;
    for (let at = day * DAY + own * 1000; at < (day + 1) * DAY; at += agent.heartbeat * 1000) {
      const native = `beat-${agent.role}-${agent.cell}-${at / 1000}`;
      if (world.isSilent(agent, at) || world.passage(agent.gateway, at).stopped) continue;
      yield beat({ uid: agent.uid, gateway: agent.gateway, at, native }, world);
    }
  }
}
