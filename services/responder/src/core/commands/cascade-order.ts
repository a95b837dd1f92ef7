import { durationMs, type RevocationCommand } from '@waywarden/schemas';
import type { Output, Transaction } from '@waywarden/stage';
import { type PlannedAction, targetActionKey } from '../model/action-target.ts';
import { peopleBehind } from '../model/command-record.ts';
import {
  type Cause,
  holdCommand,
  type IssuedCommand,
  issuedCommand,
  putIssued,
  rememberCommand,
  standingCommand,
} from '../model/issued-command.ts';
import { commandOutput, nextSequence } from '../model/response-context.ts';
import { receiversFor } from '../model/tenant-policy.ts';
import { takenCredential } from '../model/watched-subject.ts';
import { buildCommand, causedAlert } from './build-command.ts';
import type { CascadeMember, Reach } from './cascade-member.ts';
import type { Special } from './issue-orders.ts';
import { renews } from './stands-for.ts';

export function whyReached(
  { issued }: Reach,
  { holder, via, fromAgent, credentialUid }: CascadeMember,
): string {
  const { action, target } = issued.command;
  const task = holder.taskId === undefined ? '' : ` in task ${holder.taskId}`;
  const what =
    via === 'credential'
      ? `Credential ${credentialUid} of ${holder.agentUid} was made of one of ${fromAgent}`
      : `${holder.agentUid} acts${task} on a delegation by ${fromAgent}`;
  return `${what}, and ${action} reached ${target.agent_uid}.`;
}

export function causeOf(
  { cause, context, issued }: Reach,
  { holder, credentialUid, short }: CascadeMember,
): Cause {
  const { agentUid, taskId } = holder;
  return {
    ...cause,
    subject: {
      agent_uid: agentUid,
      ...(taskId === undefined ? {} : { task_id: taskId }),
      ...(credentialUid === undefined ? {} : { credential_uid: credentialUid }),
    },
    subjectClass: context.registry?.classes[agentUid] ?? 'unknown',
    member: short,
    from: issued.command.command_id,
  };
}

export function memberCommand(
  reach: Reach,
  member: CascadeMember,
  planned: PlannedAction,
  approvals?: RevocationCommand['approvals'],
): RevocationCommand {
  const { context, issued, cause, rule } = reach;
  const { transaction, policy, registry, nowMs } = context;
  const { command } = issued;
  const { agentUid } = member.holder;
  const made = buildCommand({
    alert: causedAlert(issued, cause, nowMs),
    rule,
    planned,
    sequence: nextSequence(transaction, command.tenant_id, agentUid),
    receivers: receiversFor(policy, registry, agentUid, planned.action).all,
    ...(approvals === undefined ? {} : { approvals }),
    follows: {
      commandId: command.command_id,
      sentence: whyReached(reach, member),
      member: member.short,
    },
    // No longer than what it follows.
    expiresAt: command.expires_at,
    ending: { subject: causeOf(reach, member).subject },
    standsMs: durationMs(policy.stepUpFor),
  });
  return { ...made, alert_ids: command.alert_ids };
}

function noteAlsoBehind(transaction: Transaction, openId: string, issued: IssuedCommand): void {
  const open = issuedCommand(transaction, openId);
  if (open === undefined || peopleBehind(open) >= peopleBehind(issued)) return;
  putIssued(transaction, { ...open, people: peopleBehind(issued) });
}

/** Undefined: it was in force, and is held for this alert too. */
export function issueFor(
  reach: Reach,
  member: CascadeMember,
  planned: PlannedAction,
  { approvals, insteadOf }: Pick<Special, 'approvals' | 'insteadOf'> = {},
): Output | undefined {
  const { context, cause, rule, issued } = reach;
  const { transaction, policy, registry, sha256, nowMs } = context;
  const { holder } = member;
  const openKey = targetActionKey(planned.target, planned.action, sha256);
  const open = standingCommand(transaction, openKey, nowMs);
  if (open !== undefined && renews(context, open, cause.alertId)) {
    holdCommand(transaction, open, cause.alertId);
    noteAlsoBehind(transaction, open.command.command_id, issued);
    return undefined;
  }
  const command = memberCommand(reach, member, planned, approvals);
  const output = commandOutput(transaction, command);
  const { required, issuers } = receiversFor(policy, registry, holder.agentUid, planned.action);
  const { agentUid, taskId } = holder;
  const taken = takenCredential(planned);
  rememberCommand(transaction, {
    command,
    ruleId: rule.id,
    openKey,
    required,
    issuers,
    holder: cause.alertId,
    subject: {
      agentUid,
      ...(taskId === undefined ? {} : { taskId }),
      ...(taken === undefined ? {} : { usedCredentialUid: taken }),
    },
    cause: causeOf(reach, member),
    after: issued,
    receiptWithinMs: policy.receiptWithinMs,
    ...(insteadOf === undefined ? {} : { insteadOf }),
  });
  return output;
}
