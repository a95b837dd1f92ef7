/**
 * What peers say of something that is new to an agent. Common to them, it is no surprise; unknown to all, it
 * is one also of an agent that is too young to be judged by its own history.
 *
 * The chance that one more agent brings something that none of n others has is estimated by how many of them
 * have something of their own (Good, Turing 1953: values met once, over agents). Limit: what all peers were
 * taught is common. So peers never silence what can't be undone: that is told, as less grave.
 */
import type { BaselineSnapshot } from '@waywarden/schemas';
import { PEERS_MIN } from './peer-limits.ts';
import type { Peers } from './peer-snapshots.ts';

/** It is common when so great a share of at least so many agents has it. */
const COMMON_SHARE = 0.5;
const COMMON_AGENTS_MIN = 3;
/** Agents before what all of them lack is odd of a further one, and how often one may bring something new. */
const UNKNOWN_AGENTS_MIN = 10;
const ALONE_SHARE_MAX = 0.02;

export interface PeerValue {
  /** How many of how many agents have it. */
  readonly have: number;
  readonly agents: number;
  readonly isCommon: boolean;
  /** None has it, and none has anything of its own. */
  readonly isUnheardOf: boolean;
}

/** Whether a group says anything of a feature; of a young agent it has to say it alone, so more is asked. */
export function knowsEnough(
  { values }: BaselineSnapshot,
  feature: string,
  isYoung: boolean,
): boolean {
  const agents = Object.hasOwn(values, feature) ? (values[feature]?.agents ?? 0) : 0;
  return agents >= (isYoung ? UNKNOWN_AGENTS_MIN : PEERS_MIN);
}

export function askPeers(
  { snapshot }: Peers,
  feature: string,
  print: string,
): PeerValue | undefined {
  const values = Object.hasOwn(snapshot.values, feature) ? snapshot.values[feature] : undefined;
  if (values === undefined) return undefined;
  const { agents, alone, known } = values;
  const have = Object.hasOwn(known, print) ? (known[print] ?? 0) : 0;
  return {
    have,
    agents,
    isCommon: have >= COMMON_AGENTS_MIN && have >= agents * COMMON_SHARE,
    isUnheardOf: have === 0 && agents >= UNKNOWN_AGENTS_MIN && alone <= agents * ALONE_SHARE_MAX,
  };
}
