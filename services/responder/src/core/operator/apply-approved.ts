/** Gives what people approved, as recorded, paused or not; every guard is asked again. */
import { formatLogTime } from '@waywarden/schemas';
import type { Output } from '@waywarden/stage';
import type { RuleOutcome } from '../commands/apply-rule.ts';
import { issueSteps, type RuleCase, toStep } from '../commands/issue-orders.ts';
import type { ApprovableRule } from '../guards/approvable.ts';
import { hitsOthers } from '../guards/bystanders.ts';
import { pauseState } from '../guards/enforcement-pause.ts';
import { protectedUsers } from '../guards/protected-users.ts';
import { withheldReasons } from '../guards/withheld-reasons.ts';
import { isIssuedFull } from '../model/issued-command.ts';
import { inCommand } from '../model/people.ts';
import type { ResponseContext } from '../model/response-context.ts';
import { isReverted } from '../model/reverted-alert.ts';

export function reasonsAgainst(
  context: ResponseContext,
  { alert, ruleId, actions }: ApprovableRule,
): readonly string[] {
  const { transaction, policy, registry, neverRevoke, nowMs } = context;
  const rule = policy.rules.find((candidate) => candidate.id === ruleId);
  if (rule === undefined) return ['rule_gone'];
  const full = isIssuedFull(transaction) ? ['issued_commands_limit'] : [];
  const known = {
    ...{ policy, registry, neverRevoke, nowMs },
    isPaused: pauseState(transaction, alert.tenant_id).paused,
    isTaken: isReverted(transaction, alert),
    hitsProtected: actions.some((planned) => protectedUsers(context, planned).length > 0),
    hitsOthers: actions.some((planned) => hitsOthers(transaction, planned, nowMs)),
  };
  return [...withheldReasons({ alert, rule, actions, ...known }), ...full];
}

export function applyApproved(
  context: ResponseContext,
  { alert, rule, actions, approvals }: ApprovableRule,
  outputs: Output[],
): RuleOutcome {
  const detected = formatLogTime({ ms: context.nowMs, ns: 0 });
  const one: RuleCase = { context, alert: { ...alert, detected_at: detected }, rule };
  const steps = actions.filter((one) => one.problems.length === 0).map((step) => toStep(one, step));
  const issued = issueSteps(one, steps, outputs, { approvals: inCommand(approvals) });
  return { issued, withheld: issued.length === 0 ? ['already_contained'] : [] };
}
