/** Guarantees: any touch of a decoy is told, and a namesake is none. */
import type { AuditEvent } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { event } from '../testing/event-builder.ts';
import { alerts, registry, world } from '../testing/registry-world.ts';

describe('decoys', () => {
  const decoys = [
    { tool: { server: 'vault', name: 'export_all' } },
    { resource_id: 'customer/0' },
    { credential_uid: 'key-honey' },
  ];
  const rules = registry({}, { decoys });

  it.each<[string, Partial<AuditEvent>]>([
    ['tool', { tool: { name: 'export_all', server: 'vault' } }],
    ['record', { target: { resource_id: 'customer/0' } }],
    ['credential', { credential: { uid: 'key-honey' } }],
    ['tool, though denied', { tool: { name: 'export_all', server: 'vault' }, outcome: 'denied' }],
  ])('the first touch of a decoy %s is critical', (_, over) => {
    expect(alerts(world(rules), event(1, over))).toMatchObject([
      { kind: 'decoy_touched', severity: 'critical' },
    ]);
  });

  it('a namesake on another server is no decoy', () => {
    const one = event(1, { tool: { name: 'export_all', server: 'reports' } });
    expect(alerts(world(rules), one)).toEqual([]);
  });
});
