/** An ending order gives way to a step-up until a verdict, a restore, or `limits.step_up_for`. */

import {
  decisionId,
  durationMs,
  formatLogTime,
  type RevocationCommand,
  shiftTime,
} from '@waywarden/schemas';
import type { Output } from '@waywarden/stage';
import { neverRevokedOf } from '../guards/protected-users.ts';
import { isReportOnly, STEP_UP } from '../model/action-strength.ts';
import { truePositive } from '../model/alert-verdict.ts';
import {
  type IssuedCommand,
  isIssuedFull,
  issuedCommand,
  openCommand,
} from '../model/issued-command.ts';
import { type Approval, inCommand } from '../model/people.ts';
import { decisionOutput, type ResponseContext } from '../model/response-context.ts';
import { receiversFor } from '../model/tenant-policy.ts';
import { afterExpiry, reportedOnOrder } from './build-command.ts';
import { orderAnew, reissue } from './extend-order.ts';
import { followUp } from './follow-up.ts';

export function lapse(context: ResponseContext, commandId: string): readonly Output[] {
  const issued = issuedCommand(context.transaction, commandId);
  if (!issued?.cause || issued.restored) return [];
  const stands = renew(context, issued);
  if (stands !== undefined) return stands;
  const { command, cause } = issued;
  const { ruleId, isLapse } = issued;
  const planned = afterExpiry({ ruleId, planned: command, subject: cause.subject, isLapse });
  if (planned === undefined) return [];
  const { scope } = command;
  return followUp(context, {
    issued,
    cause,
    verb: 'lapses',
    sentence: `${command.action} ends at ${command.expires_at} without a verdict.`,
    planned,
    against: [],
    expires: context.policy.stepUpFor,
    isUnbudgeted: true,
    ...(scope === undefined || command.action !== STEP_UP ? {} : { scope }),
  });
}

/** A true positive's order is renewed before its end, until a restore. */

const NAME_LENGTH_MAX = 256;

function prolonged(
  context: ResponseContext,
  issued: IssuedCommand,
  approval: Approval,
  receivers: readonly string[],
): RevocationCommand {
  const { policy } = context;
  const { command, ruleId, cause, isLapse } = issued;
  const standsMs = durationMs(policy.stepUpFor);
  const expires_at = shiftTime(command.expires_at, standsMs);
  const { at_expiry: _, ...anew } = orderAnew(context, issued, 'stands', receivers);
  const subject = cause?.subject ?? { agent_uid: command.target.agent_uid };
  return {
    ...{ ...anew, expires_at, initiating_entity: 'admin' },
    approvals: [...command.approvals, ...inCommand([approval])],
    reason: `${approval.by} found the alert right at ${approval.at}: it stands until it is taken back.`,
    ...reportedOnOrder(
      { ruleId, planned: command, subject, isLapse },
      { expiresAt: expires_at, standsMs },
    ),
  };
}

/** Undefined: it ends as any other. */
function renew(context: ResponseContext, issued: IssuedCommand): readonly Output[] | undefined {
  const { transaction, sha256, policy, registry, nowMs } = context;
  const { command, openKey, ruleId: rule } = issued;
  const approval = truePositive(transaction, issued);
  if (approval === undefined || isReportOnly(command.action)) return undefined;
  if (isIssuedFull(transaction) || neverRevokedOf(context, command).length > 0) return undefined;
  const open = openKey === null ? undefined : openCommand(transaction, openKey, nowMs);
  if (open !== undefined && open.command.command_id !== command.command_id) return undefined;
  const now = receiversFor(policy, registry, command.target.agent_uid, command.action);
  const next = prolonged(context, issued, approval, now.all);
  const order = reissue(context, issued, next, now);
  const { tenant_id: tenantId, command_id: alertId } = command;
  const rule_id = `${rule}/stands/${command.action}-${command.target.level}`.slice(
    -NAME_LENGTH_MAX,
  );
  const decision = decisionOutput(transaction, sha256, {
    decision_id: decisionId({ tenantId, alertId, revision: 1, ruleId: rule_id }),
    ...{ tenant_id: tenantId, alert_ids: [...command.alert_ids], alert_revision: 1 },
    ...{ agent_uid: command.target.agent_uid, rule_id, mode: 'enforce' },
    ...{ would_be_command: next, withheld_reason: null, withheld_reasons: [] },
    ...{ policy_version: policy.version, decided_at: formatLogTime({ ms: nowMs, ns: 0 }) },
    issued_command_ids: [next.command_id],
    follows: { command_id: alertId, why: next.reason },
  });
  return [decision, order];
}
