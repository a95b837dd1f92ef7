/**
 * Which chain an event belongs to: the strongest explicit root key it carries.
 *
 * Task run > root of the delegation > trace > conversation and turn. A key that is only asserted
 * ranks below every proven one, or a hijacked agent would leave its chain by inventing a task id per
 * call. An agent uid is no root key (it would join all that an agent ever did), so a delegation
 * counts by its first hand-over's `ref`, never by `root_agent_uid`. Without any key the chain is the
 * agent's instance.
 */
import { type AuditEvent, assuranceAtLeast, type InputEvent } from '@waywarden/schemas';

type Claims = AuditEvent['claims'];

interface RootKey {
  readonly kind: 'task' | 'delegation' | 'trace' | 'conversation';
  readonly value: string;
  readonly proven: boolean;
}

/** Two texts as one, and no other two give the same: ids hold any separator, and senders choose them. */
function joined(first: string, second: string): string {
  return `${first.length}/${first}/${second}`;
}

function candidates(input: InputEvent, claims: Claims): readonly RootKey[] {
  const found: RootKey[] = [];
  const add = (kind: RootKey['kind'], value: string | undefined) => {
    if (value === undefined) return;
    found.push({ kind, value, proven: assuranceAtLeast(claims[kind], 'authenticated') });
  };
  add('task', input.task?.id);
  const first = input.delegation?.chain?.[0];
  add('delegation', first?.ref === undefined ? undefined : joined(first.agent_uid, first.ref));
  add('trace', input.trace_id);
  if (input.conversation_id !== undefined) {
    add('conversation', `${input.conversation_id}/${input.conversation_turn ?? 0}`);
  }
  return found;
}

/** The text whose keyed hash is `chain_id`. */
export function rootKeyOf(input: InputEvent, claims: Claims): string {
  const keys = candidates(input, claims);
  const strongest = keys.find((key) => key.proven) ?? keys[0];
  if (strongest !== undefined) return `${strongest.kind}|${strongest.value}`;
  return `agent|${joined(input.agent.uid, input.agent.instance_uid ?? '')}`;
}
