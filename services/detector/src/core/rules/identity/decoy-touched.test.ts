/** Guarantees: any touch of a decoy is told, and a namesake is none. */
import type { AuditEvent } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { event } from '../../testing/event-builder.ts';
import { alerts, registry, world } from '../../testing/registry-world.ts';

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

  it.each<[string, Partial<AuditEvent>]>([
    ['with its server in front, as hosts write it', { tool: { name: 'mcp__vault__export_all' } }],
    ['with one dash for another', { tool: { name: 'mcp_vault_export-all' } }],
    ['behind a slash', { tool: { name: 'vault/export_all' } }],
    ['behind a gateway', { tool: { name: 'vault__export_all', server: 'gateway' } }],
    ['in another spelling', { tool: { name: 'Export-All', server: 'Vault' } }],
    ['where no server is told', { tool: { name: 'export_all' } }],
    ['by a token made from the key', { credential: { uid: 'jti-9', parent_uid: 'key-honey' } }],
    ['by a secret store that is asked', { target: { resource_id: 'secret/data/key-honey' } }],
    ['by a version of the record', { target: { resource_id: 'Customer/0?versionId=3' } }],
  ])('is told %s', (_, over) => {
    expect(alerts(world(rules), event(1, over))).toMatchObject([
      { kind: 'decoy_touched', severity: 'critical' },
    ]);
  });

  it('is told of a token that is issued from the key', () => {
    const credential = { uid: 'jti-10', parent_uid: 'key-honey' };
    const { tool: _, ...issued } = event(1, { activity: 'credential_issued', credential });
    expect(alerts(world(rules), issued)).toMatchObject([{ kind: 'decoy_touched' }]);
  });

  it.each<[string, Partial<AuditEvent>]>([
    ['a record that begins alike', { target: { resource_id: 'customer/01' } }],
    ['a record of another collection', { target: { resource_id: 'eu/customer/0' } }],
    ['a longer secret', { target: { resource_id: 'secret/data/key-honey-2' } }],
    ['a tool whose name only reads so', { tool: { name: 'vault_export_all', server: 'reports' } }],
    ['a host’s name of another server', { tool: { name: 'mcp__reports__export_all' } }],
  ])('%s is no touch', (_, over) => {
    expect(alerts(world(rules), event(1, over))).toEqual([]);
  });

  it('a bare name that a tool of another server has is not told', () => {
    const bare = { tool: { name: 'export_all' } };
    const capabilities: string[] = [];
    const entry = { match: { server: 'reports', tool: 'export_all' }, capabilities };
    const twice = registry({}, { decoys, tools: [entry] });
    expect(alerts(world(twice), event(1, bare))).toEqual([]);
    const own = { ...entry, match: { server: 'vault', tool: 'export_all' } };
    for (const tools of [[own], [{ ...entry, match: { server: 'reports', tool: 'export_*' } }]]) {
      expect(alerts(world(registry({}, { decoys, tools })), event(1, bare))).toHaveLength(1);
    }
    const full = { tool: { name: 'mcp__vault__export_all' } };
    expect(alerts(world(twice), event(1, full))).toHaveLength(1);
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
    const transaction = world(rules);
    const touch = { target: { resource_id: 'customer/0' } };
    const [first] = alerts(transaction, event(1, touch));
    const [second] = alerts(transaction, event(2, { ...touch, task: { id: 'task-2' } }));
    expect(second).toMatchObject({ alert_id: first?.alert_id, revision: 2 });
    expect(second?.subject.task_id).toBe('task-2');
    const time = '2026-01-22T09:00:00.000000000Z';
    const later = { ...event(3, touch), event_time: time, observed_time: time };
    const [third] = alerts(transaction, later);
    expect(third).toMatchObject({ severity: 'critical', revision: 1 });
    expect(third?.alert_id).not.toBe(first?.alert_id);
  });

  it.each([
    ...['tool_list', 'prompt_get', 'credential_issued', 'approval', 'task_start', 'task_end'],
    ...['config_change', 'heartbeat', 'identity_resolved', 'model_call', 'shell_exec'],
  ])('is told of %s too, which is no act', (activity) => {
    const { tool: _, ...bare } = event(1, { activity });
    for (const touch of [
      { credential: { uid: 'key-honey' } },
      { target: { resource_id: 'customer/0' } },
    ]) {
      expect(alerts(world(rules), { ...bare, ...touch })).toMatchObject([
        { kind: 'decoy_touched', severity: 'critical' },
      ]);
    }
    expect(alerts(world(rules), bare)).toEqual([]);
  });

  it('is told where an agent that nobody registered lists tools with its key', () => {
    const thief = { uid: 'thief', assurance: 'unresolved' as const };
    const listing = { agent: thief, activity: 'tool_list', credential: { uid: 'key-honey' } };
    expect(alerts(world(rules), event(1, listing))).toMatchObject([{ kind: 'decoy_touched' }]);
  });

  it('a tool that is listed, or declared as changed, is not used by that', () => {
    const tool = { name: 'export_all', server: 'vault' };
    for (const activity of ['tool_list', 'config_change']) {
      const target = { resource_id: 'tool/vault/export_all' };
      expect(alerts(world(rules), event(1, { activity, tool, target }))).toEqual([]);
    }
    expect(alerts(world(rules), event(1, { activity: 'prompt_get', tool }))).toHaveLength(1);
  });

  it('a namesake on another server is no decoy', () => {
    const one = event(1, { tool: { name: 'export_all', server: 'reports' } });
    expect(alerts(world(rules), one)).toEqual([]);
  });
});
