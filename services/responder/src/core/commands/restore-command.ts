/** The undo of one command, after it in its agent's order. */
import type { RevocationCommand } from '@waywarden/schemas';
import type { Output } from '@waywarden/stage';
import { type IssuedCommand, liftCommand, rememberCommand } from '../model/issued-command.ts';
import { commandOutput, nextSequence, type ResponseContext } from '../model/response-context.ts';
import { buildRestore, type Undo } from './build-command.ts';

export function restoreCommand(
  { transaction }: ResponseContext,
  issued: IssuedCommand,
  undo: Undo,
  outputs: Output[],
): RevocationCommand {
  const { tenant_id: tenantId, target } = issued.command;
  const command = buildRestore(issued, undo, nextSequence(transaction, tenantId, target.agent_uid));
  outputs.push(commandOutput(transaction, command));
  liftCommand(transaction, issued, command.command_id);
  const { ruleId, required, issuers, subject } = issued;
  rememberCommand(transaction, {
    command,
    ruleId,
    openKey: null,
    required,
    holder: null,
    issuers,
    subject,
    cause: null,
    receiptWithinMs: 0,
  });
  return command;
}
