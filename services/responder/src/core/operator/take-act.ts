/** A person's act: its decision and orders. */
import {
  awaitsOthers,
  decisionId,
  formatLogTime,
  type RevocationCommand,
  type SignedOperatorAct,
  type WouldBreak,
} from '@waywarden/schemas';
import type { Output, Transaction } from '@waywarden/stage';
import type { RuleOutcome } from '../commands/apply-rule.ts';
import { issueSteps, type RuleCase, toStep } from '../commands/issue-orders.ts';
import {
  applyApprovedRise,
  dropDelayed,
  reasonsAgainstRise,
} from '../containment/retry-escalation.ts';
import {
  type Approvable,
  type ApprovableRule,
  aboutOf,
  approve,
  decline,
  dropApprovable,
  peopleNeeded,
  refusalReasonOf,
} from '../guards/approvable.ts';
import { hitsOthers } from '../guards/bystanders.ts';
import {
  type Agreement,
  agreeToPause,
  dropWithheldDecision,
  pauseState,
} from '../guards/enforcement-pause.ts';
import { neverRevokedOf, protectedUsers } from '../guards/protected-users.ts';
import { withheldReasons } from '../guards/withheld-reasons.ts';
import { alertedAgent, rememberVerdict } from '../model/alert-verdict.ts';
import { commandsOfAlert, isIssuedFull, issuedCommand } from '../model/issued-command.ts';
import { approvalOf, inCommand, type TakenAct } from '../model/people.ts';
import { decisionOutput, type ResponseContext } from '../model/response-context.ts';
import { isReverted } from '../model/reverted-alert.ts';
import { applyApprovedMember, reasonsAgainstMember } from './approved-member.ts';
import { type Revert, revert, takeManualCommand } from './hand-order.ts';
import { reissueOvertaken } from './reissue-overtaken.ts';
import { reportEnforcement } from './report-enforcement.ts';

/** A verdict. Right: orders are renewed (stand-on.ts). Wrong: taken back. The last word counts. */
export function takeVerdict(context: ResponseContext, act: TakenAct, outputs: Output[]): Revert {
  const { transaction } = context;
  const { alert_id: alertId = '', tenant_id: tenantId } = act;
  const isRight = act.verdict === 'true_positive';
  const [ids] = commandsOfAlert(transaction, tenantId, alertId);
  const about = ids === undefined ? undefined : issuedCommand(transaction, ids);
  const alerted = alertedAgent(transaction, tenantId, alertId);
  const taken = isRight ? undefined : revert(context, { ...act, order_id: alertId }, outputs);
  if (taken !== undefined && awaitsOthers(taken.withheld)) return taken;
  rememberVerdict(transaction, act, { isRight, approval: approvalOf(act) });
  return {
    agentUid: alerted ?? about?.command.target.agent_uid ?? act.by,
    ...{ alertIds: [alertId], issuedIds: taken?.issuedIds ?? [], by: taken?.by ?? [act.by] },
    ...(taken?.withheld === 'needed_by_other_alert' ? { withheld: taken.withheld } : {}),
  };
}

/** Older ones are refused by age. */
const ACTS_MAX = 10_000;
const SEEN = 'acts';

export interface SignedAct extends TakenAct {
  readonly signed?: SignedOperatorAct;
}

export interface ActOutcome {
  readonly by: readonly string[];
  readonly withheld: string | null;
  readonly issuedIds: readonly string[];
  readonly protects?: readonly string[];
}

const seenKey = (actId: string) => `${SEEN}|${actId}`;

function isRepeat(transaction: Transaction, { act_id: id }: TakenAct): boolean {
  if (transaction.get(seenKey(id)) !== undefined) return true;
  const next = transaction.get<number>(SEEN) ?? 0;
  const slot = `${SEEN}#${next % ACTS_MAX}`;
  const evicted = transaction.get<string>(slot);
  if (evicted !== undefined) transaction.delete(seenKey(evicted));
  transaction.put(slot, id);
  transaction.put(SEEN, next + 1);
  transaction.put(seenKey(id), true);
  return false;
}

/** Undefined: undecided, or forgotten. */
export function outcomeOfAct(transaction: Transaction, actId: string): ActOutcome | undefined {
  const retained = transaction.get<ActOutcome | true>(seenKey(actId));
  return retained === true ? undefined : retained;
}

interface Recorded extends Agreement {
  readonly agentUid: string;
  readonly alertIds: readonly string[];
  readonly issuedIds: readonly string[];
  readonly wouldBe?: RevocationCommand | null;
  readonly wouldBreak?: WouldBreak;
  readonly problems?: readonly string[];
  readonly protects?: readonly string[];
}

