/**
 * Carries an order on to delegates, each a decision of its own. Taken is the least that cuts one off: credential or
 * task, never the agent.
 */
import {
  decisionId,
  epochMs,
  formatLogTime,
  type RevocationCommand,
  type Rule,
  targetProblems,
} from '@waywarden/schemas';
import type { Output, Transaction } from '@waywarden/stage';
import { keepApprovable, peopleNeeded } from '../guards/approvable.ts';
import {
  type Derived,
  derivedHolders,
  derivedName,
  provenBelow,
} from '../guards/derived-holders.ts';
import { noteWithheldByPause } from '../guards/enforcement-pause.ts';
import { type SpentBudget, takeBudget } from '../guards/rule-budget.ts';
import { byDecisiveness, isNeverRevoked } from '../guards/withheld-reasons.ts';
import { narrowest, STEP_UP } from '../model/action-strength.ts';
import type { PlannedAction } from '../model/action-target.ts';
import {
  HAND_RULE,
  HAND_RULE_LASTS,
  handRule,
  TASK_END_RULE,
  taskEndRule,
} from '../model/built-in-rules.ts';
import type { Reached } from '../model/command-record.ts';
import { type Holder, isProven, isUnderWay } from '../model/holder.ts';
import {
  commandsAbout,
  type IssuedCommand,
  issuedCommand,
  putIssued,
} from '../model/issued-command.ts';
import { holdersAt } from '../model/lineage.ts';
import { decisionOutput, type ResponseContext } from '../model/response-context.ts';
import { isFull, REACHED_MAX, tooMany } from './cascade-limit.ts';
import { bystandersOf, type CascadeMember, type Reach, reasonsToLeave } from './cascade-member.ts';
import { causeOf, issueFor, memberCommand, whyReached } from './cascade-order.ts';
import { above, traceLineage } from './trace-lineage.ts';

const REACHING: ReadonlySet<string> = new Set([
  'revoke_token',
  'kill_session',
  'revoke_credential',
  'revoke_delegation',
  'disable_agent',
]);
const LEVELS: ReadonlySet<string> = new Set(['task', 'credential', 'delegation', 'agent']);
const ABOVE_MAX = 64;
const MORE = 'more';
const MORE_ASSERTED = 'more-asserted';
const NAME_LENGTH_MAX = 256;
const SHORT_NAME_LENGTH = 12;
/** Whoever is left alone for one of these keeps what it handed on. */
const KEEPS_WHAT_IS_BELOW: ReadonlySet<string> = new Set([
  'never_revoke',
  'claim_only_asserted',
  'above_not_taken',
]);

export function reachesOn(action: string, level: string): boolean {
  return REACHING.has(action) && LEVELS.has(level);
}

export function isReaching({ command, cause, restored, expiresMs }: IssuedCommand, nowMs: number) {
  const { action, target, scope } = command;
  if (cause === null || cause.member !== undefined || scope !== undefined) return false;
  if (restored || expiresMs <= nowMs) return false;
  return reachesOn(action, target.level);
}

function planFor({ holder, credentialUid }: Derived): PlannedAction {
  const { tenantId: tenant_id, agentUid: agent_uid, taskId } = holder;
  const base = { tenant_id, agent_uid };
  const target =
    credentialUid === undefined
      ? { level: 'task', ...base, ...(taskId === undefined ? {} : { task_id: taskId }) }
      : { level: 'credential', ...base, credential_uid: credentialUid };
  return { action: 'revoke_token', target, problems: targetProblems('revoke_token', target) };
}

function spentOf({ context, rule, cause }: Reach, { planned, holder }: CascadeMember) {
  if (rule.id === TASK_END_RULE) return undefined;
  return takeBudget(context.transaction, context.policy, {
    tenantId: holder.tenantId,
    ruleId: rule.id,
    subject: context.sha256(JSON.stringify(planned.target)),
    agentUid: holder.agentUid,
    sources: cause.sources,
    nowMs: context.nowMs,
    liveAgents: context.registry?.liveAgents ?? 0,
  });
}

interface Outcome {
  readonly reasons: readonly string[];
  readonly issued: Output | undefined;
  readonly degradedTo?: string;
  readonly spent?: SpentBudget;
}

