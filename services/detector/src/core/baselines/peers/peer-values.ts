/** What peers say of something new to an agent. Limit: what all were taught is common. */
import {
  type AuditEvent,
  type BaselineControl,
  type BaselineSnapshot,
  epochMs,
  type RegistryAgent,
  shortPrint,
} from '@waywarden/schemas';
import type { Transaction } from '@waywarden/stage';
import {
  PEERS_MIN,
  peerGroupsOf,
  SNAPSHOT_GROUPS_MAX,
  SNAPSHOTS_STORED_MAX,
  USUAL_AGENTS_MIN,
  WHOLE_TENANT,
} from './peer-groups.ts';

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

/**
 * The snapshots of a partition, and which a call uses: the newest of its group in effect on its day, whatever came
 * in last.
 */
const PEER_LEVELS = { group: 'peer group', tenant: 'tenant' } as const;

export interface Peers {
  readonly level: (typeof PEER_LEVELS)[keyof typeof PEER_LEVELS];
  readonly snapshot: BaselineSnapshot;
}

interface Stored {
  readonly fromMs: number;
  readonly snapshot: BaselineSnapshot;
}

const GROUPS = 'peers';
const keyOf = (tenant: string, group: string) => `peers|${JSON.stringify([tenant, group])}`;

function withRoom(transaction: Transaction, groups: readonly string[]): readonly string[] {
  if (groups.length < SNAPSHOT_GROUPS_MAX) return groups;
  const newest = (key: string) => transaction.get<readonly Stored[]>(key)?.at(-1)?.fromMs ?? 0;
  const oldest = groups.reduce((a, b) => (newest(b) < newest(a) ? b : a));
  transaction.delete(oldest);
  return groups.filter((one) => one !== oldest);
}

/** The first of a version counts. */
export function keepSnapshot(transaction: Transaction, control: BaselineControl): void {
  const { kind: _, seq: __, ...snapshot } = control;
  const key = keyOf(snapshot.tenant_id, snapshot.peer_group);
  const before = transaction.get<readonly Stored[]>(key);
  const last = before?.at(-1)?.snapshot.version;
  if (last !== undefined && snapshot.version <= last) return;
  if (before === undefined) {
    const groups = withRoom(transaction, transaction.get<readonly string[]>(GROUPS) ?? []);
    transaction.put(GROUPS, [...groups, key]);
  }
  const retained = [...(before ?? []), { fromMs: epochMs(snapshot.effective_from), snapshot }];
  transaction.put(key, retained.slice(-SNAPSHOTS_STORED_MAX));
}

let asked:
  | { readonly transaction: Transaction; readonly event: AuditEvent; readonly has: boolean }
  | undefined;

/** Most questions come where nobody has peers. */
function hasGroups(transaction: Transaction, event: AuditEvent): boolean {
  if (asked?.event !== event || asked.transaction !== transaction) {
    asked = { transaction, event, has: transaction.get(GROUPS) !== undefined };
  }
  return asked.has;
}

/** The closest first. `knows`: whether a group knows enough. */
export function peersOf(
  transaction: Transaction,
  event: AuditEvent,
  { registered, knows }: PeerQuestion,
): Peers | undefined {
  if (!hasGroups(transaction, event)) return undefined;
  const ms = epochMs(event.event_time);
  for (const group of peerGroupsOf(event, registered)) {
    const retained = transaction.get<readonly Stored[]>(keyOf(event.tenant_id, group));
    const snapshot = retained?.findLast(({ fromMs }) => fromMs <= ms)?.snapshot;
    if (snapshot === undefined || !knows(snapshot)) continue;
    const level = group === WHOLE_TENANT ? PEER_LEVELS.tenant : PEER_LEVELS.group;
    return { level, snapshot };
  }
  return undefined;
}

interface PeerQuestion {
  readonly registered: RegistryAgent | undefined;
  readonly knows: (snapshot: BaselineSnapshot) => boolean;
}

export function baselineOf({ level, snapshot }: Peers, n: number) {
  return { version: snapshot.version, level, since: snapshot.since, n };
}
