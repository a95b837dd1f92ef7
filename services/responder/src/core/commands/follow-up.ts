/**
 * What follows upon an order: stronger when it did not hold, a step-up before it ends. Named by rule id
 * (`hijack-task/escalates/revoke_token`).
 */
import {
  blackoutAt,
  classRow,
  decisionId,
  formatLogTime,
  type RevocationCommand,
  type Rule,
} from '@waywarden/schemas';
import type { Output } from '@waywarden/stage';
import { hitsOthers, othersHit } from '../guards/bystanders.ts';
import { noteWithheldByPause, pauseState } from '../guards/enforcement-pause.ts';
import { neverRevokedOf } from '../guards/protected-users.ts';
import {
  type BudgetRequest,
  roomAtMs,
  type SpentBudget,
  takeBudget,
} from '../guards/rule-budget.ts';
import { byDecisiveness } from '../guards/withheld-reasons.ts';
import { isMild, STEP_UP } from '../model/action-strength.ts';
import type { PlannedAction } from '../model/action-target.ts';
import { actorClassOf } from '../model/actor-class.ts';
import { HAND_RULE, HAND_RULE_LASTS, handRule } from '../model/built-in-rules.ts';
import {
  holdCommand,
  type IssuedCommand,
  isIssuedFull,
  putIssued,
} from '../model/issued-command.ts';
import { decisionOutput, type ResponseContext } from '../model/response-context.ts';
import {
  type Approvals,
  commandOf,
  type FollowUp,
  issue,
  RISES,
  stepUpFor,
} from './follow-up-order.ts';
import { holdForBlackout, holdForPeople, holdForRoom } from './hold-for-blackout.ts';
import { openFor } from './issue-orders.ts';

const NAME_LENGTH_MAX = 256;
const OTHERS = 'bystanders_affected';

function ruleOf(context: ResponseContext, { issued, expires }: FollowUp): Rule | undefined {
  const rule =
    issued.ruleId === HAND_RULE
      ? handRule(HAND_RULE_LASTS)
      : context.policy.rules.find((one) => one.id === issued.ruleId);
  return rule && expires !== undefined ? { ...rule, expires } : rule;
}

function isBlackedOut({ registry, nowMs }: ResponseContext, { planned, verb }: FollowUp): boolean {
  if (planned === undefined || verb === 'unanswered' || isMild(planned.action)) return false;
  return blackoutAt(registry?.blackouts?.[planned.target.agent_uid] ?? [], nowMs) !== undefined;
}

function guards(context: ResponseContext, one: FollowUp, rule: Rule | undefined): string[] {
  const { planned, verb } = one;
  const reasons = [...one.against];
  if (rule === undefined) reasons.push('rule_gone');
  else if (rule.mode !== 'enforce') reasons.push(`rule_in_${rule.mode}`);
  const isByHand = one.issued.ruleId === HAND_RULE && verb !== 'lapses';
  if (isByHand) reasons.push('ordered_by_hand');
  if (planned === undefined) reasons.push('ladder_exhausted');
  else if (planned.problems.length > 0) reasons.push('target_incomplete');
  if (planned !== undefined && hitsOthers(context.transaction, planned, context.nowMs)) {
    reasons.push(OTHERS);
  }
  if (neverRevokedOf(context, planned ?? one.issued.command).length > 0) {
    reasons.push('never_revoke');
  }
  if (isBlackedOut(context, one)) reasons.push('blackout');
  if (verb !== 'lapses' && pauseState(context.transaction, one.issued.command.tenant_id).paused) {
    reasons.push('enforcement_paused');
  }
  const isMinor = verb === 'lapses' && isMild(one.issued.command.action);
  if (isIssuedFull(context.transaction, isMinor)) reasons.push('issued_commands_limit');
  return reasons;
}

function budgetRequest(
  context: ResponseContext,
  one: FollowUp,
  planned: PlannedAction,
): BudgetRequest {
  const { agent_uid: agentUid } = planned.target;
  const { command, ruleId, insteadOf } = one.issued;
  const isRise = RISES.has(one.verb) && insteadOf === undefined;
  return {
    ...{ tenantId: command.tenant_id, ruleId, agentUid, sources: one.cause.sources },
    subject: context.sha256(JSON.stringify(planned.target)),
    nowMs: context.nowMs,
    liveAgents: context.registry?.liveAgents ?? 0,
    isRise: isRise && agentUid === command.target.agent_uid,
  };
}

function spentOf(context: ResponseContext, one: FollowUp, planned: PlannedAction) {
  if (one.isUnbudgeted) return undefined;
  return takeBudget(context.transaction, context.policy, budgetRequest(context, one, planned));
}

/** Null: never. */
export function roomFor(context: ResponseContext, one: FollowUp): number | null | undefined {
  if (one.planned === undefined || one.isUnbudgeted) return undefined;
  return roomAtMs(context.transaction, context.policy, budgetRequest(context, one, one.planned));
}

interface Outcome {
  readonly reasons: readonly string[];
  readonly wouldBe: RevocationCommand | null;
  readonly issued: Output | undefined;
  readonly spent?: SpentBudget;
  readonly degradedTo?: string;
}

function isForOthersAlone(reasons: readonly string[]): boolean {
  return reasons.includes(OTHERS) && reasons.every((one) => one === OTHERS || one === 'blackout');
}

function areInvented({ transaction, nowMs }: ResponseContext, planned: PlannedAction): boolean {
  return othersHit(transaction, planned, nowMs) === 'asserted';
}

