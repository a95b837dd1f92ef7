/**
 * Stores what is stronger where blackout, budget or bystanders held it back: people may approve it, or it is asked
 * again.
 */
import { blackoutEndsAt } from '@waywarden/schemas';
import { keepApprovable } from '../guards/approvable.ts';
import type { PlannedAction } from '../model/action-target.ts';
import { noteDue } from '../model/due-heap.ts';
import {
  type Cause,
  type IssuedCommand,
  issuedCommand,
  putIssued,
} from '../model/issued-command.ts';
import type { ResponseContext } from '../model/response-context.ts';

/** Not where the blackout has no end, or the order ends first. */
export function noteBlackoutEnd(
  { transaction, registry, nowMs }: ResponseContext,
  { commandId, agentUid, expiresMs }: { commandId: string; agentUid: string; expiresMs: number },
): void {
  const atMs = blackoutEndsAt(registry?.blackouts?.[agentUid] ?? [], nowMs);
  if (atMs !== undefined && atMs < expiresMs)
    noteDue(transaction, { atMs, what: 'blackout', commandId });
}

interface InHand {
  readonly issued: IssuedCommand;
  readonly cause: Cause;
  readonly planned: PlannedAction | undefined;
  readonly sentence: string;
}

export function holdForBlackout(context: ResponseContext, one: InHand, decisionId: string): void {
  if (!keepWithheld(context, one, { decisionId, people: 1 }) || one.planned === undefined) return;
  const { command, expiresMs } = one.issued;
  const { agent_uid: agentUid } = one.planned.target;
  noteBlackoutEnd(context, { commandId: command.command_id, agentUid, expiresMs });
}

export function holdForPeople(context: ResponseContext, one: InHand, decisionId: string): void {
  keepWithheld(context, one, { decisionId, people: 2 });
}

/** `atMs`: when there may be room; null: never. */
export function noteRoom(
  { transaction }: ResponseContext,
  { command, expiresMs }: Pick<IssuedCommand, 'command' | 'expiresMs'>,
  atMs: number | null,
): void {
  if (atMs === null || atMs >= expiresMs) return;
  noteDue(transaction, { atMs, what: 'budget', commandId: command.command_id });
}

export function holdForRoom(
  context: ResponseContext,
  one: InHand,
  { decisionId, atMs }: { readonly decisionId: string; readonly atMs: number | null },
): void {
  if (keepWithheld(context, one, { decisionId, people: 1 })) noteRoom(context, one.issued, atMs);
}

function keepWithheld(
  context: ResponseContext,
  { issued, cause, planned, sentence }: InHand,
  { decisionId, people }: { readonly decisionId: string; readonly people: number },
): boolean {
  const { transaction, nowMs } = context;
  const { command_id: orderId, tenant_id: tenantId } = issued.command;
  const current = issuedCommand(transaction, orderId);
  if (planned === undefined || current === undefined) return false;
  putIssued(transaction, { ...current, delayed: { decisionId, sentence, planned } });
  const { agent_uid: agentUid } = planned.target;
  keepApprovable(transaction, decisionId, {
    ...{ ruleId: issued.ruleId, people, approvals: [], atMs: nowMs },
    rise: { orderId, tenantId, agentUid, alertId: cause.alertId },
  });
  return true;
}
