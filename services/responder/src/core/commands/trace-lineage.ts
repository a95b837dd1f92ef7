/** From whom a subject's access comes, up to the root, as record and sentence. */
import { type Alert, type LineageInDecision, TEXT_LENGTH_MAX } from '@waywarden/schemas';
import type { Transaction } from '@waywarden/stage';
import { credentialAnchor, type Edge, type Holder, holderKey } from '../model/holder.ts';
import { holderAt, holdersAt } from '../model/lineage.ts';
import type { TenantRegistry } from '../model/tenant-policy.ts';

const TRACED_MAX = 8;
const NAME_SHOWN_MAX = 60;

type Traced = LineageInDecision['holders'][number];

function short(name: string): string {
  return name.length <= NAME_SHOWN_MAX ? name : `…${name.slice(1 - NAME_SHOWN_MAX)}`;
}

function tracedOf(holder: Holder): Traced {
  const { agentUid, taskId, credentials } = holder;
  const last = credentials.at(-1);
  return {
    agent_uid: agentUid,
    ...(taskId === undefined ? {} : { task_id: taskId }),
    ...(last === undefined ? {} : { credential_uid: last.uid }),
    ...(last?.parent === undefined ? {} : { parent_credential_uid: last.parent }),
  };
}

/** Known holders before named ones. */
export function givenBy(
  transaction: Transaction,
  edges: readonly Edge[],
): Holder | string | undefined {
  const direct = edges.filter((edge) => edge.direct);
  for (const edge of direct) {
    const [giver] = holdersAt(transaction, edge.anchor);
    if (giver !== undefined) return giver;
  }
  return direct.find((edge) => edge.agentUid !== undefined)?.agentUid;
}

/** Undefined: none was shown. */
export function holderOf(
  transaction: Transaction,
  tenantId: string,
  subject: Alert['subject'],
): Holder | undefined {
  const { agent_uid: agentUid, task_id: taskId, credential_uid: credential } = subject;
  const own = holderAt(transaction, holderKey(tenantId, agentUid, taskId));
  if (own !== undefined || credential === undefined) return own;
  const at = holdersAt(transaction, credentialAnchor(tenantId, credential));
  return at.find((one) => one.agentUid === agentUid);
}

function sentenceOf(
  holders: readonly Traced[],
  { workflow, requested_by: asked, approved_by: agreed = [], reviewed_by: reviewed }: Trace,
): string {
  const [own, ...above] = holders;
  if (own === undefined) return '';
  const task = own.task_id === undefined ? '' : ` in task ${short(own.task_id)}`;
  const kind = workflow === undefined ? '' : ` (${short(workflow)})`;
  const parent =
    own.parent_credential_uid === undefined
      ? ''
      : `, with a credential made of ${short(own.parent_credential_uid)}`;
  const chain = above.map(
    ({ agent_uid: uid }, at) => `${at === 0 ? ' for' : ', who acts for'} ${short(uid)}`,
  );
  const ends = [
    asked === undefined
      ? 'no person is known to have asked for it'
      : `${short(asked)} asked for it`,
    agreed.length === 0
      ? 'nobody is known to have approved a call of it'
      : `approved by ${agreed.map(short).join(', ')}`,
    ...(reviewed === undefined ? [] : [`${short(reviewed)} answered for the risk review`]),
  ];
  const who = `${short(own.agent_uid)} acts${task}${kind}${chain.join('')}${parent}`;
  return `${who}; ${ends.join('; ')}.`.slice(0, TEXT_LENGTH_MAX);
}

type Trace = Omit<LineageInDecision, 'holders' | 'words'>;

function peopleOf(path: readonly Holder[], root: string, registry: TenantRegistry | undefined) {
  const asked = path.findLast((one) => one.requestedBy !== undefined)?.requestedBy;
  const agreed = [...new Set(path.flatMap((one) => one.approvedBy))];
  const workflow = path.find((one) => one.workflow !== undefined)?.workflow;
  const reviewed = registry?.reviewedBy?.[root];
  return {
    ...(workflow === undefined ? {} : { workflow }),
    ...(asked === undefined ? {} : { requested_by: asked }),
    ...(agreed.length === 0 ? {} : { approved_by: agreed }),
    ...(reviewed === undefined ? {} : { reviewed_by: reviewed }),
  };
}

export function traceLineage(
  transaction: Transaction,
  registry: TenantRegistry | undefined,
  from: Holder | undefined,
): LineageInDecision | undefined {
  if (from === undefined) return undefined;
  const path: Holder[] = [from];
  const holders: Traced[] = [tracedOf(from)];
  const seen = new Set([from.key]);
  for (let at: Holder | undefined = from; at !== undefined && holders.length < TRACED_MAX; ) {
    const giver: Holder | string | undefined = givenBy(transaction, at.edges);
    if (giver === undefined) break;
    if (typeof giver === 'string') {
      holders.push({ agent_uid: giver });
      break;
    }
    if (seen.has(giver.key)) break;
    seen.add(giver.key);
    path.push(giver);
    holders.push(tracedOf(giver));
    at = giver;
  }
  const trace = peopleOf(path, holders.at(-1)?.agent_uid ?? '', registry);
  return { holders, ...trace, words: sentenceOf(holders, trace) };
}

export function above(transaction: Transaction, from: Holder, most: number): readonly Holder[] {
  const seen = new Map([[from.key, from]]);
  for (const one of seen.values()) {
    for (const { anchor } of one.edges) {
      for (const giver of holdersAt(transaction, anchor)) {
        if (seen.size < most) seen.set(giver.key, giver);
      }
    }
  }
  return [...seen.values()].slice(1);
}
