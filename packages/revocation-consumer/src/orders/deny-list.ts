/**
 * What an enforcement point refuses, and because of which command. Pure. A number not above the
 * agent's last changes nothing. What can't be enforced is `unsupported`. At its end, while
 * Waywarden is not heard, a command becomes its `at_expiry`.
 */
import { epochMs, type Receipt, type RevocationCommand, targetProblems } from '@waywarden/schemas';
import {
  type CallFacts,
  canMatch,
  isAbout,
  isAgreedTo,
  isInScope,
  missingFacts,
  REFUSING_ACTIONS,
} from './call-facts.ts';

/** Orders in force at once; above it new ones are answered `failed`, and whoever gave them is told. */
export const ORDERS_MAX = 100_000;

/**
 * So long an order goes on as `at_expiry` after Waywarden is heard again: what is late is given
 * then, but not in the first moment.
 */
const SEEN_AGAIN_MS = 60_000;

export interface ReceiptVerdict {
  readonly state: Receipt['state'];
  readonly detail: string;
  /** An old number: said to nobody, for whoever sent it may not be who gave it. */
  readonly isReplay?: true;
}

export interface DenyListState {
  readonly orders: readonly RevocationCommand[];
  /** The last number of each agent. */
  readonly sequences: Readonly<Record<string, number>>;
}

/** What is new since it was last asked; expired orders go by themselves, unsaid. */
export interface DenyListChange {
  readonly retained: readonly RevocationCommand[];
  /** By id. */
  readonly dropped: readonly string[];
  readonly sequences: DenyListState['sequences'];
}

const subjectOf = ({ tenant_id, target }: RevocationCommand) => `${tenant_id}|${target.agent_uid}`;

const agentKeyOf = (uid: string) => `agent|${uid}`;
const credentialKeyOf = (uid: string) => `credential|${uid}`;

/** Where an order is found: one on a credential both by its agent and by whoever shows it. */
function keysOf({ target }: RevocationCommand): readonly string[] {
  if (target.level === 'origin') return [''];
  const { agent_uid: agent, credential_uid: credential } = target;
  if (credential === undefined) return [agentKeyOf(agent)];
  return [agentKeyOf(agent), credentialKeyOf(credential)];
}

