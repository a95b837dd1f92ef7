/** What every step shares: rules in force, clock, sequence numbers, decision chain. */
import { agentKey, epochMs, type RevocationCommand, TOPICS } from '@waywarden/schemas';
import type { Output, Transaction } from '@waywarden/stage';
import {
  CHAIN_START,
  type ChainHead,
  chainDecision,
  type Sha256,
  type UnchainedDecision,
} from './decision-chain.ts';
import type { TenantPolicy, TenantRegistry } from './tenant-policy.ts';

export interface ResponseDependencies {
  readonly sha256: Sha256;
  readonly neverRevoke?: readonly string[];
  /** In a replay. */
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

/** 0 at first. */
export function journalClockOf(transaction: Transaction): number {
  return transaction.get<number>(CLOCK) ?? 0;
}

/** In milliseconds. */
export function moveClock(transaction: Transaction, time: string): number {
  const before = transaction.get<number>(CLOCK);
  const given = epochMs(time);
  if (before !== undefined && before >= given) return before;
  transaction.put(CLOCK, given);
  return given;
}

const sequenceKey = (tenantId: string, agentUid: string) =>
  `sequence|${agentKey(tenantId, agentUid)}`;

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

/** After its state was lost. */
export function goOnNumbering(transaction: Transaction, command: RevocationCommand): void {
  const { tenant_id: tenantId, target, sequence } = command;
  if (sequence < nextSequence(transaction, tenantId, target.agent_uid)) return;
  transaction.put(sequenceKey(tenantId, target.agent_uid), sequence);
}

/** After its state was lost. */
export function goOnAfter(transaction: Transaction, head: ChainHead): void {
  transaction.put(CHAIN, head);
}

export function chainHeadOf(transaction: Transaction): ChainHead | undefined {
  return transaction.get<ChainHead>(CHAIN);
}

/** Once for each, in order. */
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
