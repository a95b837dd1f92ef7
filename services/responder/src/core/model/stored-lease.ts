/** Leases of forgotten holders: task after task renews none. Bounded per agent. */
import type { Transaction } from '@waywarden/stage';
import { type Holder, isProven } from './holder.ts';

const STORED_OF_AGENT_MAX = 4096;
const STORED_MAX = 50_000;

const ALL = 'lease|kept';
const storedKey = (key: string) => `${ALL}|${key}`;
const ofAgentKey = ({ tenantId, agentUid }: Holder) =>
  `${ALL}-of|${JSON.stringify([tenantId, agentUid])}`;

function count(transaction: Transaction, key: string, change: 1 | -1): void {
  const left = (transaction.get<number>(key) ?? 0) + change;
  if (left > 0) transaction.put(key, left);
  else transaction.delete(key);
}

function leaseOf({ slot: _, requestedBy: __, ...holder }: Holder): Holder {
  return { ...holder, credentials: [], edges: [], handOvers: [], approvedBy: [] };
}

export function storedLease(transaction: Transaction, key: string): Holder | undefined {
  return transaction.get<Holder>(storedKey(key));
}

export function putStoredLease(transaction: Transaction, lease: Holder): void {
  transaction.put(storedKey(lease.key), lease);
}

export function keepLease(transaction: Transaction, holder: Holder): void {
  if (!isProven(holder.assurance) || holder.leaseMs === undefined) return;
  if (holder.endedMs !== undefined) return;
  const [all, own] = [
    transaction.get<number>(ALL) ?? 0,
    transaction.get<number>(ofAgentKey(holder)) ?? 0,
  ];
  if (all >= STORED_MAX || own >= STORED_OF_AGENT_MAX) return;
  putStoredLease(transaction, leaseOf(holder));
  for (const key of [ALL, ofAgentKey(holder)]) count(transaction, key, 1);
}

export function takeStoredLease(transaction: Transaction, key: string): Holder | undefined {
  const lease = storedLease(transaction, key);
  if (lease === undefined) return undefined;
  transaction.delete(storedKey(key));
  for (const counted of [ALL, ofAgentKey(lease)]) count(transaction, counted, -1);
  return lease;
}
