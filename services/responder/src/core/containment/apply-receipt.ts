/**
 * What a receiver said of an order; the last word counts. Times are bounded by order, receipt, journal clock and
 * credential life. Unasked receivers count nothing.
 */
import { type Delivery, epochMs, type Receipt } from '@waywarden/schemas';
import type { Transaction } from '@waywarden/stage';
import type { ReceiptState } from '../model/command-record.ts';
import { type IssuedCommand, issuedCommand, putIssued } from '../model/issued-command.ts';

/** The journal's clock lags behind the wall. */
const RECEIPT_LEAD_MAX_MS = 60_000;
/** In one second. */
const CLAIMED_MAX = 16;

export function latestClaimed(nowMs: number, arrivedAt: string | undefined): number {
  const latestMs = nowMs + RECEIPT_LEAD_MAX_MS;
  return arrivedAt === undefined ? latestMs : Math.min(epochMs(arrivedAt), latestMs);
}

function appliedAt(
  { applied_at: at, state, receiver }: Receipt,
  { issuedMs, receivers }: IssuedCommand,
  { nowMs, arrivedAt }: Pick<Hearing, 'nowMs' | 'arrivedAt'>,
): number | null {
  if (at === undefined) return null;
  const before = receivers[receiver];
  const latestMs = Math.max(issuedMs, latestClaimed(nowMs, arrivedAt));
  const atMs = Math.min(Math.max(epochMs(at), issuedMs), latestMs);
  return before?.state === 'applied' && state === 'applied' && before.appliedMs !== null
    ? Math.min(before.appliedMs, atMs)
    : atMs;
}

/** Of tokens given out before the order. */
function usableUntil(
  { usable_until: until }: Receipt,
  { issuedMs }: IssuedCommand,
  lifeMs: number,
): Pick<ReceiptState, 'usableUntilMs' | 'doubtedUntilMs'> {
  if (until === undefined) return { usableUntilMs: null };
  const latestMs = issuedMs + lifeMs + RECEIPT_LEAD_MAX_MS;
  const claimedMs = epochMs(until);
  return claimedMs <= latestMs
    ? { usableUntilMs: claimedMs }
    : { usableUntilMs: latestMs, doubtedUntilMs: claimedMs };
}

function addressed(
  transaction: Transaction,
  answer: Pick<Receipt, 'command_id' | 'tenant_id' | 'receiver'>,
): IssuedCommand | undefined {
  const issued = issuedCommand(transaction, answer.command_id);
  if (!issued || issued.command.tenant_id !== answer.tenant_id) return undefined;
  return issued.command.receivers.includes(answer.receiver) ? issued : undefined;
}

export function applyDelivery(transaction: Transaction, delivery: Delivery): void {
  const issued = addressed(transaction, delivery);
  if (!issued || issued.receivers[delivery.receiver] !== undefined) return;
  const state = { state: 'delivered', usableUntilMs: null, appliedMs: null } as const;
  putIssued(transaction, {
    ...issued,
    receivers: { ...issued.receivers, [delivery.receiver]: state },
  });
}

export interface Hearing {
  readonly signedAt: number | undefined;
  readonly print: string;
  readonly nowMs: number;
  /** Undefined: unknown. */
  readonly arrivedAt: string | undefined;
  readonly lifeMsOf: (agentUid: string) => number;
}

/** Undefined when nothing changed. */
export function applyReceipt(
  transaction: Transaction,
  receipt: Receipt,
  { signedAt, print, lifeMsOf, ...when }: Hearing,
): IssuedCommand | undefined {
  const issued = addressed(transaction, receipt);
  if (!issued || issued.command.target.agent_uid !== receipt.agent_uid) return undefined;
  const before = issued.receivers[receipt.receiver];
  const isFirst = before === undefined || before.state === 'delivered';
  if (signedAt !== undefined && signedAt < (before?.signedAt ?? 0)) return undefined;
  const claimedBefore = signedAt === before?.signedAt ? (before?.answerPrints ?? []) : [];
  if (signedAt !== undefined && claimedBefore.includes(print)) return undefined;
  // An old message, no step back.
  if (receipt.state === 'accepted' && !isFirst) return undefined;
  const stated = {
    state: receipt.state,
    ...usableUntil(receipt, issued, lifeMsOf(receipt.agent_uid)),
    appliedMs: appliedAt(receipt, issued, when),
    ...(signedAt === undefined
      ? {}
      : { signedAt, answerPrints: [...claimedBefore, print].slice(-CLAIMED_MAX) }),
  };
  const next = { ...issued, receivers: { ...issued.receivers, [receipt.receiver]: stated } };
  putIssued(transaction, next);
  return next;
}
