/** What a fact adds to a holder. An edge rests on the delegate's own proof: nobody draws others in. */
import { type Assurance, assuranceAtLeast, epochMs, type LineageFact } from '@waywarden/schemas';
import {
  credentialAnchor,
  credentialAssurance,
  delegationAnchor,
  type Edge,
  type Holder,
  type HolderCredential,
  isProven,
  LINEAGE_REPORTED_EVERY_MS,
  taskAnchor,
} from './holder.ts';

/** After more silence it is the next run. */
const NEXT_RUN_AFTER_MS = 2 * LINEAGE_REPORTED_EVERY_MS;
const CREDENTIALS_MAX = 16;
const HAND_OVERS_MAX = 64;
const APPROVERS_MAX = 8;
export const EDGES_MAX = 32;

function edgesOf(fact: LineageFact): readonly Edge[] {
  const { tenant_id: tenantId, task_id: taskId, assurance, acts_for: above = [] } = fact;
  const parent = fact.parent_credential_uid;
  const ofCredential: readonly Edge[] =
    parent === undefined || parent === fact.credential_uid
      ? []
      : [
          {
            anchor: credentialAnchor(tenantId, parent),
            via: 'credential',
            direct: true,
            assurance,
          },
        ];
  const ofDelegation = above.flatMap(({ agent_uid: agentUid, ref }, at): Edge[] => {
    const direct = at === above.length - 1;
    const rest = { agentUid, via: 'delegation', direct, assurance } as const;
    const byRef =
      ref === undefined ? [] : [{ anchor: delegationAnchor(tenantId, agentUid, ref), ...rest }];
    const byTask =
      taskId === undefined ? [] : [{ anchor: taskAnchor(tenantId, agentUid, taskId), ...rest }];
    return [...byRef, ...byTask];
  });
  return [...ofCredential, ...ofDelegation];
}

function stronger(a: Assurance, b: Assurance): Assurance {
  return assuranceAtLeast(a, b) ? a : b;
}

/** The asserted have the room that the proven leave. */
function latest<T>(all: readonly T[], most: number, isSure: (one: T) => boolean): readonly T[] {
  const sure = all.filter(isSure).slice(-most);
  const room = most - sure.length;
  const rest = room === 0 ? [] : all.filter((one) => !isSure(one)).slice(-room);
  const retained = new Set([...sure, ...rest]);
  return all.filter((one) => retained.has(one));
}

function mergeEdges(known: readonly Edge[], reported: readonly Edge[]): readonly Edge[] {
  const all = new Map(known.map((edge) => [edge.anchor, edge]));
  for (const edge of reported) {
    const before = all.get(edge.anchor);
    all.set(edge.anchor, {
      ...edge,
      direct: edge.direct || before?.direct === true,
      assurance: before ? stronger(before.assurance, edge.assurance) : edge.assurance,
    });
  }
  return latest([...all.values()], EDGES_MAX, (edge) => isProven(edge.assurance));
}

function mergeCredentials(
  known: Holder | undefined,
  fact: LineageFact,
): readonly HolderCredential[] {
  const { credential_uid: uid, parent_credential_uid: parent } = fact;
  const before = known?.credentials ?? [];
  if (uid === undefined) return before;
  const credential = { uid, ...(parent === undefined ? {} : { parent }) };
  const others = before.filter((one) => one.uid !== uid);
  const isSure = (one: HolderCredential) =>
    known === undefined || isProven(credentialAssurance(known, one));
  return latest(
    [...others, credential],
    CREDENTIALS_MAX,
    (one) => one === credential || isSure(one),
  );
}

function mergeHandOvers(known: Holder['handOvers'], fact: LineageFact): Holder['handOvers'] {
  const { delegated_as: ref, credential_uid: credential } = fact;
  if (ref === undefined || known.some((one) => one.ref === ref)) return known;
  const made = { ref, ...(credential === undefined ? {} : { credential }) };
  return [...known, made].slice(-HAND_OVERS_MAX);
}

function provenAnew(known: Holder, atMs: number): Holder {
  const { key, tenantId, agentUid, taskId, assurance, edges, slot } = known;
  return {
    ...{ key, tenantId, agentUid, edges },
    ...(taskId === undefined ? {} : { taskId }),
    assurance,
    credentials: known.credentials.map((one) => ({ ...one, assurance })),
    handOvers: known.handOvers.map(({ ref }) => ({ ref })),
    approvedBy: [],
    ...{ sinceMs: atMs, lastMs: atMs },
    ...(slot === undefined ? {} : { slot }),
  };
}

function nextRun(known: Holder, endedMs: number, atMs: number): Holder {
  const { endedMs: _, leaseMs: __, deadlineMs: ___, ...rest } = known;
  const restMs = Math.min(known.restMs ?? Number.POSITIVE_INFINITY, atMs - endedMs);
  return { ...rest, restMs, sinceMs: atMs };
}

function before(known: Holder | undefined, fact: LineageFact): Holder | undefined {
  const atMs = epochMs(fact.event_time);
  if (known === undefined) return undefined;
  if (!isProven(known.assurance) && isProven(fact.assurance)) return provenAnew(known, atMs);
  const { endedMs, lastMs } = known;
  if (endedMs === undefined || atMs - Math.max(endedMs, lastMs) < NEXT_RUN_AFTER_MS) return known;
  return nextRun(known, endedMs, atMs);
}

export function mergeHolder(reported: Holder | undefined, key: string, fact: LineageFact): Holder {
  if (reported !== undefined && isProven(reported.assurance) && !isProven(fact.assurance)) {
    return { ...reported, edges: mergeEdges(reported.edges, edgesOf(fact)) };
  }
  const known = before(reported, fact);
  const atMs = epochMs(fact.event_time);
  const approved = fact.approved_by;
  const others = (known?.approvedBy ?? []).filter((by) => by !== approved);
  const deadline = fact.deadline === undefined ? undefined : epochMs(fact.deadline);
  return {
    ...known,
    key,
    tenantId: fact.tenant_id,
    agentUid: fact.agent_uid,
    ...(fact.task_id === undefined ? {} : { taskId: fact.task_id }),
    // The first stands: nobody extends its own lease.
    ...(fact.workflow === undefined || known?.workflow !== undefined
      ? {}
      : { workflow: fact.workflow }),
    ...(deadline === undefined || known?.deadlineMs !== undefined ? {} : { deadlineMs: deadline }),
    assurance: known ? stronger(known.assurance, fact.assurance) : fact.assurance,
    credentials: mergeCredentials(known, fact),
    edges: mergeEdges(known?.edges ?? [], edgesOf(fact)),
    handOvers: mergeHandOvers(known?.handOvers ?? [], fact),
    ...(fact.requested_by === undefined ? {} : { requestedBy: fact.requested_by }),
    approvedBy: (approved === undefined ? others : [...others, approved]).slice(-APPROVERS_MAX),
    sinceMs: Math.min(known?.sinceMs ?? atMs, atMs),
    lastMs: Math.max(known?.lastMs ?? atMs, atMs),
  };
}
