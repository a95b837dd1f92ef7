/**
 * Whether an order in force stands for another: not where nobody carried it out, or somebody who must was never
 * asked.
 */
import type { IssuedCommand } from '../model/issued-command.ts';
import type { ResponseContext } from '../model/response-context.ts';
import { receiversFor } from '../model/tenant-policy.ts';

const NOT_DONE: ReadonlySet<string> = new Set(['failed', 'expired', 'unsupported']);
const HAS_TAKEN: ReadonlySet<string> = new Set(['applied', 'partial', 'accepted']);

export function hasFailed({ command, receivers, required }: IssuedCommand): boolean {
  if (Object.values(receivers).some((one) => HAS_TAKEN.has(one.state))) return false;
  const hasNot = (id: string) => NOT_DONE.has(receivers[id]?.state ?? '');
  if (command.target.level !== 'origin') return required.some(hasNot);
  return required.length > 0 && required.every(hasNot);
}

/** By the rules of now. */
export function requiredSince(
  { policy, registry }: Pick<ResponseContext, 'policy' | 'registry'>,
  { command, required }: IssuedCommand,
): readonly string[] {
  const now = receiversFor(policy, registry, command.target.agent_uid, command.action);
  return now.required.filter((id) => !required.includes(id));
}

/** Another alert than `alertId` orders again. */
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
