/** Tokens of agents: how long each class's live (governance), and how they are told. */
import { HOUR, MINUTE, timeText } from './calendar.ts';
import type { Agent } from './fleet.ts';
import type { SimulatedEvent } from './simulated-event.ts';

export const LIFE: Readonly<Record<Agent['class'], number>> = {
  scheduled_job: 2 * HOUR,
  human_triggered: 8 * HOUR,
  assistive: 30 * MINUTE,
  semi_autonomous: 4 * HOUR,
  autonomous: 15 * MINUTE,
};

export function credentialPart(
  agent: Agent,
  uid: string,
  issued: number,
  parent?: string,
): NonNullable<SimulatedEvent['credential']> {
  return {
    uid,
    type: 'access_token',
    issued_at: timeText(issued),
    expires_at: timeText(issued + LIFE[agent.class]),
    ...(parent === undefined ? {} : { parent_uid: parent }),
  };
}
