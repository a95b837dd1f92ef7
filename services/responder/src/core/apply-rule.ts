/**
 * One matching rule and one open alert revision: one decision, and the commands that follow.
 *
 * The decision is about the rule as a whole. `would_be_command` is the command of its first action;
 * each further action of a rule that acts gets a command of its own, named in `issued_command_ids`.
 * A further action whose target is incomplete is left out and said so, while an incomplete first one
 * holds everything back: the others alone would not be what the rule meant.
 *
 * A spent budget degrades instead of disarming: the subject must step up at its task, which stops
 * nothing that a person confirms and so may be asked of any number of subjects.
 */
import { type Alert, decisionId, type RevocationCommand, type Rule } from '@waywarden/schemas';
import type { Output } from '@waywarden/stage';
import { type PlannedAction, planAction, planActions, targetActionKey } from './action-target.ts';
import { buildCommand } from './build-command.ts';
import {
  type Cause,
  holdCommand,
  type IssuedCommand,
  isIssuedFull,
  openCommand,
  rememberCommand,
} from './issued-command.ts';
import { classOf } from './match-rule.ts';
import {
  commandOutput,
  decisionOutput,
  nextSequence,
  type ResponseContext,
} from './response-context.ts';
import { admitSubject } from './rule-budget.ts';
import { receiversFor, type TenantRegistry } from './tenant-rules.ts';
import { subjectOf } from './watched-subject.ts';
import { byDecisiveness, withheldReasons } from './withhold-command.ts';

/** The strongest action that is reversible and narrow enough for any number of subjects. */
const DEGRADED = { action: 'require_step_up', level: 'task' } as const;

interface RuleCase {
  readonly context: ResponseContext;
  readonly alert: Alert;
  readonly rule: Rule;
}

interface Step {
  readonly planned: PlannedAction;
  readonly openKey: string;
  readonly open: IssuedCommand | undefined;
}

interface Outcome {
  readonly issued: readonly RevocationCommand[];
  /** Why the first action's command was not issued; empty when it was. */
  readonly withheld: readonly string[];
  /** Why a further action was left out. */
  readonly notes?: readonly string[];
  readonly degradedTo?: string;
}

function causeOf(alert: Alert, registry: TenantRegistry | undefined): Cause {
  return {
    alertId: alert.alert_id,
    revision: alert.revision,
    title: alert.title,
    subject: alert.subject,
    subjectClass: classOf(alert, registry),
  };
}

function toStep({ context }: RuleCase, planned: PlannedAction): Step {
  const openKey = targetActionKey(planned.target, planned.action, context.sha256);
  return { planned, openKey, open: openCommand(context.draft, openKey, context.nowMs) };
}

function commandFor({ context, alert, rule }: RuleCase, planned: PlannedAction): RevocationCommand {
  const { draft, policy, registry } = context;
  const agentUid = planned.target.agent_uid;
  return buildCommand({
    alert,
    rule,
    planned,
    sequence: nextSequence(draft, alert.tenant_id, agentUid),
    receivers: receiversFor(policy, registry, agentUid).all,
  });
}

/** Issues what is not in force yet; what is, is held for this alert too. */
function issueSteps(one: RuleCase, steps: readonly Step[], outputs: Output[]): RevocationCommand[] {
  const { context, alert, rule } = one;
  const { draft, policy, registry } = context;
  const issued: RevocationCommand[] = [];
  for (const { planned, openKey, open } of steps) {
    if (open) {
      holdCommand(draft, open, alert.alert_id);
      continue;
    }
    const command = commandFor(one, planned);
    outputs.push(commandOutput(draft, command));
    const { required, issuers } = receiversFor(
      policy,
      registry,
      planned.target.agent_uid,
      planned.action,
    );
    rememberCommand(draft, {
      command,
      ruleId: rule.id,
      openKey,
      required,
      issuers,
      holder: alert.alert_id,
      subject: subjectOf(planned.target, alert.subject),
      cause: causeOf(alert, registry),
      receiptWithinMs: policy.receiptWithinMs,
    });
    issued.push(command);
  }
  return issued;
}

