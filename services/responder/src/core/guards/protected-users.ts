/** The never-revoked proven to use a credential, however long ago. */
import type { Transaction } from '@waywarden/stage';
import { isReportOnly } from '../model/action-strength.ts';
import type { PlannedAction } from '../model/action-target.ts';
import { namedUsersOf } from '../model/credential-users.ts';
import { credentialAnchor, credentialAnchors } from '../model/holder.ts';
import { holdersAt } from '../model/lineage.ts';
import type { ResponseContext } from '../model/response-context.ts';
import { isNeverRevoked } from './withheld-reasons.ts';

export type Lists = Pick<ResponseContext, 'policy' | 'registry' | 'neverRevoke'>;

function provenUsers(transaction: Transaction, tenantId: string, uid: string): ReadonlySet<string> {
  const anchor = credentialAnchor(tenantId, uid);
  const holders = holdersAt(transaction, anchor).filter((holder) =>
    credentialAnchors(holder).some((one) => one.anchor === anchor && one.isProven),
  );
  const named = namedUsersOf(transaction, tenantId, uid).filter((one) => one.isProven);
  return new Set([...holders, ...named].map(({ agentUid }) => agentUid));
}

/** Empty: none known. */
export function protectedUsers(
  context: Lists & Pick<ResponseContext, 'transaction'>,
  { action, target }: Pick<PlannedAction, 'action' | 'target'>,
): readonly string[] {
  const { level, tenant_id: tenantId, agent_uid: own, credential_uid: uid } = target;
  if (level !== 'credential' || uid === undefined || isReportOnly(action)) return [];
  return [...provenUsers(context.transaction, tenantId, uid)]
    .filter((user) => user !== own && isNeverRevoked(context, user))
    .toSorted();
}

export function neverRevokedOf(
  context: Lists & Pick<ResponseContext, 'transaction'>,
  planned: Pick<PlannedAction, 'action' | 'target'>,
): readonly string[] {
  const { agent_uid: own, parent_agent_uid: parent } = planned.target;
  const named = [own, ...(parent === undefined ? [] : [parent])];
  const listed = named.filter((uid) => isNeverRevoked(context, uid));
  return [...listed, ...protectedUsers(context, planned)];
}
