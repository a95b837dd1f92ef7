/** A directed edge between two steps: kind, rank within its kind, and whether its order is known. */
import { ASSURANCES, type Assurance, type StepLink } from '@waywarden/schemas';
import type { ChainStep } from '../model/chain-step.ts';
import type { ChainStore } from '../model/chain-store.ts';
import type { CompiledPolicy } from './compile-combination.ts';

export interface ChainLink {
  readonly from: ChainStep;
  readonly to: ChainStep;
  readonly via: StepLink;
  /** In hundredths, so that sums are exact. */
  readonly strength: number;
  readonly doubtful: boolean;
  readonly through?: ChainStep;
  /** From another chain; else it follows from the two calls. */
  readonly assurance?: Assurance;
  /** 0: by the flow stage. */
  readonly round?: number;
}

/** A total order: arrival decides nothing. */
export function strongerLink(a: ChainLink, b: ChainLink): ChainLink {
  const rank = (link: ChainLink) => ASSURANCES.indexOf(link.assurance ?? 'attested');
  const order =
    Number(a.doubtful) - Number(b.doubtful) || b.strength - a.strength || rank(a) - rank(b);
  return order <= 0 ? a : b;
}

export const STRENGTH = {
  secretUse: 100,
  delegationExplicit: 90,
  delegationNamed: 88,
  parentNamed: 84,
  sharedKey: 80,
  derivedCredential: 96,
  grantee: 92,
  resultToArgument: 70,
  resource: 66,
  writtenToArgument: 60,
  sameObject: 50,
  context: 30,
} as const;

export interface LinkScope {
  readonly store: ChainStore;
  readonly policy: CompiledPolicy;
}

export function isLinkingValue(policy: CompiledPolicy, fp: string, kind: string): boolean {
  return policy.kinds.has(kind) && !policy.commonValues.has(fp);
}
