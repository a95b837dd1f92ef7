/** What is known of an agent, by name: plain JSON, stored as a whole. */
import type { Draft } from '@waywarden/stage';
import { agentKey, type Whose } from './agent-key.ts';

export function knownOf<Of>(draft: Draft, whose: Whose, name: string): Of | undefined {
  return draft.get<Of>(agentKey(whose, name));
}

export function keepKnown(draft: Draft, whose: Whose, name: string, value: unknown): void {
  draft.put(agentKey(whose, name), value);
}
