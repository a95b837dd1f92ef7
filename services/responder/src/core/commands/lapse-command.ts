/** An ending order gives way to a step-up until a verdict, a restore, or `limits.step_up_for`. */
import type { Output } from '@waywarden/stage';
import { STEP_UP } from '../model/action-strength.ts';
import { issuedCommand } from '../model/issued-command.ts';
import type { ResponseContext } from '../model/response-context.ts';
import { afterExpiry } from './after-expiry.ts';
import { followUp } from './follow-up.ts';
import { renew } from './stand-on.ts';

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