export class DenyList {
  readonly #orders = new Map<string, RevocationCommand>();
  /** By agent and by credential, so that a call is held against few; under '' what is about everybody. */
  readonly #bySubject = new Map<string, Set<string>>();
  readonly #sequences: Map<string, number>;
  readonly #supported: ReadonlySet<string>;
  /** When Waywarden was heard last, and since when without having been away. */
  #lastSeen = { lastMs: 0, sinceMs: 0 };
  /** Ids and subjects that are new since the last `takeChange`. */
  readonly #fresh = {
    retained: new Set<string>(),
    dropped: new Set<string>(),
    moved: new Set<string>(),
  };

  constructor(supported: readonly string[] = REFUSING_ACTIONS, state?: DenyListState) {
    this.#supported = new Set(supported);
    this.#sequences = new Map(Object.entries(state?.sequences ?? {}));
    for (const order of state?.orders ?? []) this.#keep(order);
    this.takeChange();
  }

  get state(): DenyListState {
    return { orders: [...this.#orders.values()], sequences: Object.fromEntries(this.#sequences) };
  }

  takeChange(): DenyListChange {
    const { retained, dropped, moved } = this.#fresh;
    const change = {
      retained: [...retained].flatMap((id) => this.#orders.get(id) ?? []),
      dropped: [...dropped],
      sequences: Object.fromEntries([...moved].map((one) => [one, this.#sequences.get(one) ?? 0])),
    };
    for (const ids of [retained, dropped, moved]) ids.clear();
    return change;
  }

  /** Waywarden was heard, and all that it had given. */
  lastSeen(nowMs: number): void {
    const wasAway = nowMs - this.#lastSeen.lastMs > SEEN_AGAIN_MS;
    this.#lastSeen = { lastMs: nowMs, sinceMs: wasAway ? nowMs : this.#lastSeen.sinceMs };
  }

  /** Applies one verified order; the verdict is what the receipt says. */
  apply(command: RevocationCommand, nowMs: number): ReceiptVerdict {
    const { target, action, sequence, expires_at: expiresAt } = command;
    const problems = targetProblems(action, target);
    if (problems.length > 0) return { state: 'unsupported', detail: problems.join('; ') };
    const subject = subjectOf(command);
    const last = this.#sequences.get(subject) ?? 0;
    if (sequence <= last) {
      return { state: 'failed', detail: `${sequence} is not above ${last}.`, isReplay: true };
    }
    this.#sequences.set(subject, sequence);
    this.#fresh.moved.add(subject);
    // Whatever its age: what was done by work of the owner's does not end by itself.
    if (action === 'restore') return this.#restore(command);
    if (epochMs(expiresAt) <= nowMs) {
      return { state: 'expired', detail: `It expired at ${expiresAt}.` };
    }
    // A question keeps nothing in force.
    if (action === 'probe' && this.#supported.has(action)) {
      return { state: 'applied', detail: 'Tried.' };
    }
    const isEnforceable = action === 'block_issuance' || canMatch(target.level);
    if (!this.#supported.has(action) || !isEnforceable) {
      const detail = `This receiver can't ${action} at level ${target.level}.`;
      return { state: 'unsupported', detail };
    }
    if (this.#orders.size >= ORDERS_MAX) this.#dropExpired(nowMs);
    if (this.#orders.size >= ORDERS_MAX) {
      return { state: 'failed', detail: `More than ${ORDERS_MAX} orders are in force.` };
    }
    this.#keep(command);
    return { state: 'applied', detail: `${action} in force until ${expiresAt}.` };
  }

  /** The order because of which the call must be refused; undefined when it may pass. */
  refuses(facts: CallFacts, nowMs: number): RevocationCommand | undefined {
    let about: RevocationCommand | undefined;
    let undecided: RevocationCommand | undefined;
    for (const order of this.#ordersFor(facts, nowMs)) {
      if (isAbout(facts, order.target)) {
        if (order.action === 'disable_agent') return order;
        about ??= order;
      } else if (missingFacts(facts, order.target).length > 0) undecided ??= order;
    }
    return about ?? undecided;
  }

  *#ordersFor(facts: CallFacts, nowMs: number): Generator<RevocationCommand> {
    const { agentUid, credentialUid } = facts;
    const keys = [agentKeyOf(agentUid), ''];
    if (credentialUid !== undefined) keys.push(credentialKeyOf(credentialUid));
    for (const id of keys.flatMap((key) => [...(this.#bySubject.get(key) ?? [])])) {
      const retained = this.#orders.get(id);
      const order = retained && this.#asItStands(retained, nowMs);
      if (order === undefined) {
        if (retained !== undefined) this.#drop(retained);
      } else if (order.action === 'block_issuance' || isAgreedTo(facts, order)) continue;
      // Kept from a time when this receiver could do more.
      else if (this.#supported.has(order.action) && isInScope(facts, order)) yield order;
    }
  }

  /** The order that forbids this agent a new credential, where this receiver gives them out. */
  refusesIssuance(agentUid: string, nowMs: number): RevocationCommand | undefined {
    const orders = [...(this.#bySubject.get(agentKeyOf(agentUid)) ?? [])].map((id) =>
      this.#orders.get(id),
    );
    return orders.find(
      (one) =>
        (one?.action === 'block_issuance' || one?.action === 'disable_agent') &&
        epochMs(one.expires_at) > nowMs,
    );
  }

  #keep(order: RevocationCommand): void {
    this.#orders.set(order.command_id, order);
    this.#fresh.retained.add(order.command_id);
    for (const key of keysOf(order)) {
      const ids = this.#bySubject.get(key) ?? new Set();
      this.#bySubject.set(key, ids.add(order.command_id));
    }
  }

  #drop(order: RevocationCommand): void {
    this.#orders.delete(order.command_id);
    for (const key of keysOf(order)) {
      const ids = this.#bySubject.get(key);
      ids?.delete(order.command_id);
      if (ids?.size === 0) this.#bySubject.delete(key);
    }
  }

  #dropExpired(nowMs: number): void {
    for (const order of this.#orders.values()) {
      if (this.#asItStands(order, nowMs) === undefined) this.#drop(order);
    }
  }

  /** Undefined: it is over. */
  #asItStands(order: RevocationCommand, nowMs: number): RevocationCommand | undefined {
    const endMs = epochMs(order.expires_at);
    if (endMs > nowMs) return order;
    const { at_expiry: next, target } = order;
    if (next === undefined || epochMs(next.until) <= nowMs) return undefined;
    const { lastMs, sinceMs } = this.#lastSeen;
    if (lastMs > Math.max(endMs, sinceMs) + SEEN_AGAIN_MS) return undefined;
    const isOwn = next.target.agent_uid === target.agent_uid && canMatch(next.target.level);
    if (!isOwn || targetProblems(next.action, next.target).length > 0) return undefined;
    if (!this.#supported.has(next.action)) return undefined;
    return { ...order, action: next.action, target: next.target, expires_at: next.until };
  }

  #restore({ restores }: RevocationCommand): ReceiptVerdict {
    const order = restores === undefined ? undefined : this.#orders.get(restores);
    if (order !== undefined) {
      this.#drop(order);
      this.#fresh.dropped.add(order.command_id);
    }
    return { state: 'applied', detail: order === undefined ? 'It was not in force.' : 'Restored.' };
  }
}
