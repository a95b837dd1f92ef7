/** Which chain an event belongs to: its strongest explicit root key, else the agent's instance. */
import {
  type AuditEvent,
  type InputEvent,
  joinedKey,
  rootKeysOf,
  strongestKey,
} from '@waywarden/schemas';

export function rootKeyOf(input: InputEvent, claims: AuditEvent['claims']): string {
  const strongest = strongestKey(rootKeysOf(input, claims));
  if (strongest !== undefined) return `${strongest.kind}|${strongest.value}`;
  return `agent|${joinedKey(input.agent.uid, input.agent.instance_uid ?? '')}`;
}
