/** Audit events for tests: what a test sets is what it is about. */
import type { AuditEvent } from '@waywarden/schemas';

const ALL_AUTHENTICATED: AuditEvent['claims'] = {
  task: 'authenticated',
  workflow: 'authenticated',
  principal: 'authenticated',
  delegation: 'authenticated',
  trace: 'authenticated',
  conversation: 'authenticated',
  approval: 'authenticated',
  outcome: 'authenticated',
  class: 'authenticated',
};

/** A UUID that tells the number it was made from. */
export function testId(n: number): string {
  return `00000000-0000-5000-8000-${String(n).padStart(12, '0')}`;
}

export function event(n: number, over: Partial<AuditEvent> = {}): AuditEvent {
  const time = `2026-01-05T09:${String(Math.floor(n / 60) % 60).padStart(2, '0')}:${String(n % 60).padStart(2, '0')}.000000000Z`;
  return {
    schema_version: '1.0',
    event_id: testId(n),
    native_id: `call-${n}`,
    event_time: time,
    event_time_quality: 'measured',
    observed_time: time,
    source: { kind: 'test', instance: 'builder' },
    tenant_id: 'acme',
    activity: 'tool_call',
    phase: 'completed',
    effect: 'read',
    agent: { uid: 'reporter', name: 'reporter', assurance: 'authenticated' },
    claims: ALL_AUTHENTICATED,
    chain_id: 'chain-1',
    task: { id: 'task-1' },
    tool: { name: 'list_orders', server: 'office' },
    capabilities: [{ symbol: 'read:internal', basis: 'operator' }],
    fp_version: 1,
    key_id: 'test',
    outcome: 'success',
    ...over,
  };
}
