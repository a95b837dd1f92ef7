/** An agent in a task with its credentials and anchors. See `lineage.ts`, `merge-holder.ts`. */
import { type Assurance, assuranceAtLeast } from '@waywarden/schemas';

const PROVEN_MIN: Assurance = 'authenticated';

export interface Edge {
  readonly anchor: string;
  readonly agentUid?: string;
  readonly via: 'delegation' | 'credential';
  /** By whom it was handed the work itself; else somebody further up. */
  readonly direct: boolean;
  readonly assurance: Assurance;
}

export interface HolderCredential {
  readonly uid: string;
  readonly parent?: string;
  /** Where it rests on less than the holder does. */
  readonly assurance?: Assurance;
}

interface HolderRun {
  readonly sinceMs: number;
  readonly lastMs: number;
  /** Proven end, or lease over. */
  readonly endedMs?: number;
  readonly leaseMs?: number;
  /** Least time between an end and the next run. */
  readonly restMs?: number;
  readonly deadlineMs?: number;
}

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
  readonly slot?: string;
}

/** Silent for longer: not under way. */
const UNDER_WAY_MS = 86_400_000;

/** While work goes on. */
export const LINEAGE_REPORTED_EVERY_MS = 300_000;

/** Its work goes on, or may have since its end. Who acts again later is reported again then. */
export function isUnderWay({ endedMs, lastMs }: HolderRun, nowMs: number): boolean {
  const silentMs = nowMs - lastMs;
  if (silentMs < LINEAGE_REPORTED_EVERY_MS) return true;
  return (endedMs === undefined || lastMs > endedMs) && silentMs < UNDER_WAY_MS;
}

const joined = (...parts: readonly (string | undefined)[]) => JSON.stringify(parts);
export const holderKey = (tenantId: string, agentUid: string, taskId?: string) =>
  `lineage|holder|${joined(tenantId, agentUid, taskId)}`;
export const holderKeyOf = (tenantId: string, agentUid: string) =>
  `lineage|holder|${joined(tenantId, agentUid).slice(0, -1)},`;
export const credentialAnchor = (tenantId: string, uid: string) => joined('cred', tenantId, uid);
export const delegationAnchor = (tenantId: string, agentUid: string, ref: string) =>
  joined('ref', tenantId, agentUid, ref);
export const taskAnchor = (tenantId: string, agentUid: string, taskId?: string) =>
  joined('task', tenantId, agentUid, taskId);

export const inTaskAnchor = (tenantId: string, taskId: string) => joined('in', tenantId, taskId);

export const isProven = (assurance: Assurance): boolean => assuranceAtLeast(assurance, PROVEN_MIN);

export function credentialAssurance(holder: Holder, credential: HolderCredential): Assurance {
  return credential.assurance ?? holder.assurance;
}

export interface Anchor {
  readonly anchor: string;
  readonly isProven: boolean;
}

export function credentialAnchors(holder: Holder): readonly Anchor[] {
  return holder.credentials.map((credential) => ({
    anchor: credentialAnchor(holder.tenantId, credential.uid),
    isProven: isProven(credentialAssurance(holder, credential)),
  }));
}

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
