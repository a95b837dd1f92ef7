/**
 * Leases of tasks whose holder was forgotten for want of room: an agent can't renew a lease by
 * taking on task after task. Bounded per agent.
 */
import type { Draft } from '@waywarden/stage';
import { type Holder, isProven } from './holder.ts';

/** Leases kept of one agent, and of all. */
const KEPT_OF_AGENT_MAX = 4096;
const KEPT_MAX = 50_000;

const ALL = 'lease|kept';
const keptKey = (key: string) => `${ALL}|${key}`;
const ofAgentKey = ({ tenantId, agentUid }: Holder) =>
  `${ALL}-of|${JSON.stringify([tenantId, agentUid])}`;

function count(draft: Draft, key: string, change: 1 | -1): void {
  const left = (draft.get<number>(key) ?? 0) + change;
  if (left > 0) draft.put(key, left);
  else draft.delete(key);
}

/** Only what decides when it is over, and whose it is. */
function leaseOf({ slot: _, requestedBy: __, ...holder }: Holder): Holder {
  return { ...holder, credentials: [], edges: [], handOvers: [], approvedBy: [] };
}

export function keptLease(draft: Draft, key: string): Holder | undefined {
  return draft.get<Holder>(keptKey(key));
}

export function putKeptLease(draft: Draft, lease: Holder): void {
  draft.put(keptKey(lease.key), lease);
}

/** The holder is forgotten; its lease, where it has one that is open, is not. */
export function keepLease(draft: Draft, holder: Holder): void {
  if (!isProven(holder.assurance) || holder.leaseMs === undefined) return;
  if (holder.endedMs !== undefined) return;
  const [all, own] = [draft.get<number>(ALL) ?? 0, draft.get<number>(ofAgentKey(holder)) ?? 0];
  if (all >= KEPT_MAX || own >= KEPT_OF_AGENT_MAX) return;
  putKeptLease(draft, leaseOf(holder));
  for (const key of [ALL, ofAgentKey(holder)]) count(draft, key, 1);
}

/** It is over, or its holder is known again. */
export function takeKeptLease(draft: Draft, key: string): Holder | undefined {
  const lease = keptLease(draft, key);
  if (lease === undefined) return undefined;
  draft.delete(keptKey(key));
  for (const counted of [ALL, ofAgentKey(lease)]) count(draft, counted, -1);
  return lease;
}
