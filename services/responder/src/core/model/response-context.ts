/**
 * What every step of the response shares: the draft, the rules in force for the tenant, the journal
 * clock, and the three things that only go forward: clock, sequence numbers, decision chain.
 */
import { agentKey, epochMs, type RevocationCommand, TOPICS } from '@waywarden/schemas';
import type { Output, Transaction } from '@waywarden/stage';
import {
  CHAIN_START,
  type ChainHead,
  chainDecision,
  type Sha256,
  type UnchainedDecision,
} from './decision-chain.ts';
import type { TenantPolicy, TenantRegistry } from './tenant-rules.ts';

export interface ResponseDependencies {
  readonly sha256: Sha256;
  /** Uids that nothing automatic may touch, beside policy and registry. */
  readonly neverRevoke?: readonly string[];
  /** True in a replay, where nobody answers. */
  readonly nobodyAnswers?: boolean;
}

export interface ResponseContext {
  readonly transaction: Transaction;
  readonly sha256: Sha256;
  readonly neverRevoke: readonly string[];
  readonly policy: TenantPolicy;
  readonly registry: TenantRegistry | undefined;
  readonly nowMs: number;
}

const CLOCK = 'clock';
const CHAIN = 'chain';

/** Where the journal's clock stands; 0 before anything moved it. */
export function journalClockOf(transaction: Transaction): number {
  return transaction.get<number>(CLOCK) ?? 0;
}

/** Moves the journal's clock to `time` unless it is there already; returns it in milliseconds. */
export function moveClock(transaction: Transaction, time: string): number {
  const before = transaction.get<number>(CLOCK);
  const given = epochMs(time);
  if (before !== undefined && before >= given) return before;
  transaction.put(CLOCK, given);
  return given;
}

// One number for each agent that was ever commanded.
const sequenceKey = (tenantId: string, agentUid: string) =>
  `sequence|${agentKey(tenantId, agentUid)}`;

/** The number that the next command of this agent will have. */
export function nextSequence(transaction: Transaction, tenantId: string, agentUid: string): number {
  return (transaction.get<number>(sequenceKey(tenantId, agentUid)) ?? 0) + 1;
}

export function commandOutput(transaction: Transaction, command: RevocationCommand): Output {
  const { tenant_id: tenantId, target, command_id: id } = command;
  transaction.put(sequenceKey(tenantId, target.agent_uid), command.sequence);
  return {
    topic: TOPICS.revocationCommands.name,
    key: agentKey(tenantId, target.agent_uid),
    type: 'event',
    value: command,
    id,
    subject: target.agent_uid,
    time: command.issued_at,
  };
}

/** After its state was lost: the numbers of this command's agent go on after it. */
export function goOnNumbering(transaction: Transaction, command: RevocationCommand): void {
  const { tenant_id: tenantId, target, sequence } = command;
  if (sequence < nextSequence(transaction, tenantId, target.agent_uid)) return;
  transaction.put(sequenceKey(tenantId, target.agent_uid), sequence);
}

/** After its state was lost: the chain of decisions goes on after `head`. */
export function goOnAfter(transaction: Transaction, head: ChainHead): void {
  transaction.put(CHAIN, head);
}

/** The last decision that this state has made; undefined before the first. */
export function chainHeadOf(transaction: Transaction): ChainHead | undefined {
  return transaction.get<ChainHead>(CHAIN);
}

/** Chains and emits a decision; called once for each, in the order in which they stand. */
export function decisionOutput(
  transaction: Transaction,
  sha256: Sha256,
  unchained: UnchainedDecision,
): Output {
  const decision = chainDecision(chainHeadOf(transaction) ?? CHAIN_START, unchained, sha256);
  transaction.put(CHAIN, { seq: decision.seq, hash: decision.hash });
  return {
    topic: TOPICS.decisions.name,
    key: agentKey(decision.tenant_id, decision.agent_uid),
    type: 'event',
    value: decision,
    id: decision.decision_id,
    subject: decision.agent_uid,
    time: decision.decided_at,
  };
}