function record(
  { transaction, sha256, policy, nowMs }: ResponseContext,
  act: SignedAct,
  to: Recorded,
) {
  const ruleId = `operator/${act.act}`;
  const { tenant_id: tenantId, act_id: alertId } = act;
  const withheld = to.withheld ?? null;
  const protects = to.protects === undefined ? {} : { protects: to.protects };
  const outcome: ActOutcome = { by: to.by, withheld, issuedIds: to.issuedIds, ...protects };
  transaction.put(seenKey(act.act_id), outcome);
  return decisionOutput(transaction, sha256, {
    decision_id: decisionId({ tenantId, alertId, revision: 1, ruleId }),
    tenant_id: tenantId,
    alert_ids: [...to.alertIds],
    alert_revision: 1,
    agent_uid: to.agentUid,
    rule_id: ruleId,
    mode: 'enforce',
    would_be_command: to.wouldBe ?? null,
    withheld_reason: withheld,
    withheld_reasons: withheld === null ? [] : [withheld],
    policy_version: policy.version,
    decided_at: formatLogTime({ ms: nowMs, ns: 0 }),
    issued_command_ids: [...to.issuedIds],
    ...(to.wouldBreak === undefined ? {} : { would_break: to.wouldBreak }),
    ...(to.problems === undefined ? {} : { target_problems: [...to.problems] }),
    act: {
      ...{ act_id: act.act_id, act: act.act, by: [...to.by], reason: act.reason },
      ...(act.verdict === undefined ? {} : { verdict: act.verdict }),
      ...(act.signed === undefined ? {} : { signed: act.signed }),
    },
  });
}

function ordersOf(context: ResponseContext, one: Approvable, outputs: Output[]) {
  if ('rise' in one) return applyApprovedRise(context, one, outputs);
  return 'spared' in one
    ? applyApprovedMember(context, one, outputs)
    : applyApproved(context, one, outputs);
}

function against(context: ResponseContext, one: Approvable): readonly string[] {
  if ('rise' in one) return reasonsAgainstRise(context, one);
  return 'spared' in one ? reasonsAgainstMember(context, one) : reasonsAgainst(context, one);
}

function protectedBy(context: ResponseContext, one: Approvable): readonly string[] {
  if (!('alert' in one)) return [aboutOf(one).agentUid];
  return [...new Set(one.actions.flatMap((planned) => neverRevokedOf(context, planned)))];
}

function takeApproval(context: ResponseContext, act: SignedAct): readonly Output[] {
  const one = approve(context.transaction, act, context.nowMs);
  const nothing = { agentUid: act.by, alertIds: [], issuedIds: [], by: [act.by] };
  if (one === undefined || one === 'one_hand') {
    const withheld = one === undefined ? 'nothing_to_approve' : 'another_person_needed';
    return [record(context, act, { ...nothing, withheld })];
  }
  const by = one.approvals.map((approval) => approval.by);
  const { agentUid, alertId } = aboutOf(one);
  const about = { by, agentUid, alertIds: [alertId], issuedIds: [] };
  const reasons = against(context, one);
  const refusal = refusalReasonOf(reasons);
  if (refusal !== undefined) {
    const protects = refusal === 'never_revoke' ? { protects: protectedBy(context, one) } : {};
    return [record(context, act, { ...about, ...protects, withheld: refusal })];
  }
  if (by.length < Math.max(one.people, peopleNeeded(reasons) ?? 0)) {
    return [record(context, act, { ...about, withheld: 'second_person_needed' })];
  }
  dropApprovable(context.transaction, act.decision_id ?? '');
  dropWithheldDecision(context.transaction, act.tenant_id, act.decision_id ?? '');
  const commands: Output[] = [];
  const { issued, withheld } = ordersOf(context, one, commands);
  const issuedIds = issued.map((command) => command.command_id);
  const why = withheld[0] === undefined ? {} : { withheld: withheld[0] };
  return [record(context, act, { ...about, issuedIds, ...why }), ...commands];
}

function takeDecline(context: ResponseContext, act: SignedAct): Output {
  const one = decline(context.transaction, act, context.nowMs);
  const bare = { issuedIds: [], by: [act.by] };
  if (one === undefined) {
    const nothing = { ...bare, agentUid: act.by, alertIds: [], withheld: 'nothing_to_approve' };
    return record(context, act, nothing);
  }
  const { agentUid, alertId } = aboutOf(one);
  dropWithheldDecision(context.transaction, act.tenant_id, act.decision_id ?? '');
  if ('rise' in one) dropDelayed(context, one);
  return record(context, act, { ...bare, agentUid, alertIds: [alertId] });
}

export function takeAct(context: ResponseContext, act: SignedAct): readonly Output[] {
  if (isRepeat(context.transaction, act)) return [];
  if (act.act === 'approve') return takeApproval(context, act);
  if (act.act === 'decline') return [takeDecline(context, act)];
  const commands: Output[] = [];
  if (act.act === 'restore') {
    const taken = revert(context, act, commands);
    return [record(context, act, taken), ...commands];
  }
  if (act.act === 'verdict') {
    const taken = takeVerdict(context, act, commands);
    return [record(context, act, taken), ...commands];
  }
  if (act.act === 'order') {
    const ordered = takeManualCommand(context, act, commands);
    return [record(context, act, ordered), ...commands];
  }
  const agreed = agreeToPause(context.transaction, act);
  const bare = { agentUid: act.by, alertIds: [], issuedIds: [] };
  const recorded = record(context, act, { ...agreed, ...bare });
  if (agreed.withheld !== undefined) return [recorded];
  const reported = reportEnforcement(context.transaction, act, agreed.by);
  return act.act === 'resume'
    ? [recorded, reported, ...reissueOvertaken(context, act)]
    : [recorded, reported];
}

/** Gives what people approved, as recorded, paused or not; every guard is asked again. */
function reasonsAgainst(
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

function applyApproved(
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
