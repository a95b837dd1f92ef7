/**
 * Gives the order on one whom another order reached and a guard spared, now that people have approved
 * it: only while the order that reached it is in force, for without that it has no ground.
 */
import type { RevocationCommand } from '@waywarden/schemas';
import type { Output } from '@waywarden/stage';
import type { ApprovableMember } from './approvable.ts';
import { isReaching, ruleOf, toMember } from './cascade.ts';
import type { Member, Reach } from './cascade-member.ts';
import { issueFor } from './cascade-order.ts';
import { derivedHolders } from './derived-holders.ts';
import { isIssuedFull, issuedCommand, putIssued } from './issued-command.ts';
import { inCommand } from './people.ts';
import type { ResponseContext } from './response-context.ts';
import { isNeverRevoked } from './withhold-command.ts';

interface Given {
  readonly issued: readonly RevocationCommand[];
  readonly withheld: readonly string[];
}

interface Found {
  readonly reach: Reach;
  readonly member: Member;
}

const nothing = (reason: string): Given => ({ issued: [], withheld: [reason] });

/** As it stands now; the reason where it stands no longer. */
function find(context: ResponseContext, { spared }: ApprovableMember): Found | string {
  const { draft, nowMs } = context;
  const issued = issuedCommand(draft, spared.orderId);
  if (issued?.cause == null || !isReaching(issued, nowMs)) return 'nothing_to_approve';
  const rule = ruleOf(context, issued);
  if (rule === undefined) return 'rule_gone';
  const reach = { context, issued, cause: issued.cause, rule, derived: new Set<string>() };
  for (const one of derivedHolders(draft, issued.command.target, () => true)) {
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
  const { draft } = context;
  const { agentUid, orderId, short } = one.spared;
  if (isNeverRevoked(context, agentUid)) return nothing('never_revoke');
  if (isIssuedFull(draft)) return nothing('issued_commands_limit');
  const found = find(context, one);
  if (typeof found === 'string') return nothing(found);
  const { reach, member } = found;
  const given = issueFor(reach, member, member.planned, inCommand(one.approvals));
  if (given === undefined) return nothing('already_contained');
  outputs.push(given);
  const issued = issuedCommand(draft, orderId) ?? reach.issued;
  const before = issued.reached?.[short] ?? { isLeft: false };
  const reached = { ...issued.reached, [short]: { ...before, approvedId: given.id } };
  putIssued(draft, { ...issued, reached });
  return { issued: [given.value as RevocationCommand], withheld: [] };
}