function act(context: ResponseContext, one: FollowUp): Outcome {
  const rule = ruleOf(context, one);
  const reasons = guards(context, one, rule);
  const { planned } = one;
  if (rule === undefined || planned === undefined || planned.problems.length > 0) {
    return { reasons, wouldBe: null, issued: undefined };
  }
  const { openKey, open } = openFor(context, planned, one.scope);
  let spent: SpentBudget | undefined;
  // What ends in a moment contains nothing after it.
  const isOwn = open?.command.command_id === one.issued.command.command_id;
  if (open !== undefined && !isOwn) {
    holdCommand(context.transaction, open, one.cause.alertId);
    reasons.push('already_contained');
  } else if (reasons.length === 0) {
    spent = spentOf(context, one, planned);
    if (spent !== undefined) reasons.push('budget_exceeded');
  }
  const parts = { one, rule, planned, openKey };
  const command = commandOf(context, parts);
  const isSpared = isForOthersAlone(reasons) && areInvented(context, planned);
  if (spent !== undefined || isSpared) {
    const issued = stepUpFor(context, one, parts, spent === undefined ? OTHERS : 'budget_exceeded');
    const degraded = issued === undefined ? {} : { degradedTo: STEP_UP };
    return { reasons, wouldBe: command, issued, ...(spent && { spent }), ...degraded };
  }
  const issued = reasons.length === 0 ? issue(context, parts, command) : undefined;
  return { reasons, wouldBe: command, issued };
}

export function followUpReasons(context: ResponseContext, one: FollowUp): readonly string[] {
  return byDecisiveness(guards(context, one, ruleOf(context, one)));
}

/** Undefined where it is in force, or can't be given. */
export function giveApproved(
  context: ResponseContext,
  one: FollowUp,
  approvals: Approvals,
): Output | undefined {
  const rule = ruleOf(context, one);
  const { planned } = one;
  if (rule === undefined || planned === undefined) return undefined;
  const { openKey, open } = openFor(context, planned, one.scope);
  if (open !== undefined) {
    holdCommand(context.transaction, open, one.cause.alertId);
    return undefined;
  }
  const parts = { one, rule, planned, openKey, approvals };
  return issue(context, parts, commandOf(context, parts));
}

export function followUp(context: ResponseContext, one: FollowUp): readonly Output[] {
  const { issued, cause, verb, sentence } = one;
  const { tenant_id: tenantId, action, target } = issued.command;
  const outcome = act(context, one);
  const reasons = byDecisiveness(outcome.reasons);
  const member = cause.member === undefined ? '' : `/${cause.member}`;
  const ruleId = `${issued.ruleId}/${verb}/${action}-${target.level}${member}`.slice(
    0,
    NAME_LENGTH_MAX,
  );
  const { alertId, revision } = cause;
  const id = decisionId({ tenantId, alertId, revision, ruleId });
  if (reasons.length === 1 && reasons[0] === 'enforcement_paused') {
    const about = { decisionId: id, alertId, ruleId, follows: issued.command.command_id };
    const planned = { action: one.planned?.action ?? null, agentUid: target.agent_uid };
    noteWithheldByPause(context.transaction, tenantId, {
      ...about,
      ...planned,
      atMs: context.nowMs,
    });
  }
  const isRise = verb === 'escalates' && one.against.length === 0;
  if (isRise && isForOthersAlone(reasons)) holdForPeople(context, one, id);
  if (isRise && reasons.length === 1) {
    if (reasons[0] === 'blackout') holdForBlackout(context, one, id);
    if (outcome.spent !== undefined) {
      holdForRoom(context, one, { decisionId: id, atMs: roomFor(context, one) ?? null });
    }
  }
  const decision = decisionOutput(context.transaction, context.sha256, {
    decision_id: id,
    tenant_id: tenantId,
    alert_ids: [alertId],
    alert_revision: revision,
    agent_uid: target.agent_uid,
    rule_id: ruleId,
    mode: 'enforce',
    would_be_command: outcome.wouldBe,
    withheld_reason: reasons[0] ?? null,
    withheld_reasons: [...reasons],
    policy_version: context.policy.version,
    decided_at: formatLogTime({ ms: context.nowMs, ns: 0 }),
    issued_command_ids: outcome.issued === undefined ? [] : [outcome.issued.id],
    ...(outcome.degradedTo === undefined ? {} : { degraded_to: outcome.degradedTo }),
    follows: { command_id: issued.command.command_id, why: sentence },
    ...(outcome.spent === undefined ? {} : { budget: outcome.spent }),
  });
  return outcome.issued === undefined ? [decision] : [decision, outcome.issued];
}

/** Nobody answered in time: the class says whether the rule acts. */
export function settleUnanswered(
  context: ResponseContext,
  issued: IssuedCommand,
): readonly Output[] {
  const { cause, asked, command } = issued;
  if (cause === null || asked === undefined || issued.restored) return [];
  const { asked: _, ...warmedUp } = issued;
  putIssued(context.transaction, warmedUp);
  const row = classRow(context.policy.classes, actorClassOf(cause.subjectClass));
  return followUp(context, {
    issued: warmedUp,
    cause,
    verb: 'unanswered',
    sentence: `Nobody answered for ${command.target.agent_uid} in time.`,
    planned: asked,
    against: row.unanswered === 'act' ? [] : ['left_at_step_up'],
    isUnbudgeted: false,
  });
}
