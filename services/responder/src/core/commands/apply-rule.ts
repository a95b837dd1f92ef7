/**
 * One rule and one open alert revision: one decision and its commands. A guard that holds an order back may leave a
 * step-up.
 */
import {
  type Alert,
  CLASS_LADDER,
  classRow,
  decisionId,
  type RevocationCommand,
  type Rule,
  type Target,
} from '@waywarden/schemas';
import type { Output } from '@waywarden/stage';
import { keepApprovable, peopleNeeded } from '../guards/approvable.ts';
import { othersHit, worst } from '../guards/bystanders.ts';
import { noteWithheldByPause, pauseState } from '../guards/enforcement-pause.ts';
import { classOf } from '../guards/match-rule.ts';
import { protectedUsers } from '../guards/protected-users.ts';
import { type SpentBudget, takeBudget } from '../guards/rule-budget.ts';
import { sharedOrigin } from '../guards/shared-origin.ts';
import { byDecisiveness, withheldReasons } from '../guards/withheld-reasons.ts';
import { isMild, narrowest, STEP_UP } from '../model/action-strength.ts';
import { type PlannedAction, planAction } from '../model/action-target.ts';
import { actorClassOf } from '../model/actor-class.ts';
import { isIssuedFull } from '../model/issued-command.ts';
import { decisionOutput, type ResponseContext } from '../model/response-context.ts';
import { isReverted } from '../model/reverted-alert.ts';
import {
  commandFor,
  issueSteps,
  type RuleCase,
  type Special,
  type Step,
  toStep,
} from './issue-orders.ts';
import { isOriginInVain, ORIGIN_QUARANTINED, QUARANTINE } from './origin-victims.ts';
import { holderOf, traceLineage } from './trace-lineage.ts';
import { breakageOf } from './would-break.ts';

const IRREVERSIBLE = ['delete', 'send', 'pay', 'grant', 'execute', 'unknown'];
const OTHERS = 'bystanders_affected';

export interface RuleOutcome {
  readonly issued: readonly RevocationCommand[];
  readonly withheld: readonly string[];
  readonly notes?: readonly string[];
  readonly degradedTo?: string;
  readonly spent?: SpentBudget;
}

/** Instead of `first`. */
function stepUp(
  one: RuleCase,
  outputs: Output[],
  reason: string,
  { first, ...rest }: Special & { readonly first: PlannedAction | undefined },
): RevocationCommand[] {
  const special =
    first === undefined
      ? rest
      : { ...rest, insteadOf: { reason, action: first.action, planned: first } };
  const { tenant_id, subject } = one.alert;
  const planned = narrowest(STEP_UP, { tenant_id, agent_uid: subject.agent_uid }, subject);
  if (planned === undefined) return [];
  return issueSteps(one, [toStep(one, planned, special.scope)], outputs, special);
}

function degrade(
  one: RuleCase,
  first: PlannedAction,
  spent: SpentBudget,
  outputs: Output[],
): RuleOutcome {
  const issued = stepUp(one, outputs, 'budget_exceeded', { first });
  return { issued, withheld: ['budget_exceeded'], degradedTo: STEP_UP, spent };
}

function quarantine(
  one: RuleCase,
  first: PlannedAction,
  target: Target,
  outputs: Output[],
): RuleOutcome {
  const planned = { action: QUARANTINE, target, problems: [] };
  const stopped = issueSteps(one, [toStep(one, planned)], outputs);
  const issued = [...stopped, ...stepUp(one, outputs, ORIGIN_QUARANTINED, { first })];
  return { issued, withheld: [ORIGIN_QUARANTINED], degradedTo: QUARANTINE };
}

function askOwner(
  one: RuleCase,
  steps: readonly Step[],
  reasons: readonly string[],
  outputs: Output[],
): RuleOutcome {
  const asked = steps[0]?.planned;
  const scope = { effects: IRREVERSIBLE };
  const special = asked === undefined ? { scope } : { scope, asked };
  const issued = stepUp(one, outputs, 'blackout', { ...special, first: asked });
  return { issued, withheld: reasons, degradedTo: STEP_UP };
}