function ask(reach: Reach, member: CascadeMember, reason: string): Outcome {
  const { holder } = member;
  const base = { tenant_id: holder.tenantId, agent_uid: holder.agentUid };
  const asked = narrowest(STEP_UP, base, causeOf(reach, member).subject);
  const insteadOf = { reason, action: member.planned.action };
  const issued = asked === undefined ? undefined : issueFor(reach, member, asked, { insteadOf });
  return { reasons: [reason], issued, degradedTo: STEP_UP };
}

function act(reach: Reach, member: CascadeMember, reasons: readonly string[]): Outcome {
  if (reasons.length > 0) {
    // Too many: each is asked.
    const isOnlyOthers = reasons.every((reason) => reason === 'bystanders_affected');
    const isInvented = isOnlyOthers && bystandersOf(reach, member) === 'asserted';
    return isInvented ? ask(reach, member, 'bystanders_affected') : { reasons, issued: undefined };
  }
  const spent = spentOf(reach, member);
  if (spent !== undefined) return { ...ask(reach, member, 'budget_exceeded'), spent };
  const issued = issueFor(reach, member, member.planned);
  return { reasons: issued === undefined ? ['already_contained'] : [], issued };
}

function ruleIdOf({ issued, rule }: Reach, { short }: CascadeMember): string {
  const { action, target } = issued.command;
  const head = `${rule.id}/reaches/${action}-${target.level}`;
  return `${head.slice(0, NAME_LENGTH_MAX - SHORT_NAME_LENGTH - 1)}/${short}`;
}

function decide(reach: Reach, member: CascadeMember, outcome: Outcome): Output {
  const { context, issued, cause, rule } = reach;
  const { transaction, registry, policy, sha256, nowMs } = context;
  const { command } = issued;
  const { alertId, revision } = cause;
  const { tenantId, agentUid } = member.holder;
  const ruleId = ruleIdOf(reach, member);
  const reasons = byDecisiveness(outcome.reasons);
  const given = outcome.issued?.value as RevocationCommand | undefined;
  const isComplete = member.planned.problems.length === 0;
  const wouldBe =
    given !== undefined && outcome.degradedTo === undefined
      ? given
      : isComplete
        ? memberCommand(reach, member, member.planned)
        : null;
  const lineage = traceLineage(transaction, registry, member.holder);
  return decisionOutput(transaction, sha256, {
    decision_id: decisionId({ tenantId, alertId, revision, ruleId }),
    tenant_id: tenantId,
    alert_ids: [alertId],
    alert_revision: revision,
    agent_uid: agentUid,
    rule_id: ruleId,
    mode: rule.mode,
    would_be_command: wouldBe,
    withheld_reason: reasons[0] ?? null,
    withheld_reasons: [...reasons],
    policy_version: policy.version,
    decided_at: formatLogTime({ ms: nowMs, ns: 0 }),
    issued_command_ids: given === undefined ? [] : [given.command_id],
    ...(outcome.degradedTo === undefined ? {} : { degraded_to: outcome.degradedTo }),
    ...(outcome.spent === undefined ? {} : { budget: outcome.spent }),
    follows: { command_id: command.command_id, why: whyReached(reach, member) },
    ...(lineage === undefined ? {} : { lineage }),
  });
}

export function ruleOf({ policy }: ResponseContext, { ruleId }: IssuedCommand): Rule | undefined {
  if (ruleId === TASK_END_RULE) return policy.taskEnd && taskEndRule(policy.taskEnd);
  if (ruleId === HAND_RULE) return handRule(HAND_RULE_LASTS);
  return policy.rules.find((one) => one.id === ruleId);
}

/** What was only spared for somebody's judgement can be ordered by people, as with a rule's own order. */
function keepForApproval(reach: Reach, member: CascadeMember, reasons: readonly string[]): void {
  const people = peopleNeeded(reasons);
  if (people === undefined) return;
  const { context, issued, cause, rule } = reach;
  const { tenantId, agentUid } = member.holder;
  const { alertId, revision } = cause;
  const ruleId = ruleIdOf(reach, member);
  const id = decisionId({ tenantId, alertId, revision, ruleId });
  if (reasons.includes('enforcement_paused')) {
    const about = { decisionId: id, alertId, agentUid, ruleId, atMs: context.nowMs };
    noteWithheldByPause(context.transaction, tenantId, { ...about, action: member.planned.action });
  }
  keepApprovable(context.transaction, id, {
    ruleId: rule.id,
    people,
    approvals: [],
    atMs: context.nowMs,
    spared: {
      orderId: issued.command.command_id,
      short: member.short,
      ...{ tenantId, agentUid, alertId },
    },
  });
}

