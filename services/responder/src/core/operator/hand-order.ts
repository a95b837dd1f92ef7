/**
 * A manual order: complete target, receivers, `never_revoke`; two people where others lose access. No budget, no
 * pause.
 */
import {
  type Alert,
  durationMs,
  epochMs,
  formatLogTime,
  type OperatorAct,
  type RevocationCommand,
  type Target,
  targetProblems,
  uuidV5,
  WAYWARDEN_NAMESPACE,
  type WouldBreak,
} from '@waywarden/schemas';
import type { Output, Transaction } from '@waywarden/stage';
import { buildCommand } from '../commands/build-command.ts';
import { restoreCommand } from '../commands/restore-command.ts';
import { renews } from '../commands/stands-for.ts';
import { breakageOf } from '../commands/would-break.ts';
import { hitsOthers } from '../guards/bystanders.ts';
import { neverRevokedOf } from '../guards/protected-users.ts';
import { isMild } from '../model/action-strength.ts';
import { type PlannedAction, targetActionKey } from '../model/action-target.ts';
import { remember } from '../model/alert-verdict.ts';
import { handRule } from '../model/built-in-rules.ts';
import { peopleBehind, reachedBy } from '../model/command-record.ts';
import {
  commandsOfAlert,
  type IssuedCommand,
  isIssuedFull,
  issuedCommand,
  rememberCommand,
  standingCommand,
} from '../model/issued-command.ts';
import {
  type Approval,
  approvalOf,
  inCommand,
  isAgreed,
  isOneHand,
  type TakenAct,
} from '../model/people.ts';
import { commandOutput, nextSequence, type ResponseContext } from '../model/response-context.ts';
import { noteReverted } from '../model/reverted-alert.ts';
import { receiversFor } from '../model/tenant-policy.ts';
import { type Subject, subjectOf } from '../model/watched-subject.ts';

const TITLE_LENGTH_MAX = 90;
/** They belong to an order. */
const OF_AN_ORDER: ReadonlySet<string> = new Set(['restore', 'probe']);

export interface ManualCommand {
  readonly agentUid: string;
  readonly alertIds: readonly string[];
  readonly by: readonly string[];
  readonly issuedIds: readonly string[];
  readonly withheld?: string;
  readonly wouldBe: RevocationCommand | null;
  readonly wouldBreak?: WouldBreak;
  readonly problems?: readonly string[];
  readonly protects?: readonly string[];
}

/** Whoever looks at the alert next sees what was done. */
const alertIdsOf = ({ alert_id: id }: TakenAct): string[] => (id === undefined ? [] : [id]);

type AlertSubject = Alert['subject'];

function alertSubjectOf(target: Target): AlertSubject {
  const { agent_uid, task_id, instance_uid, credential_uid } = target;
  return {
    agent_uid,
    ...(task_id === undefined ? {} : { task_id }),
    ...(instance_uid === undefined ? {} : { instance_uid }),
    ...(credential_uid === undefined ? {} : { credential_uid }),
  };
}

function watched(target: Target): Subject {
  const { credential_uid: credentialUid, parent_agent_uid: parentAgentUid } = target;
  return {
    ...subjectOf(target, alertSubjectOf(target)),
    ...(credentialUid === undefined ? {} : { credentialUid }),
    ...(parentAgentUid === undefined ? {} : { parentAgentUid }),
  };
}

function against(context: ResponseContext, planned: PlannedAction, openKey: string) {
  const { transaction, policy, registry, nowMs } = context;
  const { target, action, problems } = planned;
  if (problems.length > 0) return 'target_incomplete';
  if (neverRevokedOf(context, planned).length > 0) return 'never_revoke';
  if (receiversFor(policy, registry, target.agent_uid, action).all.length === 0) {
    return 'no_receiver';
  }
  const open = standingCommand(transaction, openKey, nowMs);
  if (open !== undefined && renews(context, open)) return 'already_contained';
  return isIssuedFull(transaction) ? 'issued_commands_limit' : undefined;
}

function takesTwo(
  { transaction, policy, nowMs }: ResponseContext,
  planned: PlannedAction,
): boolean {
  return policy.byHandOfTwo.includes(planned.action) || hitsOthers(transaction, planned, nowMs);
}

