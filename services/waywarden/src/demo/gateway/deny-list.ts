/**
 * What an enforcement point refuses, and because of which order. Pure: orders and calls in, verdicts
 * out, so that it can move into the library for receivers as it stands.
 *
 * Orders are applied in the sequence of their agent; one whose number is not above the last is old or
 * replayed and changes nothing. What this receiver can't enforce it says so about (`unsupported`),
 * because a gateway that answers `applied` to everything makes "contained" a lie.
 */
import { type Receipt, type RevocationCommand, targetProblems } from '@waywarden/schemas';

/** Orders in force at once; above it new ones are answered `failed`, and whoever gave them is told. */
export const ORDERS_MAX = 10_000;

/** What of a call decides whether an order is about it. */
export interface CallFacts {
  readonly agentUid: string;
  readonly taskId?: string;
  readonly instanceUid?: string;
  readonly credentialUid?: string;
  readonly conversationId?: string;
  /** `server/name` or `name`. */
  readonly tool?: string;
}

export interface Verdict {
  readonly state: Receipt['state'];
  readonly detail: string;
}

/** Actions by which the gateway refuses calls; `require_step_up` until a person agrees, whom the demo lacks. */
const REFUSING: ReadonlySet<string> = new Set([
  'revoke_token',
  'kill_session',
  'require_step_up',
  'block_tool',
  'disable_agent',
]);

/** Which id of the call an order of this level speaks about. */
const ID_OF_LEVEL: Readonly<
  Record<string, (facts: CallFacts, target: RevocationCommand['target']) => boolean>
> = {
  task: (facts, target) => facts.taskId === target.task_id,
  conversation: (facts, target) => facts.conversationId === target.conversation_id,
  instance: (facts, target) => facts.instanceUid === target.instance_uid,
  credential: (facts, target) => facts.credentialUid === target.credential_uid,
  tool: (facts, target) =>
    facts.tool === target.tool || facts.tool?.endsWith(`/${target.tool}`) === true,
  agent: () => true,
};

export class DenyList {
  readonly #orders = new Map<string, RevocationCommand>();
  readonly #sequences = new Map<string, number>();
  /** The issuer's side: agents that get no new task token. */
  readonly #unissued = new Map<string, RevocationCommand>();

  /** Applies one verified order; the verdict is what the receipt says. */
  apply(command: RevocationCommand, nowMs: number): Verdict {
    const { target, action, sequence } = command;
    const problems = targetProblems(action, target);
    if (problems.length > 0) return { state: 'unsupported', detail: problems.join('; ') };
    const last = this.#sequences.get(target.agent_uid) ?? 0;
    if (sequence <= last) {
      return { state: 'failed', detail: `Sequence ${sequence} is not above ${last}.` };
    }
    this.#sequences.set(target.agent_uid, sequence);
    if (Date.parse(command.expires_at) <= nowMs) {
      return { state: 'expired', detail: `It expired at ${command.expires_at}.` };
    }
    if (action === 'restore') return this.#restore(command);
    if (action === 'block_issuance') return this.#keep(this.#unissued, target.agent_uid, command);
    if (!REFUSING.has(action) || !Object.hasOwn(ID_OF_LEVEL, target.level)) {
      return {
        state: 'unsupported',
        detail: `This gateway can't ${action} at level ${target.level}.`,
      };
    }
    return this.#keep(this.#orders, command.command_id, command);
  }

  /** The order because of which the call must be refused; undefined when it may pass. */
  refuses(facts: CallFacts, nowMs: number): RevocationCommand | undefined {
    for (const [id, command] of this.#orders) {
      if (Date.parse(command.expires_at) <= nowMs) {
        this.#orders.delete(id);
        continue;
      }
      const { target } = command;
      const matches = ID_OF_LEVEL[target.level];
      if (target.agent_uid === facts.agentUid && matches?.(facts, target) === true) return command;
    }
    return undefined;
  }

  /** The order that forbids this agent a token for a new task. */
  refusesIssuance(agentUid: string, nowMs: number): RevocationCommand | undefined {
    const command = this.#unissued.get(agentUid);
    return command !== undefined && Date.parse(command.expires_at) > nowMs ? command : undefined;
  }

  #keep(into: Map<string, RevocationCommand>, key: string, command: RevocationCommand): Verdict {
    if (into.size >= ORDERS_MAX && !into.has(key)) {
      return { state: 'failed', detail: `More than ${ORDERS_MAX} orders are in force.` };
    }
    into.set(key, command);
    return { state: 'applied', detail: `${command.action} in force until ${command.expires_at}.` };
  }

  #restore(command: RevocationCommand): Verdict {
    const { restores } = command;
    for (const orders of [this.#orders, this.#unissued]) {
      for (const [key, one] of orders) if (one.command_id === restores) orders.delete(key);
    }
    return { state: 'applied', detail: 'Restored.' };
  }
}
