/**
 * An agent in a task, with its credentials, and the names by which others tie themselves to it. Only the
 * shape: what is remembered of whom is `lineage.ts`, what a fact adds is `merge-holder.ts`.
 */
import { type Assurance, assuranceAtLeast } from '@waywarden/schemas';

const PROVEN_MIN: Assurance = 'authenticated';

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

export interface HolderCredential {
  readonly uid: string;
  readonly parent?: string;
  /** Where it rests on less than the holder does. */
  readonly assurance?: Assurance;
}

/** The run that is under way, and its end. */
interface HolderRun {
  /** When the run began that is under way. */
  readonly sinceMs: number;
  readonly lastMs: number;
  /** The task is over: its agent has told and proven it, or its lease has run out. */
  readonly endedMs?: number;
  /** When the end of its lease is looked for. */
  readonly leaseMs?: number;
  /** The least time between an end and the next run of the same id. */
  readonly restMs?: number;
  readonly deadlineMs?: number;
}

/** On whose word it acts. */
interface HolderPeople {
  readonly requestedBy?: string;
  readonly approvedBy: readonly string[];
  readonly assurance: Assurance;
}

export interface Holder extends HolderRun, HolderPeople {
  readonly key: string;
  readonly tenantId: string;
  readonly agentUid: string;
  readonly taskId?: string;
  readonly workflow?: string;
  readonly credentials: readonly HolderCredential[];
  readonly edges: readonly Edge[];
  readonly handOvers: readonly { readonly ref: string; readonly credential?: string }[];
  /** Its place among all that are remembered. */
  readonly slot?: string;
}

const joined = (...parts: readonly (string | undefined)[]) => JSON.stringify(parts);
export const holderKey = (tenantId: string, agentUid: string, taskId?: string) =>
  `lineage|holder|${joined(tenantId, agentUid, taskId)}`;
/** How the keys of all holders of an agent begin. */
export const holderKeyOf = (tenantId: string, agentUid: string) =>
  `lineage|holder|${joined(tenantId, agentUid).slice(0, -1)},`;
export const credentialAnchor = (tenantId: string, uid: string) => joined('cred', tenantId, uid);
export const delegationAnchor = (tenantId: string, agentUid: string, ref: string) =>
  joined('ref', tenantId, agentUid, ref);
export const taskAnchor = (tenantId: string, agentUid: string, taskId?: string) =>
  joined('task', tenantId, agentUid, taskId);

/** By which all who work in a task are found. */
export const inTaskAnchor = (tenantId: string, taskId: string) => joined('in', tenantId, taskId);

export const isProven = (assurance: Assurance): boolean => assuranceAtLeast(assurance, PROVEN_MIN);

export function withheldAssurance(holder: Holder, inHand: HolderCredential): Assurance {
  return inHand.assurance ?? holder.assurance;
}

export interface Anchor {
  readonly anchor: string;
  readonly isProven: boolean;
}

export function credentialAnchors(holder: Holder): readonly Anchor[] {
  return holder.credentials.map((inHand) => ({
    anchor: credentialAnchor(holder.tenantId, inHand.uid),
    isProven: isProven(withheldAssurance(holder, inHand)),
  }));
}

/** What others name when they hold something of this holder. */
export function anchorsOf(holder: Holder): readonly Anchor[] {
  const { tenantId, agentUid, taskId, handOvers, assurance } = holder;
  const own = (anchor: string) => ({ anchor, isProven: isProven(assurance) });
  return [
    own(taskAnchor(tenantId, agentUid, taskId)),
    ...(taskId === undefined ? [] : [own(inTaskAnchor(tenantId, taskId))]),
    ...credentialAnchors(holder),
    ...handOvers.map(({ ref }) => own(delegationAnchor(tenantId, agentUid, ref))),
  ];
}