function degrade(one: RuleCase, outputs: Output[]): Outcome {
  const planned = planAction(one.alert, DEGRADED.action, DEGRADED.level);
  if (planned.problems.length > 0) {
    return { issued: [], withheld: ['budget_exceeded', 'target_incomplete'] };
  }
  const issued = issueSteps(one, [toStep(one, planned)], outputs);
  return { issued, withheld: ['budget_exceeded'], degradedTo: DEGRADED.action };
}

function isWithinBudget({ context, alert, rule }: RuleCase, first: Step): boolean {
  return admitSubject(context.draft, context.policy, {
    tenantId: alert.tenant_id,
    ruleId: rule.id,
    subject: context.sha256(JSON.stringify(first.planned.target)),
    agentUid: first.planned.target.agent_uid,
    nowMs: context.nowMs,
    liveAgents: context.registry?.liveAgents ?? 0,
  });
}

function act(one: RuleCase, steps: readonly Step[], outputs: Output[]): Outcome {
  const [first] = steps;
  const complete = steps.filter(({ planned }) => planned.problems.length === 0);
  const notes = complete.length < steps.length ? ['target_incomplete'] : [];
  const fresh = complete.filter(({ open }) => open === undefined);
  if (first === undefined || fresh.length === 0) {
    issueSteps(one, complete, outputs);
    return { issued: [], withheld: ['already_contained'], notes };
  }
  if (isIssuedFull(one.context.draft)) return { issued: [], withheld: ['issued_commands_limit'] };
  if (!isWithinBudget(one, first)) {
    issueSteps(
      one,
      complete.filter(({ open }) => open !== undefined),
      outputs,
    );
    return degrade(one, outputs);
  }
  const issued = issueSteps(one, complete, outputs);
  return { issued, withheld: first.open ? ['already_contained'] : [], notes };
}

function wouldBe(one: RuleCase, first: Step | undefined, outcome: Outcome) {
  if (first === undefined || first.planned.problems.length > 0) return null;
  const { action } = first.planned;
  return outcome.withheld.length === 0
    ? (outcome.issued.find((command) => command.action === action) ?? null)
    : commandFor(one, first.planned);
}

function toDecision(one: RuleCase, steps: readonly Step[], outcome: Outcome): Output {
  const { context, alert, rule } = one;
  const problems = steps.flatMap(({ planned }) =>
    planned.problems.map((text) => `${planned.action}: ${text}`),
  );
  const reasons = byDecisiveness(outcome.withheld);
  const all = byDecisiveness([...reasons, ...(outcome.notes ?? [])]);
  return decisionOutput(context.draft, context.sha256, {
    decision_id: decisionId({
      tenantId: alert.tenant_id,
      alertId: alert.alert_id,
      revision: alert.revision,
      ruleId: rule.id,
    }),
    tenant_id: alert.tenant_id,
    alert_ids: [alert.alert_id],
    alert_revision: alert.revision,
    agent_uid: alert.subject.agent_uid,
    rule_id: rule.id,
    mode: rule.mode,
    would_be_command: wouldBe(one, steps[0], outcome),
    withheld_reason: reasons[0] ?? null,
    withheld_reasons: [...all],
    policy_version: context.policy.version,
    decided_at: alert.detected_at,
    issued_command_ids: outcome.issued.map((command) => command.command_id),
    ...(outcome.degradedTo === undefined ? {} : { degraded_to: outcome.degradedTo }),
    ...(problems.length === 0 ? {} : { target_problems: problems }),
  });
}

/** The rule's decision and, when it acts, its commands; the decision stands first. */
export function applyRule(context: ResponseContext, alert: Alert, rule: Rule): readonly Output[] {
  const one: RuleCase = { context, alert, rule };
  const { policy, registry, neverRevoke } = context;
  const actions = planActions(alert, rule);
  const reasons = withheldReasons({ alert, rule, actions, policy, registry, neverRevoke });
  const steps = actions.map((planned) => toStep(one, planned));
  const commands: Output[] = [];
  const outcome: Outcome =
    reasons.length > 0
      ? { issued: [], withheld: steps[0]?.open ? [...reasons, 'already_contained'] : reasons }
      : act(one, steps, commands);
  return [toDecision(one, steps, outcome), ...commands];
}
