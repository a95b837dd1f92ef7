/** What peers say of something new to an agent. Limit: what all were taught is common. */
import type { BaselineSnapshot } from '@waywarden/schemas';
import { PEERS_MIN, USUAL_AGENTS_MIN } from './peer-limits.ts';
import type { Peers } from './peer-snapshots.ts';

/** It is common when so great a share of the agents, and three at least, met it on two days or more. */
const COMMON_SHARE = 0.5;
const UNKNOWN_AGENTS_MIN = 10;
export const UNHEARD_CHANCE = 0.02;

export interface PeerValue {
  readonly have: number;
  readonly agents: number;
  /** The chance that one more agent brings something new. */
  readonly newChance: number;
  readonly isCommon: boolean;
  readonly isLacking: boolean;
  readonly isUnheardOf: boolean;
}

/** More is asked of a group that decides alone. */
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
    newChance: Math.min(1, (alone + 1) / (agents + 1)),
    isCommon: often >= USUAL_AGENTS_MIN && often >= agents * COMMON_SHARE,
    isLacking,
    isUnheardOf: isLacking && alone <= agents * UNHEARD_CHANCE,
  };
}
