/** What peers say of something new to an agent. Limit: what all were taught is common. */
import {
  type AuditEvent,
  type BaselineSnapshot,
  type RegistryAgent,
  shortPrint,
} from '@waywarden/schemas';
import type { Transaction } from '@waywarden/stage';
import { PEERS_MIN, USUAL_AGENTS_MIN } from './peer-groups.ts';
import { PEER_LEVELS, type Peers, peersOf } from './peer-snapshots.ts';

/** It is common when so great a share of the agents, and three at least, met it on two days or more. */
const COMMON_SHARE = 0.5;
const UNKNOWN_AGENTS_MIN = 10;
const UNHEARD_CHANCE = 0.02;

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

export const PLACE_FEATURES = ['network', 'client'] as const;
type PlaceFeature = (typeof PLACE_FEATURES)[number];

/** As peers are told of it: by its fingerprint, since an address says where somebody is. */
export const placePrint = (name: string): string => shortPrint(name);

/**
 * Whether a place that is strange to an agent is where its own group works. Limit: who takes over most peers' place
 * shows no strange one.
 */
export function isPeersPlace(
  transaction: Transaction,
  event: AuditEvent,
  registered: RegistryAgent | undefined,
  [feature, name]: readonly [feature: PlaceFeature, name: string],
): boolean {
  const peers = peersOf(transaction, event, {
    registered,
    knows: (snapshot) => knowsEnough(snapshot, feature, false),
  });
  if (peers?.level !== PEER_LEVELS.group) return false;
  return askPeers(peers, feature, placePrint(name))?.isCommon === true;
}
