/** Agents spared because a text was to be stopped, where nobody could: each gets what its rule says. */
import type { Target } from '@waywarden/schemas';
import type { Output } from '@waywarden/stage';
import { targetActionKey } from '../model/action-target.ts';
import {
  commandsOfAlert,
  type IssuedCommand,
  issuedCommand,
  openCommand,
  putIssued,
} from '../model/issued-command.ts';
import type { ResponseContext } from '../model/response-context.ts';
import { followUp } from './follow-up.ts';
import { hasFailed } from './stands-for.ts';

export const QUARANTINE = 'quarantine_origin';
export const ORIGIN_QUARANTINED = 'origin_quarantined';

export function isOriginInVain(
  { transaction, sha256, nowMs }: ResponseContext,
  origin: Target,
): boolean {
  const open = openCommand(transaction, targetActionKey(origin, QUARANTINE, sha256), nowMs);
  return open !== undefined && hasFailed(open);
}

function takeOne(context: ResponseContext, one: IssuedCommand, why: string): readonly Output[] {
  const { insteadOf, ...spared } = one;
  const { cause, escalated, restored, expiresMs } = one;
  if (cause === null || insteadOf?.reason !== ORIGIN_QUARANTINED) return [];
  if (escalated || restored || expiresMs <= context.nowMs) return [];
  putIssued(context.transaction, { ...one, escalated: true });
  const rest = { verb: 'escalates', sentence: why, against: [], isUnbudgeted: false } as const;
  return followUp(context, { issued: spared, cause, planned: insteadOf.planned, ...rest });
}

/** Each once. */
export function takeVictims(context: ResponseContext, origin: IssuedCommand): readonly Output[] {
  const { command, holders } = origin;
  if (command.action !== QUARANTINE || !hasFailed(origin)) return [];
  const { transaction } = context;
  const why = 'Nobody could stop the origin that misled it.';
  const spared = holders.flatMap((alertId) =>
    commandsOfAlert(transaction, command.tenant_id, alertId),
  );
  return [...new Set(spared)].flatMap((id) => {
    const one = issuedCommand(transaction, id);
    return one === undefined ? [] : takeOne(context, one, why);
  });
}
