import { describe, expect, it } from 'vitest';
import { eventKey, registryKey, splitKey, TOPICS } from './topics.ts';

describe('topics', () => {
  it('are the twelve of contracts.md, those of snapshots, triage, leases and telemetry', () => {
    expect(Object.values(TOPICS).map((t) => t.name)).toEqual([
      'waywarden.audit.events.v1',
      'waywarden.audit.deadletter.v1',
      'waywarden.telemetry.v1',
      'waywarden.value.flows.v1',
      'waywarden.baseline.partials.v1',
      'waywarden.baseline.snapshots.v1',
      'waywarden.privilege.steps.v1',
      'waywarden.privilege.links.v1',
      'waywarden.alerts.v1',
      'waywarden.response.journal.v1',
      'waywarden.decisions.v1',
      'waywarden.revocation.commands.v1',
      'waywarden.revocation.receipts.v1',
      'waywarden.registry.v1',
      'waywarden.triage.v1',
      'waywarden.leases.v1',
    ]);
  });

  it('are keyed so that no tenant can make another tenant’s key', () => {
    expect(splitKey(eventKey('acme', 'a|b'))).toEqual({ tenantId: 'acme', rest: 'a|b' });
    expect(() => eventKey('ac|me', 'a')).toThrow(RangeError);
    expect(() => eventKey('', 'a')).toThrow(RangeError);
    expect(() => registryKey('acme', 'agent|x', 'a')).toThrow(RangeError);
    expect(registryKey('acme', 'agent', 'a')).toBe('acme|agent|a');
    expect(splitKey('gateway-1')).toBeUndefined();
  });
});
