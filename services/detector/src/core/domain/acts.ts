/** Which events are acts of an agent; the rest is bookkeeping. */
import type { AuditEvent } from '@waywarden/schemas';

export const ACT_ACTIVITIES: ReadonlySet<string> = new Set([
  'tool_call',
  'agent_invoke',
  'delegation',
  'memory_op',
  'resource_read',
]);

/** Features score it, and the rules over the registry judge it. */
export function isAct({ phase, activity }: Pick<AuditEvent, 'phase' | 'activity'>): boolean {
  return phase === 'completed' && ACT_ACTIVITIES.has(activity);
}