function commandOf(
  { transaction, policy, registry, nowMs }: ResponseContext,
  act: TakenAct,
  { action, target, problems }: PlannedAction,
  approvals: readonly Approval[],
): RevocationCommand {
  const by = approvals.map((one) => one.by);
  const title = `Ordered by hand: ${act.reason}`.slice(0, TITLE_LENGTH_MAX);
  const alert = {
    ...{ tenant_id: act.tenant_id, alert_id: act.act_id, revision: 1, title },
    incident_id: uuidV5(WAYWARDEN_NAMESPACE, `incident|${act.tenant_id}|act|${act.act_id}`),
    detected_at: formatLogTime({ ms: nowMs, ns: 0 }),
    ...{ severity: 'high' as const, confidence: null, evidence: [] },
  };
  const command = buildCommand({
    ...{ alert, rule: handRule(act.expires), planned: { action, target, problems } },
    sequence: nextSequence(transaction, act.tenant_id, target.agent_uid),
    receivers: receiversFor(policy, registry, target.agent_uid, action).all,
    approvals: inCommand(approvals),
    ending: { subject: alertSubjectOf(target) },
    standsMs: durationMs(policy.stepUpFor),
    reason: `${by.join(' and ')} ordered ${action} at level ${target.level}: ${act.reason}`,
  });
  return { ...command, alert_ids: alertIdsOf(act) };
}

function give(
  { transaction, policy, registry }: ResponseContext,
  act: TakenAct,
  { command, openKey }: { readonly command: RevocationCommand; readonly openKey: string },
): Output {
  const { target, action } = command;
  const output = commandOutput(transaction, command);
  const { required, issuers } = receiversFor(policy, registry, target.agent_uid, action);
  const isWatched = !isMild(action) || action === 'require_step_up';
  rememberCommand(transaction, {
    ...{ command, ruleId: handRule().id, openKey, required, issuers, holder: act.act_id },
    subject: watched(target),
    cause: isWatched
      ? {
          ...{ alertId: act.act_id, revision: 1, title: command.reason },
          subject: alertSubjectOf(target),
          subjectClass: registry?.classes[target.agent_uid] ?? 'unknown',
        }
      : null,
    receiptWithinMs: policy.receiptWithinMs,
  });
  return output;
}

const lastsMs = ({ expires }: TakenAct) => durationMs(handRule(expires).expires);

export function takeManualCommand(
  asked: ResponseContext,
  act: TakenAct,
  outputs: Output[],
): ManualCommand {
  // The stream's clock lags.
  const context = { ...asked, nowMs: Math.max(asked.nowMs, epochMs(act.at)) };
  const { transaction, nowMs } = context;
  const { action = '', target } = act;
  const bare = { alertIds: alertIdsOf(act), issuedIds: [], by: [act.by] };
  if (target === undefined || target.tenant_id !== act.tenant_id || OF_AN_ORDER.has(action)) {
    return { ...bare, agentUid: act.by, withheld: 'target_incomplete', wouldBe: null };
  }
  const planned = { action, target, problems: targetProblems(action, target) };
  const openKey = targetActionKey(target, action, context.sha256);
  const about = { ...bare, agentUid: target.agent_uid };
  const { problems } = planned;
  if (problems.length > 0) {
    return { ...about, withheld: 'target_incomplete', wouldBe: null, problems };
  }
  const broken = { wouldBreak: breakageOf(context, planned, nowMs) };
  const why = against(context, planned, openKey);
  if (why !== undefined) {
    const wouldBe = commandOf(context, act, planned, [approvalOf(act)]);
    const protects = why === 'never_revoke' ? { protects: neverRevokedOf(context, planned) } : {};
    return { ...about, ...broken, ...protects, withheld: why, wouldBe };
  }
  const isForTwo = takesTwo(context, planned);
  const { approvals, withheld } = isForTwo
    ? agree(transaction, act, `${openKey}|${lastsMs(act)}`)
    : { approvals: [approvalOf(act)], withheld: undefined };
  const by = approvals.map((one) => one.by);
  const command = commandOf(context, act, planned, approvals);
  if (withheld !== undefined) return { ...about, ...broken, by, withheld, wouldBe: command };
  outputs.push(give(context, act, { command, openKey }));
  return { ...about, ...broken, by, issuedIds: [command.command_id], wouldBe: command };
}

