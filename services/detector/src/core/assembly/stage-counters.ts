/** What the assembly stage counts about itself, for metrics; part of the state, not of any decision. */
import type { Draft } from '@waywarden/stage';

export interface AssemblyCounters {
  readonly chains: number;
  readonly chainsEvicted: number;
  readonly steps: number;
  /** Links looked at, in all: the work done. */
  readonly work: number;
}

const COUNTERS = 'counters';
const NO_COUNTERS: AssemblyCounters = { chains: 0, chainsEvicted: 0, steps: 0, work: 0 };

export function assemblyCounters(draft: Draft): AssemblyCounters {
  return draft.get<AssemblyCounters>(COUNTERS) ?? NO_COUNTERS;
}

export function count(draft: Draft, by: Partial<AssemblyCounters>): void {
  const now = assemblyCounters(draft);
  draft.put(COUNTERS, {
    chains: now.chains + (by.chains ?? 0),
    chainsEvicted: now.chainsEvicted + (by.chainsEvicted ?? 0),
    steps: now.steps + (by.steps ?? 0),
    work: now.work + (by.work ?? 0),
  });
}
