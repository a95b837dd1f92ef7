/**
 * What a receiver said of an order, as the order then stands: the last word counts, and nothing goes
 * back to before it. Unknown orders and receivers that were not asked count nothing.
 */
import { type Delivery, epochMs, type Receipt } from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';
import { type IssuedCommand, issuedCommand, putIssued } from './issued-command.ts';

/** The order a receiver speaks about, when it was asked and speaks of the right agent. */
function addressed(
  draft: Draft,
  said: Pick<Receipt, 'command_id' | 'tenant_id' | 'receiver'>,
): IssuedCommand | undefined {
  const issued = issuedCommand(draft, said.command_id);
  if (!issued || issued.command.tenant_id !== said.tenant_id) return undefined;
  return issued.command.receivers.includes(said.receiver) ? issued : undefined;
}

/** Notes that an order arrived; whatever its receiver said since stands above. */
export function applyDelivery(draft: Draft, delivery: Delivery): void {
  const issued = addressed(draft, delivery);
  if (!issued || issued.receivers[delivery.receiver] !== undefined) return;
  const state = { state: 'delivered', usableUntilMs: null, appliedMs: null } as const;
  putIssued(draft, { ...issued, receivers: { ...issued.receivers, [delivery.receiver]: state } });
}

/** Notes what a receiver said; the order as it stands then, undefined when nothing changed. */
export function applyReceipt(
  draft: Draft,
  receipt: Receipt,
  signedAt?: number,
): IssuedCommand | undefined {
  const issued = addressed(draft, receipt);
  if (!issued || issued.command.target.agent_uid !== receipt.agent_uid) return undefined;
  const before = issued.receivers[receipt.receiver];
  const isFirst = before === undefined || before.state === 'delivered';
  // Signed before what was said last: an old one, late or put there again.
  if (signedAt !== undefined && signedAt < (before?.signedAt ?? 0)) return undefined;
  // `accepted` after an end state is an old message, not a step back.
  if (receipt.state === 'accepted' && !isFirst) return undefined;
  const said = {
    state: receipt.state,
    usableUntilMs: receipt.usable_until === undefined ? null : epochMs(receipt.usable_until),
    appliedMs: receipt.applied_at === undefined ? null : epochMs(receipt.applied_at),
    ...(signedAt === undefined ? {} : { signedAt }),
  };
  const next = { ...issued, receivers: { ...issued.receivers, [receipt.receiver]: said } };
  putIssued(draft, next);
  return next;
}
