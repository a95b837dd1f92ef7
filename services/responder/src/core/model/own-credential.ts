/** What is known of the alert's credential at the order; later showing excuses nothing. */
import type { RevocationCommand } from '@waywarden/schemas';
import type { Transaction } from '@waywarden/stage';
import { TASK_END_RULE } from './built-in-rules.ts';
import type { Cause } from './command-record.ts';
import { usesOf } from './credential-users.ts';
import {
  credentialAnchor,
  credentialAssurance,
  type Holder,
  holderKey,
  isProven,
} from './holder.ts';
import { holdersAt, holdersOfAgent } from './lineage.ts';
import type { Subject } from './watched-subject.ts';

const OTHER_TASKS_MAX = 64;

interface Order {
  readonly command: Pick<RevocationCommand, 'tenant_id'>;
  readonly ruleId: string;
  readonly cause: Cause | null;
}

function otherTasks(elsewhere: readonly Holder[]): Pick<Subject, 'otherTasks'> {
  const named = elsewhere.filter((one) => isProven(one.assurance) && one.taskId !== undefined);
  const last = named.toSorted((a, b) => a.lastMs - b.lastMs).slice(-OTHER_TASKS_MAX);
  return { otherTasks: last.flatMap(({ taskId }) => taskId ?? []) };
}

interface Shown {
  readonly tenantId: string;
  readonly agentUid: string;
  readonly uid: string;
  readonly own: string;
  readonly elsewhere: readonly Holder[];
}

function isProvenWith(holder: Holder, uid: string): boolean {
  return holder.credentials.some(
    (credential) => credential.uid === uid && isProven(credentialAssurance(holder, credential)),
  );
}

function ofCredential(transaction: Transaction, shown: Shown): Partial<Subject> {
  const { tenantId, agentUid, uid, own, elsewhere } = shown;
  const shownBy = holdersAt(transaction, credentialAnchor(tenantId, uid));
  const others = shownBy.filter((one) => one.key !== own && isProvenWith(one, uid));
  if (others.some((one) => one.agentUid === agentUid)) return {};
  const isForgotten = usesOf(transaction, tenantId, uid).some(
    (use) => use.isProven && (use.agentUid !== agentUid || use.forgottenMs !== undefined),
  );
  const isOwn = shownBy.some(({ key }) => key === own);
  if (!isOwn || others.length > 0 || isForgotten) return { unknownCredentialUid: uid };
  const hasOthers = elsewhere.some((one) =>
    one.credentials.some((credential) => isProven(credentialAssurance(one, credential))),
  );
  return { taskCredentialUid: uid, ...(hasOthers ? {} : { isOnlyCredential: true }) };
}

export function withOwnCredential(
  transaction: Transaction,
  subject: Subject,
  { command: { tenant_id: tenantId }, ruleId, cause }: Order,
): Subject {
  const { taskId, agentUid } = subject;
  if (taskId === undefined || cause === null || ruleId === TASK_END_RULE) return subject;
  const own = holderKey(tenantId, agentUid, taskId);
  const elsewhere = holdersOfAgent(transaction, tenantId, agentUid).filter(
    ({ key }) => key !== own,
  );
  const known = { ...subject, ...otherTasks(elsewhere) };
  const { credential_uid: uid, task_id: ofAlert } = cause.subject;
  if (uid === undefined || ofAlert !== taskId) return known;
  return {
    ...known,
    shownCredentialUid: uid,
    ...ofCredential(transaction, { tenantId, agentUid, uid, own, elsewhere }),
  };
}
