/**
 * Who else would lose access by an order on a credential: agents that were seen to use the same one and
 * did not get it from the subject. The alert's cut names others too, but only an alert of several agents
 * has one, and a key that three jobs share is shared whoever is hijacked.
 *
 * Asserted users count as well: to withhold asks two people, while to revoke stops somebody's work.
 * Rejected: counting only tasks under way, since a job of the night holds its key by day as well.
 */
import type { Target } from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';
import { isMild } from './action-strength.ts';
import type { PlannedAction } from './action-target.ts';
import { derivedHolders, subjectHolders } from './derived-holders.ts';

/** Who was not seen with the credential for longer has another by now; a weekly job is still one. */
const USED_WITHIN_MS = 8 * 86_400_000;
/** Looked at of those to whom the subject handed on; whoever stands beyond counts as another. */
const HANDED_ON_MAX = 256;

function handedOn(draft: Draft, { tenant_id, agent_uid }: Target): ReadonlySet<string> {
  const keys = new Set<string>();
  const subject = { level: 'agent', tenant_id, agent_uid };
  for (const { holder, credentialUid } of derivedHolders(draft, subject, () => true)) {
    if (credentialUid === undefined) keys.add(holder.key);
    if (keys.size >= HANDED_ON_MAX) break;
  }
  return keys;
}

/** Whether the action would take a credential that others use. */
export function hitsOthers(
  draft: Draft,
  { action, target, problems }: PlannedAction,
  nowMs: number,
): boolean {
  if (target.level !== 'credential' || problems.length > 0 || isMild(action)) return false;
  const others = subjectHolders(draft, target).filter(
    ({ agentUid, lastMs }) => agentUid !== target.agent_uid && nowMs - lastMs < USED_WITHIN_MS,
  );
  if (others.length === 0) return false;
  const own = handedOn(draft, target);
  return others.some(({ key }) => !own.has(key));
}
