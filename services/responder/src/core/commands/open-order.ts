/** The order in force for what is planned. */
import type { RevocationCommand } from '@waywarden/schemas';
import { type PlannedAction, targetActionKey } from '../model/action-target.ts';
import { type IssuedCommand, standingCommand } from '../model/issued-command.ts';
import type { ResponseContext } from '../model/response-context.ts';

/** `scope`: an order on all calls counts too. */
export function openFor(
  { transaction, sha256, nowMs }: ResponseContext,
  { target, action }: PlannedAction,
  scope?: RevocationCommand['scope'],
): { readonly openKey: string; readonly open: IssuedCommand | undefined } {
  const whole = targetActionKey(target, action, sha256);
  const openKey = scope === undefined ? whole : targetActionKey(target, action, sha256, scope);
  const open =
    standingCommand(transaction, whole, nowMs) ?? standingCommand(transaction, openKey, nowMs);
  return { openKey, open };
}
