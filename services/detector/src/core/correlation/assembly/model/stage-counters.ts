/** What the assembly stage counts about itself, for metrics; part of the state, not of any decision. */
import type { Transaction } from '@waywarden/stage';

const NO_COUNTERS = {
  chains: 0,
  chainsEvicted: 0,
  /** Of the open ones: kept for what may be used days later. */
  lineageChains: 0,
  /** The same for their principals' sake. */
  principalChains: 0,
  /** Given up although something may be used days later: there was no room. */
  lineageRefused: 0,
  steps: 0,
  /** Links looked at, in all: the work done. */
  work: 0,
  /** Chains in which some combination lacks only its last step (`gap-gauge.ts`). */
  gaps: 0,
  /** Pieces of work of which it was told that values were not seen (`unseen-alert.ts`). */
  unseen: 0,
  /** Values that are known to be too common to link by. */
  hubs: 0,
};

export type AssemblyCounters = Readonly<typeof NO_COUNTERS>;

const COUNTERS = 'counters';

export function assemblyCounters(transaction: Pick<Transaction, 'get'>): AssemblyCounters {
  return { ...NO_COUNTERS, ...transaction.get<AssemblyCounters>(COUNTERS) };
}

export function count(transaction: Transaction, by: Partial<AssemblyCounters>): void {
  const now: Record<string, number> = { ...assemblyCounters(transaction) };
  for (const [name, more] of Object.entries(by)) now[name] = (now[name] ?? 0) + more;
  transaction.put(COUNTERS, now);
}
