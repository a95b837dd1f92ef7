/**
 * Who holds access, and from whom: a holder is an agent in a task, with its credentials. Holders are
 * tied by anchors that both sides name by themselves (a credential and the one it was made of, a
 * hand-over and its id, the task that a delegate goes on with), so nothing depends on whose event is
 * read first.
 *
 * An edge rests on what the delegate itself has proven: a parent that says "I handed over to X" ties
 * nobody, or an attacker could draw others into its own fall.
 */
import { type Assurance, assuranceAtLeast, epochMs, type LineageFact } from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';

/** A fact that was told is told again after this long, while the work goes on. */
export const LINEAGE_TOLD_EVERY_MS = 300_000;
/** Holders remembered at once; of more, the earliest are forgotten. */
const HOLDERS_MAX = 50_000;
/** … and of one agent, so that who takes on task after task displaces nobody else. */
const HOLDERS_OF_AGENT_MAX = 256;
const CREDENTIALS_MAX = 16;
const HAND_OVERS_MAX = 64;
/** Delegates remembered of one anchor, and holders of one credential. */
const BELOW_MAX = 128;
const PROVEN_MIN: Assurance = 'authenticated';
const APPROVERS_MAX = 8;
export const EDGES_MAX = 32;

export interface Edge {
  readonly anchor: string;
  /** Who is at the other end, where it is named. */
  readonly agentUid?: string;
  readonly via: 'delegation' | 'credential';
  /** By whom it was handed the work itself; else somebody further up. */
  readonly direct: boolean;
  /** The strongest on which it was told. */
  readonly assurance: Assurance;
}

export interface Held {
  readonly uid: string;
  readonly parent?: string;
}

export interface Holder {
  readonly key: string;
  readonly tenantId: string;
  readonly agentUid: string;
  readonly taskId?: string;
  readonly workflow?: string;
  readonly deadlineMs?: number;
  readonly assurance: Assurance;
  readonly credentials: readonly Held[];
  readonly edges: readonly Edge[];
  readonly handOvers: readonly { readonly ref: string; readonly credential?: string }[];
  readonly requestedBy?: string;
  readonly approvedBy: readonly string[];
  readonly sinceMs: number;
  readonly lastMs: number;
  /** The task is over: its agent has told and proven it, or its lease has run out. */
  readonly endedMs?: number;
  /** When the end of its lease is looked for. */
  readonly leaseMs?: number;
}

const SIZE = 'lineage';
const joined = (...parts: readonly (string | undefined)[]) => JSON.stringify(parts);
export const holderKey = (tenantId: string, agentUid: string, taskId?: string) =>
  `lineage|holder|${joined(tenantId, agentUid, taskId)}`;
export const credentialAnchor = (tenantId: string, uid: string) => joined('cred', tenantId, uid);
export const handOverAnchor = (tenantId: string, agentUid: string, ref: string) =>
  joined('ref', tenantId, agentUid, ref);
export const taskAnchor = (tenantId: string, agentUid: string, taskId?: string) =>
  joined('task', tenantId, agentUid, taskId);
const ofAgentKey = (tenantId: string, agentUid: string) =>
  `lineage|agent|${joined(tenantId, agentUid)}`;
const belowKey = (anchor: string) => `lineage|below|${anchor}`;
const atKey = (anchor: string) => `lineage|at|${anchor}`;

function listAt(draft: Draft, key: string): readonly string[] {
  return draft.get<readonly string[]>(key) ?? [];
}

function addTo(draft: Draft, key: string, one: string, most: number): void {
  const known = listAt(draft, key);
  if (!known.includes(one)) draft.put(key, [...known, one].slice(-most));
}

function takeFrom(draft: Draft, key: string, one: string): void {
  const left = listAt(draft, key).filter((known) => known !== one);
  if (left.length === 0) draft.delete(key);
  else draft.put(key, left);
}

export function holderAt(draft: Draft, key: string): Holder | undefined {
  return draft.get<Holder>(key);
}

function forget(draft: Draft, key: string): void {
  const holder = holderAt(draft, key);
  if (holder === undefined) return;
  draft.delete(key);
  takeFrom(draft, ofAgentKey(holder.tenantId, holder.agentUid), key);
  for (const { anchor } of holder.edges) takeFrom(draft, belowKey(anchor), key);
  for (const anchor of anchorsOf(holder)) takeFrom(draft, atKey(anchor), key);
}

/** What others name when they hold something of this holder. */
export function anchorsOf(holder: Holder): readonly string[] {
  const { tenantId, agentUid, taskId, credentials, handOvers } = holder;
  return [
    taskAnchor(tenantId, agentUid, taskId),
    ...credentials.map(({ uid }) => credentialAnchor(tenantId, uid)),
    ...handOvers.map(({ ref }) => handOverAnchor(tenantId, agentUid, ref)),
  ];
}

function makeRoom(draft: Draft, key: string, fact: LineageFact): void {
  const own = ofAgentKey(fact.tenant_id, fact.agent_uid);
  const [oldest] = listAt(draft, own);
  if (listAt(draft, own).length >= HOLDERS_OF_AGENT_MAX && oldest !== undefined) {
    forget(draft, oldest);
  }
  const next = draft.get<number>(SIZE) ?? 0;
  const slot = `lineage|slot|${next % HOLDERS_MAX}`;
  const evicted = draft.get<string>(slot);
  if (evicted !== undefined && evicted !== key) forget(draft, evicted);
  draft.put(slot, key);
  draft.put(SIZE, next + 1);
  addTo(draft, own, key, HOLDERS_OF_AGENT_MAX);
}

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
      ref === undefined ? [] : [{ anchor: handOverAnchor(tenantId, agentUid, ref), ...rest }];
    // Whoever goes on in the same task is named by it, also where the hand-over was not seen.
    const byTask =
      taskId === undefined ? [] : [{ anchor: taskAnchor(tenantId, agentUid, taskId), ...rest }];
    return [...byRef, ...byTask];
  });
  return [...ofCredential, ...ofDelegation];
}