function isLeftAbove(transaction: Transaction, one: Derived, left: ReadonlySet<string>): boolean {
  if (left.has(one.through)) return true;
  const givers = one.holder.edges
    .filter((edge) => edge.direct && edge.via === 'delegation')
    .flatMap((edge) => holdersAt(transaction, edge.anchor));
  return givers.length > 0 && givers.every(({ key }) => left.has(key));
}

export function toMember(
  { context, issued }: Reach,
  one: Derived,
  left: ReadonlySet<string>,
): CascadeMember {
  const { transaction, sha256 } = context;
  // Proven after asserted is decided anew.
  const rank = isProven(one.assurance) ? '' : '|asserted';
  const name = `${issued.command.command_id}|${derivedName(one)}${rank}`;
  const short = sha256(name).slice(0, SHORT_NAME_LENGTH);
  return { ...one, short, planned: planFor(one), isBelowLeft: isLeftAbove(transaction, one, left) };
}

function keepsBelow(
  context: ResponseContext,
  { holder }: CascadeMember,
  reasons: readonly string[],
): boolean {
  const keeping = reasons.filter((reason) => KEEPS_WHAT_IS_BELOW.has(reason));
  const isListed = isNeverRevoked(context, holder.agentUid);
  return keeping.some((reason) => reason !== 'never_revoke' || isListed);
}

function reachOn(reach: Reach): readonly Output[] {
  const { context, issued } = reach;
  const { transaction } = context;
  const reached: Record<string, Reached> = { ...issued.reached };
  const left = new Set<string>();
  const outputs: Output[] = [];
  const { target, issued_at: issuedAt } = issued.command;
  // The stream's clock lags.
  const nowMs = Math.max(context.nowMs, epochMs(issuedAt));
  for (const one of derivedHolders(transaction, target, (name) => !left.has(name))) {
    const member = toMember(reach, one, left);
    // Whoever acts again is reached then: its lineage is reported anew.
    if (!isUnderWay(one.holder, nowMs)) continue;
    if (reached[member.short] === undefined) {
      const isSure = isProven(one.assurance);
      if (isFull(reached, isSure)) {
        const mark = isSure ? MORE : MORE_ASSERTED;
        if (reached[mark] === undefined) outputs.push(tooMany(reach, isSure));
        reached[mark] = { isLeft: true, isAsserted: true };
        break;
      }
      const outcome = act(reach, member, reasonsToLeave(reach, member));
      const given = outcome.issued;
      keepForApproval(reach, member, outcome.reasons);
      outputs.push(decide(reach, member, outcome), ...(given === undefined ? [] : [given]));
      reached[member.short] = {
        isLeft: keepsBelow(context, member, outcome.reasons),
        ...(isSure ? {} : { isAsserted: true }),
        ...(given === undefined ? {} : { commandId: given.id }),
      };
    }
    if (reached[member.short]?.isLeft === true) left.add(derivedName(one));
  }
  const now = issuedCommand(transaction, issued.command.command_id) ?? issued;
  if (outputs.length > 0) putIssued(transaction, { ...now, reached });
  return outputs;
}

export function cascade(context: ResponseContext, commandId: string): readonly Output[] {
  const { transaction, nowMs } = context;
  const issued = issuedCommand(transaction, commandId);
  if (issued?.cause == null || !isReaching(issued, nowMs)) return [];
  const rule = ruleOf(context, issued);
  if (rule === undefined || rule.mode !== 'enforce') return [];
  const { target } = issued.command;
  const [first] = derivedHolders(transaction, target, () => true);
  if (first === undefined) return [];
  const proven = provenBelow(transaction, target, REACHED_MAX + 1);
  const derived = new Set(proven.map(({ holder }) => holder.key));
  return reachOn({ context, issued, cause: issued.cause, rule, derived });
}

/** A holder has become known, or more of it. */
export function reachNew(context: ResponseContext, holder: Holder): readonly Output[] {
  const { transaction } = context;
  const all = [holder, ...above(transaction, holder, ABOVE_MAX)];
  const agents = [...new Set(all.map((one) => one.agentUid))];
  const orders = agents.flatMap((uid) => commandsAbout(transaction, holder.tenantId, uid));
  return orders.flatMap(({ command }) => cascade(context, command.command_id));
}
