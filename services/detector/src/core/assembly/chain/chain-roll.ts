/**
 * What a short chain knows of its steps, in one piece: which events they are, which agent did which, and
 * the table of its texts. Most chains stay short, and as entries it would cost three looks and writes a
 * step; a longer chain keeps each in an entry of its own (`chain-store.ts`). Functions of a value: what
 * `get` of a draft returned is never changed.
 */
import { NO_STEPS, type StepTable } from './chain-tables.ts';
import type { ChainTexts } from './text-table.ts';

/** Steps that a chain may have had to be short. */
export const SHORT_CHAIN_STEPS_MAX = 32;

interface AgentTable {
  readonly agent: string;
  readonly table: StepTable;
}

export interface ChainRoll {
  /** By arrival number; empty where the step is gone. */
  readonly events: readonly string[];
  /** Pairs and no object, since whoever sends events chooses the names. */
  readonly agents: readonly AgentTable[];
  readonly texts: ChainTexts | undefined;
}

export const EMPTY_ROLL: ChainRoll = { events: [], agents: [], texts: undefined };
const GONE = '';

export function hasRoom(roll: ChainRoll): boolean {
  return roll.events.length < SHORT_CHAIN_STEPS_MAX;
}

export function numberIn({ events }: ChainRoll, event: string): number | undefined {
  const n = events.indexOf(event);
  return n < 0 ? undefined : n;
}

export function agentIn({ agents }: ChainRoll, uid: string): StepTable {
  for (const { agent, table } of agents) if (agent === uid) return table;
  return NO_STEPS;
}

// Written out and not spread: every step makes three of them.
export function withEvent({ events, agents, texts }: ChainRoll, event: string): ChainRoll {
  return { events: [...events, event], agents, texts };
}

export function withTexts({ events, agents }: ChainRoll, texts: ChainTexts): ChainRoll {
  return { events, agents, texts };
}

export function withoutEvent(roll: ChainRoll, n: number): ChainRoll {
  return { ...roll, events: roll.events.with(n, GONE) };
}

/** Each event that is there, with its step's number. */
export function eventsOf({ events }: ChainRoll): readonly (readonly [string, number])[] {
  return events.flatMap((event, n) => (event === GONE ? [] : [[event, n] as const]));
}

/** With an agent's steps; without any it is not there. */
export function withAgent(roll: ChainRoll, agent: string, table: StepTable): ChainRoll {
  const { events, agents, texts } = roll;
  const one = { agent, table };
  const at = agents.findIndex((other) => other.agent === agent);
  if (table.steps.length === 0) {
    return { events, agents: agents.filter((other) => other.agent !== agent), texts };
  }
  return { events, agents: at < 0 ? [...agents, one] : agents.with(at, one), texts };
}