/** A person takes back a command or all of an alert, last first; as many people as ordered it. */

const PEOPLE_FOR_TWO = 2;

export interface Revert {
  readonly agentUid: string;
  readonly alertIds: readonly string[];
  readonly issuedIds: readonly string[];
  readonly by: readonly string[];
  readonly withheld?: string;
}

const agreedKey = (tenantId: string, orderId: string) => `taking_back|${tenantId}|${orderId}`;

const TAKES_NOTHING: ReadonlySet<string> = new Set(['restore', 'probe']);

/** The earliest first. */
function namedBy(
  transaction: Transaction,
  act: OperatorAct,
  nowMs: number,
): readonly IssuedCommand[] {
  const { tenant_id: tenantId, order_id: orderId = '' } = act;
  const own = commandsOfAlert(transaction, tenantId, orderId);
  const ids = [orderId, ...reachedBy(issuedCommand(transaction, orderId) ?? {}), ...own];
  return ids
    .flatMap((id) => issuedCommand(transaction, id) ?? [])
    .filter(({ command }) => command.tenant_id === tenantId && !TAKES_NOTHING.has(command.action))
    .filter((one) => !one.restored && one.expiresMs > nowMs);
}

interface Agreed {
  readonly approvals: readonly Approval[];
  readonly withheld?: string;
}

/** `about`: what they agree to. */
function agree(transaction: Transaction, act: TakenAct, about: string): Agreed {
  const key = agreedKey(act.tenant_id, about);
  const own = approvalOf(act);
  const first = transaction.get<Approval>(key);
  if (isOneHand(first, own)) return { approvals: [own], withheld: 'another_person_needed' };
  if (isAgreed(first, own)) return { approvals: [first, own] };
  remember(transaction, 'taking_back', key, own);
  return { approvals: [own], withheld: 'second_person_needed' };
}

/** Where an alert was named. */
function isNeeded(transaction: Transaction, issued: IssuedCommand, act: OperatorAct): boolean {
  const { order_id: orderId = '' } = act;
  if (issued.command.command_id === orderId) return false;
  const own = new Set([orderId, ...(issuedCommand(transaction, orderId)?.holders ?? [])]);
  return issued.holdersOverflowed || issued.holders.some((id) => !own.has(id));
}

export function revert(context: ResponseContext, act: TakenAct, outputs: Output[]): Revert {
  const { transaction, nowMs } = context;
  const named = namedBy(transaction, act, nowMs);
  const [first] = named;
  const nothing = { alertIds: [], issuedIds: [], by: [act.by] };
  if (first === undefined) {
    return { ...nothing, agentUid: act.by, withheld: 'nothing_to_restore' };
  }
  const agentUid = first.command.target.agent_uid;
  const alertIds = [...new Set(named.flatMap(({ command }) => command.alert_ids))];
  const lifted = named.filter((one) => !isNeeded(transaction, one, act));
  if (lifted.length === 0)
    return { ...nothing, agentUid, alertIds, withheld: 'needed_by_other_alert' };
  const takesTwo = lifted.some((one) => peopleBehind(one) >= PEOPLE_FOR_TWO);
  const mayRestore = act.restores !== false;
  const { approvals, withheld }: Agreed = !mayRestore
    ? { approvals: [approvalOf(act)], withheld: 'another_person_needed' }
    : takesTwo
      ? agree(transaction, act, act.order_id ?? '')
      : { approvals: [approvalOf(act)] };
  const by = approvals.map((one) => one.by);
  if (withheld !== undefined) return { agentUid, alertIds, issuedIds: [], by, withheld };
  const atMs = Math.max(nowMs, epochMs(act.at));
  noteReverted(transaction, lifted, atMs);
  const undo = {
    at: formatLogTime({ ms: atMs, ns: 0 }),
    because: `${by.join(' and ')} said so: ${act.reason}`,
    evidence: [],
    approvals: inCommand(approvals),
  };
  const issuedIds = lifted.toReversed().map((one) => {
    const { alert_ids: ids } = one.command;
    return restoreCommand(context, one, { ...undo, alertIds: ids }, outputs).command_id;
  });
  return { agentUid, alertIds, issuedIds, by };
}