/** Whoever is hijacked can invent others. */
function spareInvented(one: RuleCase, steps: readonly Step[], outputs: Output[]): RuleOutcome {
  const issued = stepUp(one, outputs, OTHERS, { first: steps[0]?.planned });
  return { issued, withheld: [OTHERS], degradedTo: STEP_UP };
}

function spentOf({ context, alert, rule, isRoutine }: RuleCase, first: Step) {
  if (isRoutine === true) return undefined;
  return takeBudget(context.transaction, context.policy, {
    tenantId: alert.tenant_id,
    ruleId: rule.id,
    subject: context.sha256(JSON.stringify(first.planned.target)),
    agentUid: first.planned.target.agent_uid,
    sources: alert.sources,
    nowMs: context.nowMs,
    liveAgents: context.registry?.liveAgents ?? 0,
  });
}

function originToStop({ context, alert }: RuleCase, first: Step): Target | undefined {
  if (isMild(first.planned.action)) return undefined;
  const { transaction, policy, nowMs } = context;
  const origin = sharedOrigin(transaction, alert, { subjectsMin: policy.originSubjects, nowMs });
  return origin !== undefined && isOriginInVain(context, origin) ? undefined : origin;
}

interface Against {
  readonly reasons: readonly string[];
  readonly areInvented: boolean;
}

function outcomeOf(
  one: RuleCase,
  steps: readonly Step[],
  { reasons, areInvented }: Against,
  outputs: Output[],
): RuleOutcome {
  if (reasons.length === 0) return act(one, steps, outputs);
  const open = steps[0]?.open ? ['already_contained'] : [];
  const isEased = (reason: string) => reason === 'blackout' || (reason === OTHERS && areInvented);
  if (!reasons.every(isEased) || open.length > 0)
    return { issued: [], withheld: [...reasons, ...open] };
  if (isIssuedFull(one.context.transaction))
    return { issued: [], withheld: ['issued_commands_limit'] };
  return reasons.includes('blackout')
    ? askOwner(one, steps, reasons, outputs)
    : spareInvented(one, steps, outputs);
}

function act(one: RuleCase, steps: readonly Step[], outputs: Output[]): RuleOutcome {
  const [first] = steps;
  const complete = steps.filter(({ planned }) => planned.problems.length === 0);
  const notes = complete.length < steps.length ? ['target_incomplete'] : [];
  const fresh = complete.filter(({ open }) => open === undefined);
  if (first === undefined || fresh.length === 0) {
    issueSteps(one, complete, outputs);
    return { issued: [], withheld: ['already_contained'], notes };
  }
  const isMinor = one.isRoutine === true;
  if (isIssuedFull(one.context.transaction, isMinor))
    return { issued: [], withheld: ['issued_commands_limit'] };
  const origin = originToStop(one, first);
  if (origin !== undefined) return quarantine(one, first.planned, origin, outputs);
  const spent = spentOf(one, first);
  if (spent !== undefined) {
    issueSteps(
      one,
      complete.filter(({ open }) => open !== undefined),
      outputs,
    );
    return degrade(one, first.planned, spent, outputs);
  }
  const issued = issueSteps(one, complete, outputs);
  return { issued, withheld: first.open ? ['already_contained'] : [], notes };
}

function wouldBe(one: RuleCase, first: Step | undefined, outcome: RuleOutcome) {
  if (first === undefined || first.planned.problems.length > 0) return null;
  const { action } = first.planned;
  return outcome.withheld.length === 0
    ? (outcome.issued.find((command) => command.action === action) ?? null)
    : commandFor(one, first.planned);
}

function toDecision(one: RuleCase, steps: readonly Step[], outcome: RuleOutcome): Output {
  const { context, alert, rule } = one;
  const problems = steps.flatMap(({ planned }) =>
    planned.problems.map((text) => `${planned.action}: ${text}`),
  );
  const reasons = byDecisiveness(outcome.withheld);
  const all = byDecisiveness([...reasons, ...(outcome.notes ?? [])]);
  const { transaction, registry } = context;
  const holder = holderOf(transaction, alert.tenant_id, alert.subject);
  const lineage = traceLineage(transaction, registry, holder);
  const first = steps[0]?.planned;
  const broken = holder && first && breakageOf(context, first, context.nowMs);
  return decisionOutput(context.transaction, context.sha256, {
    decision_id: idOf(one),
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
    ...(outcome.spent === undefined ? {} : { budget: outcome.spent }),
    ...(problems.length === 0 ? {} : { target_problems: problems }),
    ...(lineage === undefined ? {} : { lineage }),
    ...(broken === undefined ? {} : { would_break: broken }),
  });
}

