import type { AuditEvent, Effect } from '@waywarden/schemas';

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

export const DELEGATIONS: ReadonlySet<string> = new Set(['delegation', 'agent_invoke']);

export function delegateOf(event: Pick<AuditEvent, 'activity' | 'target'>): string | undefined {
  const { activity, target } = event;
  const isDelegation = DELEGATIONS.has(activity) && target?.resource_type === 'agent';
  return isDelegation ? target.resource_id : undefined;
}

const IRREVERSIBLE: ReadonlySet<Effect> = new Set([
  'send',
  'pay',
  'grant',
  'create',
  'delete',
  'execute',
]);

/** Although the call did not return. */
export function mayHaveHappened(effect: Effect): boolean {
  return IRREVERSIBLE.has(effect);
}
