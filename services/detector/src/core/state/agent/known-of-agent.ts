import type { Transaction } from '@waywarden/stage';
import { type AgentRef, agentStateKey } from './agent-key.ts';

export function knownOf<Of>(
  transaction: Transaction,
  whose: AgentRef,
  name: string,
): Of | undefined {
  return transaction.get<Of>(agentStateKey(whose, name));
}

export function storeKnown(
  transaction: Transaction,
  whose: AgentRef,
  name: string,
  value: unknown,
): void {
  transaction.put(agentStateKey(whose, name), value);
}
