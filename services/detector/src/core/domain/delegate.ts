import type { AuditEvent } from '@waywarden/schemas';

export const DELEGATIONS: ReadonlySet<string> = new Set(['delegation', 'agent_invoke']);

export function delegateOf(event: Pick<AuditEvent, 'activity' | 'target'>): string | undefined {
  const { activity, target } = event;
  const isDelegation = DELEGATIONS.has(activity) && target?.resource_type === 'agent';
  return isDelegation ? target.resource_id : undefined;
}
