/**
 * The snapshots of a partition, and which a call uses: the newest of its group in effect on its day, whatever came
 * in last.
 */
import {
  type AuditEvent,
  type BaselineControl,
  type BaselineSnapshot,
  epochMs,
  type RegistryAgent,
} from '@waywarden/schemas';
import type { Transaction } from '@waywarden/stage';
import {
  peerGroupsOf,
  SNAPSHOT_GROUPS_MAX,
  SNAPSHOTS_STORED_MAX,
  WHOLE_TENANT,
} from './peer-groups.ts';

export const PEER_LEVELS = { group: 'peer group', tenant: 'tenant' } as const;

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
