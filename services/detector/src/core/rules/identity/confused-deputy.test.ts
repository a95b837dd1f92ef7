/** Guarantees: what an agent does for somebody who may not do it is told, unless the work mediates it. */
import type { AuditEvent } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { event } from '../../testing/event-builder.ts';
import { alerts, registry, world } from '../../testing/registry-world.ts';

describe('confused deputy', () => {
  const TOM = { uid: 'tom@acme.example', type: 'human' };
  const deputies = registry(
    {},
    {
      principals: [
        { uid: TOM.uid, grants: ['read:internal'] },
        { uid: 'ann@acme.example', grants: [] },
      ],
      workflows: [{ name: 'counter', mediates: ['read:financial'] }],
    },
  );
  const reads = (symbol: string, over: Partial<AuditEvent> = {}) =>
    event(1, {
      principal: TOM,
      task: { id: 't', workflow: 'counter', subjects: ['customer/1'] },
      capabilities: [{ symbol, basis: 'operator' }],
      ...over,
    });
  const kinds = (one: AuditEvent, rules: unknown = deputies) =>
    alerts(world(rules), one).map((alert) => alert.kind);

  it('fires on what neither the principal may nor the workflow mediates', () => {
    const [alert] = alerts(world(deputies), reads('read:personal'));
    expect(alert).toMatchObject({ kind: 'confused_deputy', severity: 'high' });
    expect(alert?.not_visible.join()).toContain('names no owner');
  });

  it.each([
    ['what the principal may do himself', reads('read:internal')],
    ['what the proven workflow mediates', reads('read:financial')],
    [
      'the record of whom the task is about',
      reads('read:personal', { target: { owner_uid: 'customer/1' } }),
    ],
    ['the principal’s own record', reads('read:personal', { target: { owner_uid: TOM.uid } })],
    ['a call that was denied', reads('read:personal', { outcome: 'denied' })],
    ['an agent that acts for nobody', reads('read:personal', { principal: undefined })],
  ])('is quiet about %s', (_, one) => {
    expect(kinds(one)).toEqual([]);
  });

  it('fires on a record of somebody who is no part of the case', () => {
    expect(kinds(reads('read:personal', { target: { owner_uid: 'customer/2' } }))).toEqual([
      'confused_deputy',
    ]);
  });

  const PUBLIC: AuditEvent['capabilities'] = [{ symbol: 'read:public', basis: 'operator' }];
  /** The same in a task of its own. */
  const ticket = (n: number, over: Partial<AuditEvent> = {}) => {
    const { event_id, event_time } = event(n);
    const task = { id: `task-${n}`, workflow: 'counter' };
    return reads('read:personal', { event_id, event_time, task, chain_id: task.id, ...over });
  };

  it.each([
    ['high', {}],
    ['medium', { capabilities: PUBLIC }],
  ] as const)(
    'is one alert of one person in one workflow, with each task as its subject: %s',
    (severity, over) => {
      const some = world(deputies);
      const told = [1, 2, 3, 4, 5, 6, 7].flatMap((n) => alerts(some, ticket(n, over)));
      expect(new Set(told.map((one) => one.alert_id)).size).toBe(1);
      expect(new Set(told.map((one) => one.severity))).toEqual(new Set([severity]));
      // From high on each further task can be answered by itself.
      if (severity === 'high') expect(told.at(-1)?.subject.task_id).toBe('task-7');
    },
  );

  it.each<[string, Partial<AuditEvent>]>([
    ['another capability', { capabilities: [{ symbol: 'read:secret', basis: 'operator' }] }],
    ['another person', { principal: { uid: 'ann@acme.example', type: 'human' } }],
    ['another workflow', { task: { id: 'task-3', workflow: 'back-office' } }],
    ['what is graver', { effect: 'update', capabilities: PUBLIC }],
  ])('is another alert of %s', (_, over) => {
    const some = world(deputies);
    const before = [ticket(1), ticket(2, { capabilities: PUBLIC })].flatMap((one) =>
      alerts(some, one),
    );
    const [alert] = alerts(some, ticket(3, over)).filter((one) => one.kind === 'confused_deputy');
    expect(alert).toMatchObject({ severity: 'high', count: 1 });
    expect(before.map((one) => one.alert_id)).not.toContain(alert?.alert_id);
  });

  it('is one incident of all persons of a workflow that does not mediate it', () => {
    const some = world(deputies);
    const by = (uid: string, n: number) => ticket(n, { principal: { uid, type: 'human' } });
    const told = [by(TOM.uid, 1), by('ann@acme.example', 2)].flatMap((one) => alerts(some, one));
    expect(told.map((one) => one.incident_id)).toEqual([
      told[0]?.incident_id,
      told[0]?.incident_id,
    ]);
  });

  it('is quiet where nobody told what the principal may do', () => {
    expect(kinds(reads('read:personal'), registry())).toEqual([]);
  });

  it('a workflow that is only asserted mediates nothing', () => {
    const one = reads('read:financial');
    const claimed = { ...one, claims: { ...one.claims, workflow: 'asserted' as const } };
    expect(kinds(claimed)).toEqual(['confused_deputy']);
  });
});
