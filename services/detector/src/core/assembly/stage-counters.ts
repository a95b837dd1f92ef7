/** What the assembly stage counts about itself, for metrics; part of the state, not of any decision. */
import type { Draft } from '@waywarden/stage';

export interface AssemblyCounters {
  readonly chains: number;
  readonly chainsEvicted: number;
  /** Of the open ones: kept for what may be used days later; absent: none. */
  readonly lineageChains?: number;
  /** The same for their principals' sake. */
  readonly principalChains?: number;
  /** Given up although something may be used days later: there was no room. */
  readonly lineageRefused?: number;
  readonly steps: number;
  /** Links looked at, in all: the work done. */
  readonly work: number;
  /** Chains in which some combination lacks only its last step (`gap-gauge.ts`); absent: none. */
  readonly gaps?: number;
  /** Pieces of work of which it was told that values were not seen (`unseen-alert.ts`); absent: none. */
  readonly unseen?: number;
  /** Values that are known to be too common to link by. */
  readonly hubs: number;
}

const COUNTERS = 'counters';
const NO_COUNTERS: AssemblyCounters = { chains: 0, chainsEvicted: 0, steps: 0, work: 0, hubs: 0 };

export function assemblyCounters(draft: Pick<Draft, 'get'>): AssemblyCounters {
  return { ...NO_COUNTERS, ...draft.get<AssemblyCounters>(COUNTERS) };
}

/** Asked before every record, so without a copy of the rest. */
export function openChainCount(draft: Draft): number {
  return draft.get<Partial<AssemblyCounters>>(COUNTERS)?.chains ?? 0;
}

export function count(draft: Draft, by: Partial<AssemblyCounters>): void {
  // Field by field and not spread: every step counts something, some of them four times.
  const now = draft.get<Partial<AssemblyCounters>>(COUNTERS) ?? NO_COUNTERS;
  draft.put(COUNTERS, {
    chains: (now.chains ?? 0) + (by.chains ?? 0),
    chainsEvicted: (now.chainsEvicted ?? 0) + (by.chainsEvicted ?? 0),
    lineageChains: (now.lineageChains ?? 0) + (by.lineageChains ?? 0),
    principalChains: (now.principalChains ?? 0) + (by.principalChains ?? 0),
    lineageRefused: (now.lineageRefused ?? 0) + (by.lineageRefused ?? 0),
    steps: (now.steps ?? 0) + (by.steps ?? 0),
    work: (now.work ?? 0) + (by.work ?? 0),
    gaps: (now.gaps ?? 0) + (by.gaps ?? 0),
    unseen: (now.unseen ?? 0) + (by.unseen ?? 0),
    hubs: (now.hubs ?? 0) + (by.hubs ?? 0),
  });
}
