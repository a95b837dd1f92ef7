/**
 * Gives the orders of a rule that people have approved, as its decision would have given them: under
 * the rules in force now, never against who is never revoked, and paused or not, since people order it.
 */
import { formatLogTime } from '@waywarden/schemas';
import type { Output } from '@waywarden/stage';
import type { Outcome } from './apply-rule.ts';
import type { ApprovableRule } from './approvable.ts';
import { issueSteps, type RuleCase, toStep } from './issue-orders.ts';
import { isIssuedFull } from './issued-command.ts';
import { inCommand } from './people.ts';
import { planActions } from './plan-actions.ts';
import type { ResponseContext } from './response-context.ts';
import { isNeverRevoked } from './withhold-command.ts';

export function applyApproved(
  context: ResponseContext,
  { alert, ruleId, approvals }: ApprovableRule,
  outputs: Output[],
): Outcome {
  const rule = context.policy.rules.find((candidate) => candidate.id === ruleId);
  if (rule === undefined) return { issued: [], withheld: ['rule_gone'] };
  const actions = planActions(alert, rule, context);
  const touched = actions.map(({ target }) => target.agent_uid);
  if (touched.some((uid) => isNeverRevoked(context, uid))) {
    return { issued: [], withheld: ['never_revoke'] };
  }
  if (isIssuedFull(context.draft)) return { issued: [], withheld: ['issued_commands_limit'] };
  const detected = formatLogTime({ ms: context.nowMs, ns: 0 });
  const one: RuleCase = { context, alert: { ...alert, detected_at: detected }, rule };
  const steps = actions.filter((one) => one.problems.length === 0).map((step) => toStep(one, step));
  const issued = issueSteps(one, steps, outputs, { approvals: inCommand(approvals) });
  return { issued, withheld: issued.length === 0 ? ['already_contained'] : [] };
}
