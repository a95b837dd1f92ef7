/** Who else would lose access by an order on a credential. Asserted and forgotten users count, apart. */
import type { Target } from '@waywarden/schemas';
import type { Transaction } from '@waywarden/stage';
import { isMild } from '../model/action-strength.ts';
import type { PlannedAction } from '../model/action-target.ts';
import { type UseSeen, usesOf } from '../model/credential-users.ts';
import { credentialAnchor, credentialAnchors, type Holder } from '../model/holder.ts';
import { holdersAt } from '../model/lineage.ts';
import { provenBelow } from './derived-holders.ts';

/** A weekly job is still a user. */
const USED_WITHIN_MS = 8 * 86_400_000;
const HANDED_ON_MAX = 256;

export type Others = 'proven' | 'asserted';

function handedOn(transaction: Transaction, { tenant_id, agent_uid }: Target): ReadonlySet<string> {
  const subject = { level: 'agent', tenant_id, agent_uid };
  const all = provenBelow(transaction, subject, HANDED_ON_MAX);
  return new Set(
    all.flatMap(({ holder, credentialUid }) => (credentialUid === undefined ? [holder.key] : [])),
  );
}

export const worst = (proven: readonly boolean[]): Others | undefined => {
  if (proven.length === 0) return undefined;
  return proven.includes(true) ? 'proven' : 'asserted';
};

export function unknownUses(
  transaction: Transaction,
  tenantId: string,
  uid: string,
  nowMs: number,
): readonly UseSeen[] {
  const known = new Set(
    holdersAt(transaction, credentialAnchor(tenantId, uid)).map(({ agentUid }) => agentUid),
  );
  const isRecent = (ms: number | undefined) => ms !== undefined && nowMs - ms < USED_WITHIN_MS;
  return usesOf(transaction, tenantId, uid).filter(
    ({ agentUid, lastMs, forgottenMs }) =>
      isRecent(lastMs) && (agentUid === undefined || isRecent(forgottenMs) || !known.has(agentUid)),
  );
}

export interface OtherUser {
  /** Absent: somebody. */
  readonly agentUid?: string | undefined;
  readonly isProven: boolean;
}

export function otherUsers(
  transaction: Transaction,
  { action, target, problems }: PlannedAction,
  nowMs: number,
): readonly OtherUser[] {
  const { level, tenant_id: tenantId, agent_uid: own, credential_uid: uid } = target;
  if (level !== 'credential' || problems.length > 0 || isMild(action)) return [];
  if (uid === undefined) return [];
  const anchor = credentialAnchor(tenantId, uid);
  const others = holdersAt(transaction, anchor).filter(
    ({ agentUid, lastMs }) => agentUid !== own && nowMs - lastMs < USED_WITHIN_MS,
  );
  const given = others.length === 0 ? new Set<string>() : handedOn(transaction, target);
  const isSure = (holder: Holder) =>
    credentialAnchors(holder).some((one) => one.anchor === anchor && one.isProven);
  const unknown = unknownUses(transaction, tenantId, uid, nowMs);
  return [
    ...others
      .filter(({ key }) => !given.has(key))
      .map((holder) => ({ agentUid: holder.agentUid, isProven: isSure(holder) })),
    ...unknown.filter(({ agentUid }) => agentUid !== own),
  ];
}

/** Undefined: nobody. */
export function othersHit(
  transaction: Transaction,
  planned: PlannedAction,
  nowMs: number,
): Others | undefined {
  return worst(otherUsers(transaction, planned, nowMs).map(({ isProven }) => isProven));
}

export function hitsOthers(
  transaction: Transaction,
  planned: PlannedAction,
  nowMs: number,
): boolean {
  return othersHit(transaction, planned, nowMs) !== undefined;
}
