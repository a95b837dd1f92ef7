/** Gives an approved order on one whom another order reached, while that is in force. */
import type { RevocationCommand } from '@waywarden/schemas';
import type { Output } from '@waywarden/stage';
import { isReaching, ruleOf, toMember } from '../commands/cascade.ts';
import { type CascadeMember, type Reach, reasonsToLeave } from '../commands/cascade-member.ts';
import { issueFor } from '../commands/cascade-order.ts';
import type { ApprovableMember } from '../guards/approvable.ts';
import { derivedHolders, provenBelow } from '../guards/derived-holders.ts';
import { issuedCommand, putIssued } from '../model/issued-command.ts';
import { inCommand } from '../model/people.ts';
import type { ResponseContext } from '../model/response-context.ts';

interface Given {
  readonly issued: readonly RevocationCommand[];
  readonly withheld: readonly string[];
}

interface Found {
  readonly reach: Reach;
  readonly member: CascadeMember;
}

const nothing = (reason: string): Given => ({ issued: [], withheld: [reason] });

export function reasonsAgainstMember(
  context: ResponseContext,
  one: ApprovableMember,
): readonly string[] {
  const found = find(context, one);
  if (typeof found === 'string') return [found];
  const { mode } = found.reach.rule;
  const reasons = reasonsToLeave(found.reach, found.member);
  return mode === 'enforce' ? reasons : [`rule_in_${mode}`, ...reasons];
}

/** Or why it stands no longer. */
function find(context: ResponseContext, { spared }: ApprovableMember): Found | string {
  const { transaction, nowMs } = context;
  const issued = issuedCommand(transaction, spared.orderId);
  if (issued?.cause == null || !isReaching(issued, nowMs)) return 'nothing_to_approve';
  const rule = ruleOf(context, issued);
  if (rule === undefined) return 'rule_gone';
  const { target } = issued.command;
  const reached = derivedHolders(transaction, target, () => true);
  const proven = provenBelow(transaction, target, Number.POSITIVE_INFINITY);
  const derived = new Set(proven.map(({ holder }) => holder.key));
  const reach = { context, issued, cause: issued.cause, rule, derived };
  for (const one of reached) {
    const member = toMember(reach, one, new Set());
    if (member.short === spared.short) return { reach, member };
  }
  return 'nothing_to_approve';
}

export function applyApprovedMember(
  context: ResponseContext,
  one: ApprovableMember,
  outputs: Output[],
): Given {
  const { transaction } = context;
  const { orderId, short } = one.spared;
  const found = find(context, one);
  if (typeof found === 'string') return nothing(found);
  const { reach, member } = found;
  const given = issueFor(reach, member, member.planned, { approvals: inCommand(one.approvals) });
  if (given === undefined) return nothing('already_contained');
  outputs.push(given);
  const issued = issuedCommand(transaction, orderId) ?? reach.issued;
  const before = issued.reached?.[short] ?? { isLeft: false };
  const reached = { ...issued.reached, [short]: { ...before, approvedId: given.id } };
  putIssued(transaction, { ...issued, reached });
  return { issued: [given.value as RevocationCommand], withheld: [] };
}
