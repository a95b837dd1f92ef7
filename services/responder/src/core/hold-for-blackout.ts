/**
 * Keeps what is stronger than an order that did not hold, where nothing but a blackout held it back: a
 * person may approve it meanwhile, and when the blackout ends it is asked for once more. The order did not
 * hold, and nobody else would look at it again: an order is escalated once.
 */
import { blackoutEndsAt } from '@waywarden/schemas';
import type { PlannedAction } from './action-target.ts';
import { keepApprovable } from './approvable.ts';
import { noteDue } from './due-heap.ts';
import { type Cause, type IssuedCommand, issuedCommand, putIssued } from './issued-command.ts';
import type { ResponseContext } from './response-context.ts';

/** Not at all where the blackout has no end in sight, or the order ends first. */
export function noteBlackoutEnd(
  { draft, registry, nowMs }: ResponseContext,
  { commandId, agentUid, expiresMs }: { commandId: string; agentUid: string; expiresMs: number },
): void {
  const atMs = blackoutEndsAt(registry?.blackouts?.[agentUid] ?? [], nowMs);
  if (atMs !== undefined && atMs < expiresMs) noteDue(draft, { atMs, what: 'blackout', commandId });
}

interface Held {
  readonly issued: IssuedCommand;
  readonly cause: Cause;
  readonly planned: PlannedAction | undefined;
  readonly sentence: string;
}

export function holdForBlackout(
  context: ResponseContext,
  { issued, cause, planned, sentence }: Held,
  decisionId: string,
): void {
  const { draft, nowMs } = context;
  const { command_id: orderId, tenant_id: tenantId } = issued.command;
  const current = issuedCommand(draft, orderId);
  if (planned === undefined || current === undefined) return;
  putIssued(draft, { ...current, heldUp: { decisionId, sentence, planned } });
  const { agent_uid: agentUid } = planned.target;
  noteBlackoutEnd(context, { commandId: orderId, agentUid, expiresMs: issued.expiresMs });
  keepApprovable(draft, decisionId, {
    ...{ ruleId: issued.ruleId, people: 1, approvals: [], atMs: nowMs },
    rise: { orderId, tenantId, agentUid, alertId: cause.alertId },
  });
}
