/**
 * What of a call decides whether an order is about it, and which order that is. Pure; a fact that is
 * not given matches no order of its level, so give all that you know: the rest is let through.
 */
import type { RevocationCommand } from '@waywarden/schemas';

type Target = RevocationCommand['target'];

export interface CallFacts {
  readonly agentUid: string;
  readonly taskId?: string;
  readonly instanceUid?: string;
  readonly conversationId?: string;
  readonly credentialUid?: string;
  /** Who handed the work over, and under which reference. */
  readonly parentAgentUid?: string;
  readonly delegationRef?: string;
  /** `server/name` or `name`. */
  readonly tool?: string;
  /** As in events: read, create, update, delete, execute, send, grant, pay, configure. */
  readonly effect?: string;
  /** Where decisive values came from: senders, resources, fingerprints. */
  readonly origins?: readonly string[];
}

/** Actions that refuse calls, and the levels at which they can be enforced where calls are made. */
export const REFUSING_ACTIONS = [
  'require_step_up',
  'block_tool',
  'quarantine_origin',
  'revoke_token',
  'kill_session',
  'revoke_credential',
  'revoke_delegation',
  'disable_agent',
] as const;

/** A call that the order on this target is about. */
export function factsOfTarget(target: Target): CallFacts {
  const known = {
    taskId: target.task_id,
    instanceUid: target.instance_uid,
    conversationId: target.conversation_id,
    credentialUid: target.credential_uid,
    parentAgentUid: target.parent_agent_uid,
    delegationRef: target.delegation_ref,
    tool: target.tool,
  };
  const given = Object.entries(known).filter(([, value]) => value !== undefined);
  return { agentUid: target.agent_uid, ...Object.fromEntries(given) };
}

function isTool(asked: string | undefined, called: string | undefined): boolean {
  return asked !== undefined && (called === asked || called?.endsWith(`/${asked}`) === true);
}

const MATCHES: Readonly<Record<string, (facts: CallFacts, target: Target) => boolean>> = {
  task: (facts, target) => facts.taskId === target.task_id,
  conversation: (facts, target) => facts.conversationId === target.conversation_id,
  instance: (facts, target) => facts.instanceUid === target.instance_uid,
  credential: (facts, target) => facts.credentialUid === target.credential_uid,
  delegation: (facts, target) =>
    facts.parentAgentUid === target.parent_agent_uid &&
    facts.delegationRef === target.delegation_ref,
  tool: (facts, target) => isTool(target.tool, facts.tool),
  agent: () => true,
};

function isFromOrigin(facts: CallFacts, target: Target): boolean {
  const named = [target.fp, target.resource_id, target.sender];
  return facts.origins?.some((origin) => named.includes(origin)) === true;
}

export function canMatch(level: string): boolean {
  return level === 'origin' || Object.hasOwn(MATCHES, level);
}

/** An order may be limited to calls with some effects; a call that tells none may have any of them. */
export function isInScope({ effect }: CallFacts, { scope }: RevocationCommand): boolean {
  const effects = scope?.['effects'];
  return effect === undefined || !Array.isArray(effects) || effects.includes(effect);
}

/** An origin is quarantined for everybody; every other order is about its agent. */
export function isAbout(facts: CallFacts, target: Target): boolean {
  if (target.level === 'origin') return isFromOrigin(facts, target);
  return facts.agentUid === target.agent_uid && MATCHES[target.level]?.(facts, target) === true;
}
