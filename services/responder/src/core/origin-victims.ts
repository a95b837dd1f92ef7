/**
 * What becomes of those who were spared because the text that misled them was to be stopped instead, where
 * nobody could stop it: each gets what its rule would have done, as far as the budget goes. That bounds
 * what an outsider's page can take from its readers; without it each of them is asked, as before.
 *
 * Only once every receiver that must do it has said that it did not: one that is silent may have.
 */
import type { Target } from '@waywarden/schemas';
import type { Output } from '@waywarden/stage';
import { targetActionKey } from './action-target.ts';
import { followUp } from './follow-up.ts';
import {
  heldCommands,
  type IssuedCommand,
  issuedCommand,
  openCommand,
  putIssued,
} from './issued-command.ts';
import type { ResponseContext } from './response-context.ts';

export const QUARANTINE = 'quarantine_origin';
export const ORIGIN_QUARANTINED = 'origin_quarantined';
const NOT_DONE: ReadonlySet<string> = new Set(['unsupported', 'failed', 'expired']);
const PERHAPS: ReadonlySet<string> = new Set(['applied', 'partial', 'accepted']);

/** Everybody who must has said that it was not done, and nobody else did it. */
function isInVain({ required, receivers }: IssuedCommand): boolean {
  if (Object.values(receivers).some(({ state }) => PERHAPS.has(state))) return false;
  return required.length > 0 && required.every((id) => NOT_DONE.has(receivers[id]?.state ?? ''));
}

/** It was to be stopped, and nobody can. */
export function isOriginInVain({ draft, sha256, nowMs }: ResponseContext, origin: Target): boolean {
  const open = openCommand(draft, targetActionKey(origin, QUARANTINE, sha256), nowMs);
  return open !== undefined && isInVain(open);
}

function takeOne(context: ResponseContext, one: IssuedCommand, why: string): readonly Output[] {
  const { insteadOf, ...spared } = one;
  const { cause, escalated, restored, expiresMs } = one;
  if (cause === null || insteadOf?.reason !== ORIGIN_QUARANTINED) return [];
  if (escalated || restored || expiresMs <= context.nowMs) return [];
  putIssued(context.draft, { ...one, escalated: true });
  const rest = { verb: 'escalates', sentence: why, against: [], isUnbudgeted: false } as const;
  // Without what it stands for: that is what is asked for now, and no way around it.
  return followUp(context, { issued: spared, cause, planned: insteadOf.planned, ...rest });
}

/** After `origin` was answered: what those get for whom it stood, each once. */
export function takeVictims(context: ResponseContext, origin: IssuedCommand): readonly Output[] {
  const { command, holders } = origin;
  if (command.action !== QUARANTINE || !isInVain(origin)) return [];
  const { draft } = context;
  const why = 'Nobody could stop the origin that misled it.';
  const spared = holders.flatMap((alertId) => heldCommands(draft, command.tenant_id, alertId));
  return [...new Set(spared)].flatMap((id) => {
    const one = issuedCommand(draft, id);
    return one === undefined ? [] : takeOne(context, one, why);
  });
}