export function applyRule(
  context: ResponseContext,
  alert: Alert,
  rule: Rule,
  { isRoutine = false }: { readonly isRoutine?: boolean } = {},
): readonly Output[] {
  const one: RuleCase = { context, alert, rule, isRoutine };
  const { policy, registry, neverRevoke, nowMs } = context;
  const actions = planActions(alert, rule, context);
  const isPaused = pauseState(context.transaction, alert.tenant_id).paused;
  const lists = { policy, registry, neverRevoke };
  const isTaken = isReverted(context.transaction, alert);
  const hits = actions.map((planned) => othersHit(context.transaction, planned, nowMs));
  const others = worst(hits.filter((one) => one !== undefined).map((one) => one === 'proven'));
  const hitsProtected = actions.some((planned) => protectedUsers(context, planned).length > 0);
  const input = { alert, rule, actions, ...lists, isPaused, isTaken, hitsProtected, nowMs };
  const reasons = withheldReasons({ ...input, hitsOthers: others !== undefined });
  const areInvented = others === 'asserted' && !withheldReasons(input).includes(OTHERS);
  const steps = actions.map((planned) => toStep(one, planned));
  const commands: Output[] = [];
  const outcome = outcomeOf(one, steps, { reasons, areInvented }, commands);
  if (rule.mode === 'enforce') keepForApproval(one, steps, outcome);
  return [toDecision(one, steps, outcome), ...commands];
}

function idOf({ alert, rule }: RuleCase): string {
  const { tenant_id: tenantId, alert_id: alertId, revision } = alert;
  return decisionId({ tenantId, alertId, revision, ruleId: rule.id });
}

function keepForApproval(one: RuleCase, steps: readonly Step[], { withheld }: RuleOutcome): void {
  const people = peopleNeeded(withheld);
  // Routine has no rule to be given by later.
  if (people === undefined || one.isRoutine === true) return;
  const { context, alert, rule } = one;
  const actions = steps.map(({ planned }) => planned);
  keepApprovable(context.transaction, idOf(one), {
    ...{ alert, rule, ruleId: rule.id, actions, people, approvals: [] },
    atMs: context.nowMs,
  });
  // A person looked at it.
  if (!withheld.includes('enforcement_paused') || withheld.includes('reverted')) return;
  noteWithheldByPause(context.transaction, alert.tenant_id, {
    ...{ decisionId: idOf(one), alertId: alert.alert_id, ruleId: rule.id },
    ...{ agentUid: alert.subject.agent_uid, atMs: context.nowMs },
    action: steps[0]?.planned.action ?? null,
  });
}

type Rules = Pick<ResponseContext, 'policy' | 'registry'>;

function firstRung(alert: Alert, { policy, registry }: Rules): PlannedAction {
  const { tenant_id, subject } = alert;
  const { ladder } = classRow(policy.classes, actorClassOf(classOf(alert, registry)));
  const base = { tenant_id, agent_uid: subject.agent_uid };
  for (const action of ladder) {
    // Only by the alert's cut.
    const planned =
      action === 'block_tool'
        ? planAction(alert, action, 'tool')
        : narrowest(action, base, subject);
    if (planned !== undefined && planned.problems.length === 0) return planned;
  }
  const problems = ['no rung of the ladder of its class has a target that is known'];
  return { action: CLASS_LADDER, target: { level: 'agent', ...base }, problems };
}

/** What a rule asks for: its actions, or the first rung with a complete target (`class_ladder`). */
function planActions(alert: Alert, rule: Rule, rules: Rules): readonly PlannedAction[] {
  return rule.actions.map(({ action, level }) =>
    action === CLASS_LADDER ? firstRung(alert, rules) : planAction(alert, action, level),
  );
}
