// Which credential an agent holds at a moment: of its task, rotating, of a person's session, static.
import { DAY, HOUR, iso, START } from './clock.ts';
import { hashHex, hashUnit } from './rng.ts';
import type { Agent, InputEvent, Person } from './types.ts';

export type Credential = NonNullable<InputEvent['credential']>;

function token(agent: Agent, key: string, issued: number, life: number): Credential {
  return {
    uid: `jti-${hashHex(`${agent.uid}/${key}`)}`,
    type: 'access_token',
    issued_at: iso(issued),
    expires_at: iso(issued + life),
    ...(agent.mute ? {} : { parent_uid: `client-${hashHex(agent.uid).slice(0, 10)}` }),
  };
}

export function credentialOf(
  agent: Agent,
  t: number,
  task: { id: string; t: number },
  person: Person | undefined,
): Credential {
  if (agent.credential === 'static') {
    const age = (20 + hashUnit(agent.uid) * 500) * DAY;
    const key: Credential = { uid: `key-${hashHex(agent.uid)}`, type: 'api_key' };
    return agent.mute ? key : { ...key, issued_at: iso(START - age) };
  }
  if (agent.credential === 'rotating') {
    // Refreshed a little before its end, at a phase of the agent's own.
    const step = Math.round(agent.life * 0.9);
    const phase = Math.floor(hashUnit(`${agent.uid}/phase`) * step);
    const n = Math.floor((t - phase) / step);
    return token(agent, `r${n}`, n * step + phase, agent.life);
  }
  if (agent.credential === 'session') {
    const who = person?.uid ?? 'nobody';
    const n = Math.floor(t / (7.5 * HOUR));
    return token(agent, `${who}/${n}`, n * 7.5 * HOUR, 8 * HOUR);
  }
  const step = agent.life - 5000;
  const n = Math.floor((t - task.t) / step);
  const own = token(agent, `${task.id}/${n}`, task.t + n * step - 1500, agent.life);
  return { ...own, task_id: task.id };
}
