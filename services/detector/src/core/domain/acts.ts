import type { AuditEvent } from '@waywarden/schemas';

export const ACT_ACTIVITIES: ReadonlySet<string> = new Set([
  'tool_call',
  'agent_invoke',
  'delegation',
  'memory_op',
  'resource_read',
]);

export function isAct({ phase, activity }: Pick<AuditEvent, 'phase' | 'activity'>): boolean {
  return phase === 'completed' && ACT_ACTIVITIES.has(activity);
}

/** No act, but work with a credential in a task. */
export function isModelCall({ activity, phase }: AuditEvent): boolean {
  return phase === 'completed' && activity === 'model_call';
}
