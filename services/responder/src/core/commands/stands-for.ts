/**
 * Whether an order that is in force stands for another one of the same: nobody may say "already contained"
 * of what nobody has carried out, or of what somebody who must was never asked to.
 */
import type { IssuedCommand } from '../model/issued-command.ts';
import type { ResponseContext } from '../model/response-context.ts';
import { receiversFor } from '../model/tenant-rules.ts';

/** Who has answered so has not done it. */
const NOT_DONE: ReadonlySet<string> = new Set(['failed', 'expired', 'unsupported']);
const HAS_TAKEN: ReadonlySet<string> = new Set(['applied', 'partial', 'accepted']);

/** Nobody has carried it out, as a receiver that must has said. */
export function hasFailed({ command, receivers, required }: IssuedCommand): boolean {
  if (Object.values(receivers).some((one) => HAS_TAKEN.has(one.state))) return false;
  const hasNot = (id: string) => NOT_DONE.has(receivers[id]?.state ?? '');
  if (command.target.level !== 'origin') return required.some(hasNot);
  return required.length > 0 && required.every(hasNot);
}

/** Receivers that must carry it out by the rules of now, and were not among those who had to at the order. */
export function requiredSince(
  { policy, registry }: Pick<ResponseContext, 'policy' | 'registry'>,
  { command, required }: IssuedCommand,
): readonly string[] {
  const now = receiversFor(policy, registry, command.target.agent_uid, command.action);
  return now.required.filter((id) => !required.includes(id));
}

/** `alertId`: its own alert has had what is stronger asked for; another one has not, and orders again. */
export function renews(
  context: Pick<ResponseContext, 'policy' | 'registry'>,
  issued: IssuedCommand,
  alertId?: string,
): boolean {
  const { holders, command } = issued;
  const isOwn = alertId !== undefined && holders.includes(alertId);
  if (!isOwn && hasFailed(issued)) return false;
  return requiredSince(context, issued).every((id) => command.receivers.includes(id));
}
