/** Guarantees: any touch of a decoy is told, and a namesake is none. */
import type { AuditEvent } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { event } from '../testing/event-builder.ts';
import { alerts, registry, world } from '../testing/registry-world.ts';

/** As ingest marks a call that names it. */
const named = (name: string) => ({ unmapped: { 'ingest.marks': [`decoy_named:${name}`] } });

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
    ['record by an argument', named('customer/0')],
    ['credential by an argument', named('key-honey')],
    ['tool, though denied', { tool: { name: 'export_all', server: 'vault' }, outcome: 'denied' }],
  ])('the first touch of a decoy %s is critical', (_, over) => {
    expect(alerts(world(rules), event(1, over))).toMatchObject([
      { kind: 'decoy_touched', severity: 'critical' },
    ]);
  });

  it('is told by the key’s fingerprint, and by a call that was only asked for', () => {
    const key = { credential: { fp: 'key-honey' } };
    expect(alerts(world(rules), event(1, key))).toHaveLength(1);
    const asked = event(1, { target: { resource_id: 'customer/0' }, phase: 'requested' });
    const [alert] = alerts(world(rules), asked);
    expect(alert).toMatchObject({ kind: 'decoy_touched', severity: 'critical' });
    expect(alert?.summary).toContain('whether it ran is not told yet');
    expect(alerts(world(rules), event(1, { phase: 'requested' }))).toEqual([]);
  });

  it('every further task is a revision, every further day an alert', () => {
    const draft = world(rules);
    const touch = { target: { resource_id: 'customer/0' } };
    const [first] = alerts(draft, event(1, touch));
    const [second] = alerts(draft, event(2, { ...touch, task: { id: 'task-2' } }));
    expect(second).toMatchObject({ alert_id: first?.alert_id, revision: 2 });
    expect(second?.subject.task_id).toBe('task-2');
    const time = '2026-01-22T09:00:00.000000000Z';
    const later = { ...event(3, touch), event_time: time, observed_time: time };
    const [third] = alerts(draft, later);
    expect(third).toMatchObject({ severity: 'critical', revision: 1 });
    expect(third?.alert_id).not.toBe(first?.alert_id);
  });

  it('a namesake on another server is no decoy', () => {
    const one = event(1, { tool: { name: 'export_all', server: 'reports' } });
    expect(alerts(world(rules), one)).toEqual([]);
  });
});
