/** Whom an order reaches: delegates, and theirs, nearest first. */
import type { Assurance, Target } from '@waywarden/schemas';
import type { Transaction } from '@waywarden/stage';
import {
  type Anchor,
  anchorsOf,
  credentialAnchor,
  credentialAssurance,
  delegationAnchor,
  type Edge,
  type Holder,
  holderKey,
  isProven,
  taskAnchor,
} from '../model/holder.ts';
import { holderAt, holdersAt, holdersBelow, holdersOfAgent } from '../model/lineage.ts';
import { EDGES_MAX } from '../model/merge-holder.ts';

const DEPTH_MAX = 16;

export interface Derived {
  readonly holder: Holder;
  /** Absent: all that it holds in the task. */
  readonly credentialUid?: string;
  readonly assurance: Assurance;
  readonly via: Edge['via'];
  readonly through: string;
  readonly fromAgent: string;
}

export const ROOT = 'root';

export function derivedName({ holder, credentialUid }: Pick<Derived, 'holder' | 'credentialUid'>) {
  return credentialUid === undefined ? holder.key : `${holder.key}|${credentialUid}`;
}

interface Source {
  /** On an assertion, however proven itself. */
  readonly anchors: readonly Anchor[];
  readonly agentUid: string;
  readonly name: string;
}

const sure = (anchor: string): Anchor => ({ anchor, isProven: true });

function sourceOfHolder(holder: Holder, name: string): Source {
  return { anchors: anchorsOf(holder), agentUid: holder.agentUid, name };
}

function sourceOfCredential(holder: Holder, uid: string, name: string): Source {
  const { tenantId, agentUid, assurance } = holder;
  const handed = holder.handOvers.filter((one) => one.credential === uid);
  const anchors = [
    sure(credentialAnchor(tenantId, uid)),
    ...handed.map(({ ref }) => ({
      anchor: delegationAnchor(tenantId, agentUid, ref),
      isProven: isProven(assurance),
    })),
  ];
  return { anchors, agentUid, name };
}

export function subjectHolders(transaction: Transaction, target: Target): readonly Holder[] {
  const { level, tenant_id: tenantId, agent_uid: agentUid } = target;
  if (level === 'agent') return holdersOfAgent(transaction, tenantId, agentUid);
  if (level === 'task') {
    const own = holderAt(transaction, holderKey(tenantId, agentUid, target.task_id));
    return own === undefined ? [] : [own];
  }
  if (level === 'credential' && target.credential_uid !== undefined) {
    return holdersAt(transaction, credentialAnchor(tenantId, target.credential_uid));
  }
  const { parent_agent_uid: parent, delegation_ref: ref } = target;
  if (level !== 'delegation' || parent === undefined || ref === undefined) return [];
  return holdersBelow(transaction, delegationAnchor(tenantId, parent, ref));
}

function sourcesOf(transaction: Transaction, target: Target): readonly Source[] {
  const { level, tenant_id: tenantId, agent_uid: agentUid, credential_uid: uid } = target;
  const holders = subjectHolders(transaction, target);
  if (level === 'credential' && uid !== undefined) {
    const own = holders.map((one) => sourceOfCredential(one, uid, ROOT));
    // Also where nobody used it.
    return [...own, { anchors: [sure(credentialAnchor(tenantId, uid))], agentUid, name: ROOT }];
  }
  if (level === 'task' && holders.length === 0) {
    const anchors = [sure(taskAnchor(tenantId, agentUid, target.task_id))];
    return [{ anchors, agentUid, name: ROOT }];
  }
  return holders.map((one) => sourceOfHolder(one, ROOT));
}

const ASSERTED: Assurance = 'asserted';

function derivedAt(holder: Holder, at: Anchor, from: Source): readonly Derived[] {
  const edge = holder.edges.find((one) => one.anchor === at.anchor);
  if (edge === undefined) return [];
  const { via } = edge;
  const assurance = at.isProven ? edge.assurance : ASSERTED;
  const rest = { holder, assurance, via, through: from.name, fromAgent: from.agentUid };
  if (via === 'delegation') return [rest];
  const made = holder.credentials.filter(
    ({ parent }) => parent !== undefined && credentialAnchor(holder.tenantId, parent) === at.anchor,
  );
  return made.map((credential) => ({
    ...rest,
    credentialUid: credential.uid,
    assurance: isProven(credentialAssurance(holder, credential)) ? assurance : ASSERTED,
  }));
}

/** Whole holders first, then those with the fewest above. */
function rank({ holder, credentialUid }: Derived): number {
  return (credentialUid === undefined ? 0 : EDGES_MAX) + holder.edges.length;
}

interface Waiting {
  readonly one: Derived;
  readonly depth: number;
}

function below(
  transaction: Transaction,
  sources: readonly Source[],
  depth: number,
): readonly Waiting[] {
  return sources
    .flatMap((from) =>
      from.anchors.flatMap((at) =>
        holdersBelow(transaction, at.anchor).flatMap((holder) => derivedAt(holder, at, from)),
      ),
    )
    .toSorted((a, b) => rank(a) - rank(b))
    .map((one) => ({ one, depth }));
}

function sourceBelow(one: Derived): Source {
  const name = derivedName(one);
  return one.credentialUid === undefined
    ? sourceOfHolder(one.holder, name)
    : sourceOfCredential(one.holder, one.credentialUid, name);
}

export function* derivedHolders(
  transaction: Transaction,
  target: Target,
  isTaken: (name: string) => boolean,
): Generator<Derived> {
  const own = new Set(subjectHolders(transaction, target).map((one) => one.key));
  const isWhole = target.level !== 'credential';
  const seen = new Set<string>(isWhole ? own : []);
  const queue: Waiting[] = [];
  const late: Waiting[] = [];
  const wait = (further: readonly Waiting[], isFirst: boolean) => {
    for (const next of further) {
      (isFirst && isProven(next.one.assurance) ? queue : late).push(next);
    }
  };
  wait(below(transaction, sourcesOf(transaction, target), 1), true);
  for (;;) {
    const next = queue.shift() ?? late.shift();
    if (next === undefined) return;
    const { one, depth } = next;
    const name = derivedName(one);
    if (seen.has(name) || seen.has(one.holder.key)) continue;
    seen.add(name);
    yield one;
    if (depth >= DEPTH_MAX) continue;
    wait(below(transaction, [sourceBelow(one)], depth + 1), isTaken(name));
  }
}

export function provenBelow(
  transaction: Transaction,
  target: Target,
  most: number,
): readonly Derived[] {
  const names = new Set([ROOT]);
  const found: Derived[] = [];
  for (const one of derivedHolders(transaction, target, (name) => names.has(name))) {
    // The proven come first.
    if (!isProven(one.assurance) || !names.has(one.through) || found.length >= most) break;
    names.add(derivedName(one));
    found.push(one);
  }
  return found;
}
