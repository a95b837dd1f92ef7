/** An escalation held back by blackout or budget is asked for once more. */
import { blackoutAt, type RevocationCommand } from '@waywarden/schemas';
import type { Output, Transaction } from '@waywarden/stage';
import { followUp, followUpReasons, giveApproved, roomFor } from '../commands/follow-up.ts';
import type { FollowUp } from '../commands/follow-up-order.ts';
import { noteBlackoutEnd, noteRoom } from '../commands/hold-for-blackout.ts';
import { type ApprovableRise, dropApprovable } from '../guards/approvable.ts';
import {
  type Delayed,
  type IssuedCommand,
  issuedCommand,
  putIssued,
} from '../model/issued-command.ts';
import { inCommand } from '../model/people.ts';
import type { ResponseContext } from '../model/response-context.ts';
import { silentReceivers, undoneBy } from './escalate-command.ts';
import { isLeakProven } from './leak-alert.ts';

function stillFails(issued: IssuedCommand): boolean {
  if (isLeakProven(issued) || undoneBy(issued) !== undefined) return true;
  return silentReceivers(issued).length > 0;
}

interface Found {
  readonly inHand: Delayed;
  readonly one: FollowUp;
}

/** Undefined: nothing is left to ask. */
function find({ transaction, nowMs }: ResponseContext, commandId: string): Found | undefined {
  const issued = issuedCommand(transaction, commandId);
  if (issued?.cause == null || issued.delayed === undefined) return undefined;
  if (issued.restored || issued.expiresMs <= nowMs || !stillFails(issued)) return undefined;
  const { delayed: inHand, cause } = issued;
  const rest = { against: [], isUnbudgeted: false, verb: 'retries' } as const;
  return {
    inHand,
    one: { issued, cause, sentence: inHand.sentence, planned: inHand.planned, ...rest },
  };
}

function withoutDelayed(transaction: Transaction, issued: IssuedCommand): void {
  const { delayed: _, ...rest } = issued;
  putIssued(transaction, rest);
}

function settle({ transaction }: ResponseContext, { inHand, one }: Found): void {
  withoutDelayed(transaction, one.issued);
  dropApprovable(transaction, inHand.decisionId);
}

/** What a person declined is asked for no more. */
export function dropDelayed({ transaction }: ResponseContext, { rise }: ApprovableRise): void {
  const issued = issuedCommand(transaction, rise.orderId);
  if (issued?.delayed !== undefined) withoutDelayed(transaction, issued);
}

export function retryDelayed(context: ResponseContext, commandId: string): readonly Output[] {
  const found = find(context, commandId);
  if (found === undefined) return [];
  const { agent_uid: agentUid } = found.inHand.planned.target;
  if (blackoutAt(context.registry?.blackouts?.[agentUid] ?? [], context.nowMs) !== undefined) {
    noteBlackoutEnd(context, { commandId, agentUid, expiresMs: found.one.issued.expiresMs });
    return [];
  }
  const atMs = roomFor(context, found.one);
  if (atMs !== undefined) {
    noteRoom(context, found.one.issued, atMs);
    return [];
  }
  settle(context, found);
  return followUp(context, found.one);
}

export function reasonsAgainstRise(
  context: ResponseContext,
  { rise }: ApprovableRise,
): readonly string[] {
  const found = find(context, rise.orderId);
  return found === undefined ? ['nothing_to_approve'] : followUpReasons(context, found.one);
}

export function applyApprovedRise(
  context: ResponseContext,
  { rise, approvals }: ApprovableRise,
  outputs: Output[],
): { readonly issued: readonly RevocationCommand[]; readonly withheld: readonly string[] } {
  const found = find(context, rise.orderId);
  if (found === undefined) return { issued: [], withheld: ['nothing_to_approve'] };
  settle(context, found);
  const given = giveApproved(context, found.one, inCommand(approvals));
  if (given === undefined) return { issued: [], withheld: ['already_contained'] };
  outputs.push(given);
  return { issued: [given.value as RevocationCommand], withheld: [] };
}
