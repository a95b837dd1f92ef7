/** Identifiers refused (they steer identity) or only marked (chosen by tools). */
import type { InputEvent } from '@waywarden/schemas';

/** Fast path. */
const PLAIN = /^[\x20-\x7e]*$/;
const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;
const LATIN = /\p{Script=Latin}/u;
const LOOKALIKE = /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\p{Script=Cherokee}]/u;

function isHidden(text: string | undefined): boolean {
  return text !== undefined && !PLAIN.test(text) && HIDDEN.test(text);
}

function isMixed(text: string | undefined): boolean {
  return text !== undefined && !PLAIN.test(text) && LATIN.test(text) && LOOKALIKE.test(text);
}

interface BadIdentifier {
  readonly field: string;
  readonly reason: string;
}

const HIDDEN_REASON = 'holds a control, invisible or direction-changing character';

function hiddenIn(input: InputEvent): string | undefined {
  const { agent, principal, credential, delegation, task } = input;
  if (isHidden(agent.uid)) return 'agent.uid';
  if (isHidden(agent.instance_uid)) return 'agent.instance_uid';
  if (isHidden(input.native_id)) return 'native_id';
  if (isHidden(input.call_uid)) return 'call_uid';
  if (isHidden(principal?.uid)) return 'principal.uid';
  if (isHidden(credential?.uid)) return 'credential.uid';
  if (isHidden(task?.id)) return 'task.id';
  if (isHidden(input.conversation_id)) return 'conversation_id';
  if (isHidden(input.trace_id)) return 'trace_id';
  if (isHidden(input.span_id)) return 'span_id';
  if (isHidden(input.parent_span_id)) return 'parent_span_id';
  if (delegation === undefined) return undefined;
  if (isHidden(delegation.root_agent_uid)) return 'delegation.root_agent_uid';
  if (isHidden(delegation.parent_agent_uid)) return 'delegation.parent_agent_uid';
  const at = delegation.chain?.findIndex((one) => isHidden(one.agent_uid) || isHidden(one.ref));
  return at === undefined || at < 0 ? undefined : `delegation.chain.${at}`;
}

export function badIdentifier(input: InputEvent): BadIdentifier | undefined {
  const field = hiddenIn(input);
  if (field !== undefined) return { field, reason: HIDDEN_REASON };
  // They join parts of ids.
  const { kind, instance } = input.source ?? {};
  if (kind !== undefined && (/[|/]/.test(kind) || isHidden(kind))) {
    return { field: 'source.kind', reason: 'holds | or / or a hidden character' };
  }
  if (instance !== undefined && (instance.includes('|') || isHidden(instance))) {
    return { field: 'source.instance', reason: 'holds | or a hidden character' };
  }
  return undefined;
}

export function nameMarks({ agent, tool }: InputEvent): readonly string[] {
  const marks: string[] = [];
  if (isMixed(agent.uid)) marks.push('mixed_scripts:agent.uid');
  if (isMixed(agent.name)) marks.push('mixed_scripts:agent.name');
  if (isMixed(tool?.name)) marks.push('mixed_scripts:tool.name');
  if (isMixed(tool?.server)) marks.push('mixed_scripts:tool.server');
  if (isHidden(agent.name)) marks.push('unusual_characters:agent.name');
  if (isHidden(tool?.name)) marks.push('unusual_characters:tool.name');
  if (isHidden(tool?.server)) marks.push('unusual_characters:tool.server');
  return marks;
}