function stronger(a: Assurance, b: Assurance): Assurance {
  return assuranceAtLeast(a, b) ? a : b;
}

function mergeEdges(known: readonly Edge[], told: readonly Edge[]): readonly Edge[] {
  const all = new Map(known.map((edge) => [edge.anchor, edge]));
  for (const edge of told) {
    const before = all.get(edge.anchor);
    all.set(edge.anchor, {
      ...edge,
      direct: edge.direct || before?.direct === true,
      assurance: before ? stronger(before.assurance, edge.assurance) : edge.assurance,
    });
  }
  return [...all.values()].slice(-EDGES_MAX);
}

function mergeCredentials(known: readonly Held[], fact: LineageFact): readonly Held[] {
  const { credential_uid: uid, parent_credential_uid: parent } = fact;
  if (uid === undefined) return known;
  const held = { uid, ...(parent === undefined ? {} : { parent }) };
  return [...known.filter((one) => one.uid !== uid), held].slice(-CREDENTIALS_MAX);
}

function mergeHandOvers(known: Holder['handOvers'], fact: LineageFact): Holder['handOvers'] {
  const { handed_over: ref, credential_uid: credential } = fact;
  if (ref === undefined || known.some((one) => one.ref === ref)) return known;
  const made = { ref, ...(credential === undefined ? {} : { credential }) };
  return [...known, made].slice(-HAND_OVERS_MAX);
}

/** What is only asserted adds nothing to what is proven, but from whom it says that it comes. */
function isPoorer(known: Holder, fact: LineageFact): boolean {
  return (
    assuranceAtLeast(known.assurance, PROVEN_MIN) && !assuranceAtLeast(fact.assurance, PROVEN_MIN)
  );
}

function merge(known: Holder | undefined, key: string, fact: LineageFact): Holder {
  if (known !== undefined && isPoorer(known, fact)) {
    return { ...known, edges: mergeEdges(known.edges, edgesOf(fact)) };
  }
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
    // The first of both stand: whoever holds the lease can't extend it by saying so.
    ...(fact.workflow === undefined || known?.workflow !== undefined
      ? {}
      : { workflow: fact.workflow }),
    ...(deadline === undefined || known?.deadlineMs !== undefined ? {} : { deadlineMs: deadline }),
    assurance: known ? stronger(known.assurance, fact.assurance) : fact.assurance,
    credentials: mergeCredentials(known?.credentials ?? [], fact),
    edges: mergeEdges(known?.edges ?? [], edgesOf(fact)),
    handOvers: mergeHandOvers(known?.handOvers ?? [], fact),
    ...(fact.requested_by === undefined ? {} : { requestedBy: fact.requested_by }),
    approvedBy: (approved === undefined ? others : [...others, approved]).slice(-APPROVERS_MAX),
    sinceMs: Math.min(known?.sinceMs ?? atMs, atMs),
    lastMs: Math.max(known?.lastMs ?? atMs, atMs),
  };
}

/** The holder as it is known after the fact. */
export function noteLineage(draft: Draft, fact: LineageFact): Holder {
  const key = holderKey(fact.tenant_id, fact.agent_uid, fact.task_id);
  const known = holderAt(draft, key);
  if (known === undefined) makeRoom(draft, key, fact);
  const holder = merge(known, key, fact);
  draft.put(key, holder);
  const kept = new Set(holder.edges.map((edge) => edge.anchor));
  for (const { anchor } of known?.edges ?? []) {
    if (!kept.has(anchor)) takeFrom(draft, belowKey(anchor), key);
  }
  for (const anchor of kept) addTo(draft, belowKey(anchor), key, BELOW_MAX);
  const anchors = new Set(anchorsOf(holder));
  for (const anchor of known === undefined ? [] : anchorsOf(known)) {
    if (!anchors.has(anchor)) takeFrom(draft, atKey(anchor), key);
  }
  for (const anchor of anchors) addTo(draft, atKey(anchor), key, BELOW_MAX);
  return holder;
}

export function putHolder(draft: Draft, holder: Holder): void {
  draft.put(holder.key, holder);
}

export function noteEnded(draft: Draft, key: string, endedMs: number): void {
  const holder = holderAt(draft, key);
  if (holder !== undefined) draft.put(key, { ...holder, endedMs });
}

const known = (draft: Draft, keys: readonly string[]) =>
  keys.map((key) => holderAt(draft, key)).filter((one) => one !== undefined);

/** In which tasks an agent holds access, the earliest known first. */
export function holdersOfAgent(draft: Draft, tenantId: string, agentUid: string): Holder[] {
  return known(draft, listAt(draft, ofAgentKey(tenantId, agentUid)));
}

/** Who has named this anchor as its own. */
export function holdersAt(draft: Draft, anchor: string): Holder[] {
  return known(draft, listAt(draft, atKey(anchor)));
}

/** Who has named this anchor as where its access comes from. */
export function holdersBelow(draft: Draft, anchor: string): Holder[] {
  return known(draft, listAt(draft, belowKey(anchor)));
}
