/**
 * Whether a credential is a task's own: what its agent shows then tells which task it works on, also where
 * it leaves the task out.
 *
 * It is where nobody was seen with it before the order but this agent in this task. A key that an agent
 * shows in all that it does tells nothing: an order that reached one task says nothing of the others.
 * Decided once, at the order: what the agent shows afterwards is what is judged, and must not excuse it.
 */
import type { RevocationCommand } from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';
import type { Cause } from './command-record.ts';
import { credentialAnchor, holderKey } from './holder.ts';
import { holdersAt } from './lineage.ts';
import type { Subject } from './watched-subject.ts';

interface Order {
  readonly command: Pick<RevocationCommand, 'tenant_id'>;
  readonly cause: Cause | null;
}

/** The subject, with the credential that its alert names where that is its task's own. */
export function withOwnCredential(
  draft: Draft,
  subject: Subject,
  { command: { tenant_id: tenantId }, cause }: Order,
): Subject {
  const { taskId, agentUid } = subject;
  const { credential_uid: uid, task_id: ofAlert } = cause?.subject ?? {};
  if (uid === undefined || taskId === undefined || ofAlert !== taskId) return subject;
  const own = holderKey(tenantId, agentUid, taskId);
  const isAlone = holdersAt(draft, credentialAnchor(tenantId, uid)).every(({ key }) => key === own);
  return isAlone ? { ...subject, taskCredentialUid: uid } : subject;
}
