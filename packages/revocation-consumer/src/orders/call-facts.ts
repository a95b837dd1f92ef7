/**
 * Whether a command is about a call. Pure. While one on a part of an agent is in force, a call that
 * does not say its own part is refused: leaving it out must be no way around.
 */
import type { RevocationCommand } from '@waywarden/schemas';

type Target = RevocationCommand['target'];

/** All that you know of the call; '' says that it has none of it (a call that nobody delegated). */
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
  /** The person who has agreed to this very call, as you have verified; counts only for a step-up. */
  readonly approvedBy?: string;
}

/** Actions that refuse calls, by facts that whoever makes or passes on calls knows. */
export const REFUSING_ACTIONS = [
  'require_step_up',
  'block_tool',
  'revoke_token',
  'kill_session',
  'revoke_credential',
  'disable_agent',
] as const;

/**
 * Supported only where declared (`supports`), by receivers whose facts have `origins`, or
 * `parentAgentUid` and `delegationRef`.
 */
export const PROVENANCE_ACTIONS = ['quarantine_origin', 'revoke_delegation'] as const;

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

type Fact = Exclude<keyof CallFacts, 'effect' | 'origins' | 'approvedBy'>;

/** Of each level, the facts that decide, each with its id in the target. */
const DECIDING: Readonly<Record<string, readonly (readonly [Fact, keyof Target])[]>> = {
  task: [['taskId', 'task_id']],
  conversation: [['conversationId', 'conversation_id']],
  instance: [['instanceUid', 'instance_uid']],
  credential: [['credentialUid', 'credential_uid']],
  delegation: [
    ['parentAgentUid', 'parent_agent_uid'],
    ['delegationRef', 'delegation_ref'],
  ],
  tool: [['tool', 'tool']],
  agent: [],
};

function isSame(fact: Fact, facts: CallFacts, asked: Target[keyof Target]): boolean {
  return fact === 'tool' ? isTool(String(asked), facts.tool) : facts[fact] === asked;
}

function isFromOrigin(facts: CallFacts, target: Target): boolean {
  const named = [target.fp, target.resource_id, target.sender];
  return facts.origins?.some((origin) => named.includes(origin)) === true;
}

export function canMatch(level: string): boolean {
  return level === 'origin' || Object.hasOwn(DECIDING, level);
}

/** An order may be limited to calls with some effects; a call that tells none may have any of them. */
export function isInScope({ effect }: CallFacts, { scope }: RevocationCommand): boolean {
  const effects = scope?.['effects'];
  return effect === undefined || !Array.isArray(effects) || effects.includes(effect);
}

/**
 * An origin is quarantined for everybody, and a credential is refused whoever shows it: a thief
 * names another agent.
 */
export function isAbout(facts: CallFacts, target: Target): boolean {
  const { level } = target;
  if (level === 'origin') return isFromOrigin(facts, target);
  if (level !== 'credential' && facts.agentUid !== target.agent_uid) return false;
  return DECIDING[level]?.every(([fact, id]) => isSame(fact, facts, target[id])) === true;
}

export function isAgreedTo({ approvedBy }: CallFacts, { action }: RevocationCommand): boolean {
  return action === 'require_step_up' && approvedBy !== undefined && approvedBy !== '';
}

/** What a call of the target's agent leaves unsaid that decides whether the order is about it. */
export function missingFacts(facts: CallFacts, target: Target): readonly Fact[] {
  if (facts.agentUid !== target.agent_uid) return [];
  const deciding = DECIDING[target.level] ?? [];
  const missing = deciding.filter(([fact]) => facts[fact] === undefined);
  const isOther = deciding.some(
    (one) => !missing.includes(one) && !isSame(one[0], facts, target[one[1]]),
  );
  return isOther ? [] : missing.map(([fact]) => fact);
}
