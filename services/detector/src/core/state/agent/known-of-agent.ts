/** What is known of an agent, by name: plain JSON, stored as a whole. */
import type { Transaction } from '@waywarden/stage';
import { agentKey, type Whose } from './agent-key.ts';

export function knownOf<Of>(transaction: Transaction, whose: Whose, name: string): Of | undefined {
  return transaction.get<Of>(agentKey(whose, name));
}

export function keepKnown(
  transaction: Transaction,
  whose: Whose,
  name: string,
  value: unknown,
): void {
  transaction.put(agentKey(whose, name), value);
}
