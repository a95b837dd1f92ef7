/** An order in force, given once more with a new id and number. */
import {
  commandId,
  epochMs,
  formatLogTime,
  type RevocationCommand,
  uuidV5,
  WAYWARDEN_NAMESPACE,
} from '@waywarden/schemas';
import type { Output } from '@waywarden/stage';
import {
  holdCommand,
  type IssuedCommand,
  issuedCommand,
  putIssued,
  rememberCommand,
} from '../model/issued-command.ts';
import { commandOutput, nextSequence, type ResponseContext } from '../model/response-context.ts';

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
