/**
 * What peers say of something that is new to an agent. Common to them, it is no surprise; unknown to all, it is one
 * also of an agent that is too young to be judged by its own history.
 * Limit: what all peers were taught is common.
 */
import type { BaselineSnapshot } from '@waywarden/schemas';
import { PEERS_MIN, USUAL_AGENTS_MIN } from './peer-limits.ts';
import type { Peers } from './peer-snapshots.ts';

/** It is common when so great a share of the agents, and three at least, met it on two days or more. */
const COMMON_SHARE = 0.5;
/** Agents before what all of them lack is odd of a further one, and how often one may bring something new. */
const UNKNOWN_AGENTS_MIN = 10;
export const UNHEARD_CHANCE = 0.02;

export interface PeerValue {
  /** How many of how many agents have it. */
  readonly have: number;
  readonly agents: number;
  /** The chance that one more agent brings something new. */
  readonly newChance: number;
  readonly isCommon: boolean;
  /** None of many has it. */
  readonly isLacking: boolean;
  /** None has it, and none has anything of its own. */
  readonly isUnheardOf: boolean;
}

/** Whether a group says anything of a feature; of a young agent it has to say it alone, so more is asked. */
export function knowsEnough(
  { values }: BaselineSnapshot,
  feature: string,
  isColdStart: boolean,
): boolean {
  const agents = Object.hasOwn(values, feature) ? (values[feature]?.agents ?? 0) : 0;
  return agents >= (isColdStart ? UNKNOWN_AGENTS_MIN : PEERS_MIN);
}

export function askPeers(
  { snapshot }: Peers,
  feature: string,
  print: string,
): PeerValue | undefined {
  const values = Object.hasOwn(snapshot.values, feature) ? snapshot.values[feature] : undefined;
  if (values === undefined) return undefined;
  const { agents, alone, known, usual = {} } = values;
  const have = Object.hasOwn(known, print) ? (known[print] ?? 0) : 0;
  const often = Object.hasOwn(usual, print) ? (usual[print] ?? 0) : 0;
  const isLacking = have === 0 && agents >= UNKNOWN_AGENTS_MIN;
  return {
    have,
    agents,
    // It might be any of them: with itself among those that do, it holds for any number.
    newChance: Math.min(1, (alone + 1) / (agents + 1)),
    isCommon: often >= USUAL_AGENTS_MIN && often >= agents * COMMON_SHARE,
    isLacking,
    isUnheardOf: isLacking && alone <= agents * UNHEARD_CHANCE,
  };
}
