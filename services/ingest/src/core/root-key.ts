/**
 * Which chain an event belongs to: the strongest explicit root key it carries (the schemas' order of
 * them). Without any key the chain is the agent's instance.
 */
import {
  type AuditEvent,
  type InputEvent,
  joinedKey,
  rootKeysOf,
  strongestKey,
} from '@waywarden/schemas';

/** The text whose keyed hash is `chain_id`. */
export function rootKeyOf(input: InputEvent, claims: AuditEvent['claims']): string {
  const strongest = strongestKey(rootKeysOf(input, claims));
  if (strongest !== undefined) return `${strongest.kind}|${strongest.value}`;
  return `agent|${joinedKey(input.agent.uid, input.agent.instance_uid ?? '')}`;
}
