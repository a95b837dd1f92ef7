/**
 * Gives orders in force to receivers registered later, to all once more; the first stays, so no gap opens. No new
 * judgement.
 */
import {
  commandId,
  decisionId,
  epochMs,
  formatLogTime,
  type RevocationCommand,
  uuidV5,
  WAYWARDEN_NAMESPACE,
} from '@waywarden/schemas';
import type { Output, Transaction } from '@waywarden/stage';
import { neverRevokedOf } from '../guards/protected-users.ts';
import { byDecisiveness } from '../guards/withheld-reasons.ts';
import { HAND_RULE, TASK_END_RULE } from '../model/built-in-rules.ts';
import { noteDue } from '../model/due-heap.ts';
import {
  holdCommand,
  type IssuedCommand,
  isIssuedFull,
  issuedCommand,
  newestCommands,
  openCommand,
  putIssued,
  rememberCommand,
} from '../model/issued-command.ts';
import {
  commandOutput,
  decisionOutput,
  nextSequence,
  type ResponseContext,
} from '../model/response-context.ts';
import { receiversFor, tenantPolicy, tenantRegistry } from '../model/tenant-policy.ts';

const ALL = Number.POSITIVE_INFINITY;
const NAME_LENGTH_MAX = 256;

export function receiversNow(transaction: Transaction, tenantId: string): string {
  const registered = tenantRegistry(transaction, tenantId)?.receivers ?? [];
  return JSON.stringify([tenantPolicy(transaction, tenantId)?.receivers ?? [], registered]);
}

export function noteNewReceivers(transaction: Transaction, tenantId: string, nowMs: number): void {
  for (const { command, restored, expiresMs, cause } of newestCommands(transaction, ALL)) {
    if (command.tenant_id !== tenantId || restored || expiresMs <= nowMs || cause === null)
      continue;
    noteDue(transaction, { atMs: nowMs, what: 'receivers', commandId: command.command_id });
  }
}

function missing({ policy, registry }: ResponseContext, { command }: IssuedCommand) {
  const now = receiversFor(policy, registry, command.target.agent_uid, command.action);
  return { now, added: now.all.filter((id) => !command.receivers.includes(id)) };
}

function modeOf({ policy }: ResponseContext, { ruleId }: IssuedCommand): string | undefined {
  if (ruleId === HAND_RULE) return 'enforce';
  if (ruleId === TASK_END_RULE) return policy.taskEnd?.mode;
  return policy.rules.find(({ id }) => id === ruleId)?.mode;
}

function against(context: ResponseContext, issued: IssuedCommand): readonly string[] {
  const mode = modeOf(context, issued);
  const reasons: string[] = [];
  if (mode === undefined) reasons.push('rule_gone');
  else if (mode !== 'enforce') reasons.push(`rule_in_${mode}`);
  if (neverRevokedOf(context, { ...issued.command }).length > 0) reasons.push('never_revoke');
  if (isIssuedFull(context.transaction)) reasons.push('issued_commands_limit');
  return byDecisiveness(reasons);
}

export function extendOrder(context: ResponseContext, commandId: string): readonly Output[] {
  const { transaction, sha256, policy, registry, nowMs } = context;
  const before = issuedCommand(transaction, commandId);
  if (before?.cause == null || before.restored || before.expiresMs <= nowMs) return [];
  const { command, openKey } = before;
  const open = openKey === null ? undefined : openCommand(transaction, openKey, nowMs);
  if (open !== undefined && open.command.command_id !== commandId) return [];
  const { now, added } = missing(context, before);
  if (added.length === 0) return [];
  const reasons = against(context, before);
  const next = orderAnew(context, before, 'extends', now.all);
  const order = reasons.length === 0 ? reissue(context, before, next, now) : undefined;
  // Each version of the registry may ask anew.
  const ruleId = `${before.ruleId}/extends/${registry?.seq ?? 0}-${policy.seq}`;
  const decision = decisionOutput(transaction, sha256, {
    decision_id: decisionId({
      ...{ tenantId: command.tenant_id, alertId: commandId, revision: 1, ruleId },
    }),
    ...{ tenant_id: command.tenant_id, alert_ids: [...command.alert_ids], alert_revision: 1 },
    ...{ agent_uid: command.target.agent_uid, rule_id: ruleId.slice(-NAME_LENGTH_MAX) },
    ...{ mode: 'enforce', would_be_command: next },
    ...{ withheld_reason: reasons[0] ?? null, withheld_reasons: [...reasons] },
    ...{ policy_version: policy.version, decided_at: formatLogTime({ ms: nowMs, ns: 0 }) },
    issued_command_ids: order === undefined ? [] : [next.command_id],
    follows: {
      command_id: commandId,
      why: `${added.join(', ')} has to carry it out too since it was given.`,
    },
  });
  return order === undefined ? [decision] : [decision, order];
}

/** An order in force, given once more with a new id and number. */

/** `why` makes its id; `receivers`: other than before. */
export function orderAnew(
  context: ResponseContext,
  { command }: IssuedCommand,
  why: 'resumes' | 'extends' | 'stands',
  receivers: readonly string[] = command.receivers,
): RevocationCommand {
  const { tenant_id: tenantId, target, action, command_id: id } = command;
  const containmentId = uuidV5(WAYWARDEN_NAMESPACE, `containment|${tenantId}|${why}|${id}`);
  const issuedMs = Math.max(context.nowMs, epochMs(command.issued_at));
  return {
    ...command,
    receivers: [...receivers],
    command_id: commandId({ tenantId, target, action, containmentId }),
    containment_id: containmentId,
    sequence: nextSequence(context.transaction, tenantId, target.agent_uid),
    issued_at: formatLogTime({ ms: issuedMs, ns: 0 }),
  };
}

/** `by`: other receivers. */
export function reissue(
  context: ResponseContext,
  before: IssuedCommand,
  command: RevocationCommand,
  by: Pick<IssuedCommand, 'required' | 'issuers'> = before,
): Output {
  const { transaction, policy } = context;
  const { ruleId, openKey, subject, cause, asked, insteadOf, isLapse } = before;
  const { required, issuers } = by;
  const [holder = null, ...others] = before.holders;
  const output = commandOutput(transaction, command);
  rememberCommand(transaction, {
    ...{ command, ruleId, openKey, required, issuers, holder, subject, cause },
    receiptWithinMs: before.receiptWithinMs ?? policy.receiptWithinMs,
    ...(asked === undefined ? {} : { asked }),
    ...(before.answerWithinMs === undefined ? {} : { answerWithinMs: before.answerWithinMs }),
    ...(insteadOf === undefined ? {} : { insteadOf }),
    ...(isLapse === true ? { isLapse } : {}),
    after: before,
  });
  for (const alertId of others) {
    const now = issuedCommand(transaction, command.command_id);
    if (now !== undefined) holdCommand(transaction, now, alertId);
  }
  const now = issuedCommand(transaction, command.command_id);
  const { reached, holdersOverflowed } = before;
  if (now !== undefined) {
    putIssued(transaction, {
      ...now,
      holdersOverflowed,
      ...(reached === undefined ? {} : { reached }),
    });
  }
  return output;
}
