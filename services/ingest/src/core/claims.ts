/**
 * How far each claim of an event is believed. What the token proves bounds everything: whoever
 * vouches for the agent's identity vouches for what it says about task, principal and outcome, and
 * no claim can be stronger than that. A claim about an absent field is `unresolved`: nothing was
 * claimed, so nothing may be concluded from it.
 */
import {
  ASSURANCES,
  type Assurance,
  type AuditEvent,
  type Claim,
  type InputEvent,
} from '@waywarden/schemas';

type Claims = AuditEvent['claims'];

const PRESENT: Readonly<Record<Claim, (input: InputEvent) => boolean>> = {
  task: (input) => input.task?.id !== undefined,
  workflow: (input) => input.task?.workflow !== undefined,
  principal: (input) => input.principal !== undefined,
  delegation: (input) => input.delegation !== undefined,
  trace: (input) => input.trace_id !== undefined,
  conversation: (input) => input.conversation_id !== undefined,
  approval: (input) => input.approval !== undefined,
  outcome: (input) => input.outcome !== undefined && input.outcome !== 'unknown',
  class: (input) => input.agent.class !== undefined,
};

/** `own` is what the body says of its claims, when its token may say so; it wins as it stands. */
export function claimsOf(input: InputEvent, proven: Assurance, own?: unknown): Claims {
  const said = typeof own === 'object' && own !== null ? (own as Record<string, unknown>) : {};
  const of = (claim: Claim): Assurance => {
    const given = ASSURANCES.find((assurance) => assurance === said[claim]);
    if (given !== undefined) return given;
    return PRESENT[claim](input) ? proven : 'unresolved';
  };
  return {
    task: of('task'),
    workflow: of('workflow'),
    principal: of('principal'),
    delegation: of('delegation'),
    trace: of('trace'),
    conversation: of('conversation'),
    approval: of('approval'),
    outcome: of('outcome'),
    class: of('class'),
  };
}
