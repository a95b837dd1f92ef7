/** Guarantees: what an agent does for somebody who may not do it is told, unless the work mediates it. */
import type { AuditEvent } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { event } from '../testing/event-builder.ts';
import { alerts, registry, world } from '../testing/registry-world.ts';

describe('confused deputy', () => {
  const TOM = { uid: 'tom@acme.example', type: 'human' };
  const deputies = registry(
    {},
    {
      principals: [{ uid: TOM.uid, grants: ['read:internal'] }],
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

  it('is quiet where nobody told what the principal may do', () => {
    expect(kinds(reads('read:personal'), registry())).toEqual([]);
  });

  it('a workflow that is only asserted mediates nothing', () => {
    const one = reads('read:financial');
    const claimed = { ...one, claims: { ...one.claims, workflow: 'asserted' as const } };
    expect(kinds(claimed)).toEqual(['confused_deputy']);
  });
});
