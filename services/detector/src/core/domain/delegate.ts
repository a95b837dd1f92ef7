import type { AuditEvent } from '@waywarden/schemas';

export const DELEGATIONS: ReadonlySet<string> = new Set(['delegation', 'agent_invoke']);

export function delegateOf({
  activity,
  target,
}: Pick<AuditEvent, 'activity' | 'target'>): string | undefined {
  const isDelegation = DELEGATIONS.has(activity) && target?.resource_type === 'agent';
  return isDelegation ? target.resource_id : undefined;
}
