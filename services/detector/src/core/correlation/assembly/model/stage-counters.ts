/** What the stage counts about itself, for metrics. */
import type { Transaction } from '@waywarden/stage';

const NO_COUNTERS = {
  chains: 0,
  chainsEvicted: 0,
  lineageChains: 0,
  principalChains: 0,
  lineageRefused: 0,
  steps: 0,
  work: 0,
  gaps: 0,
  unseen: 0,
  hubs: 0,
};

type AssemblyCounters = Readonly<typeof NO_COUNTERS>;

const COUNTERS = 'counters';

export function assemblyCounters(transaction: Pick<Transaction, 'get'>): AssemblyCounters {
  return { ...NO_COUNTERS, ...transaction.get<AssemblyCounters>(COUNTERS) };
}

export function count(transaction: Transaction, by: Partial<AssemblyCounters>): void {
  const now: Record<string, number> = { ...assemblyCounters(transaction) };
  for (const [name, more] of Object.entries(by)) now[name] = (now[name] ?? 0) + more;
  transaction.put(COUNTERS, now);
}
