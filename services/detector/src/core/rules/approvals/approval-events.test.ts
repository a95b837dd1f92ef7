/** What is guaranteed of approvals that are told before the call: they count for one call, and as decisions. */
import type { AuditEvent } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { event } from '../../testing/event-builder.ts';
import { ProfileWorld } from '../../testing/profile-world.ts';

const world = (cls = 'assistive') =>
  new ProfileWorld({ version: 1, agents: [{ uid: 'reporter', class: cls }] });
const update = (n: number, over: Partial<AuditEvent> = {}) =>
  event(n, {
    effect: 'update',
    tool: { name: 'update_ticket', server: 'desk' },
    target: { resource_type: 'ticket', resource_id: 'T1' },
    capabilities: [{ symbol: 'write:data', basis: 'catalogue' }],
    ...over,
  });
const approves = (n: number, over: Partial<AuditEvent> = {}) => {
  const { tool: _, capabilities, ...bare } = event(n);
  const approval = { mode: 'human' as const, by: 'carl', latency_ms: 20_000, uid: `ok-${n}` };
  return { ...bare, capabilities: [], activity: 'approval', approval, ...over };
};
const rules = (alerts: ReturnType<ProfileWorld['feed']>) => alerts.map((one) => one.rule_id);

describe('an approval that is told before the call', () => {
  it('approves the next effect of its work, and that one alone', () => {
    expect(rules(world().feed(approves(1), event(2), update(3)))).toEqual([]);
    expect(rules(world().feed(approves(1), update(2), update(3)))).toEqual(['class-drift']);
  });

  it('serves a call that failed again, and two reports of one call', () => {
    const failed = update(2, { outcome: 'tool_error' });
    expect(rules(world().feed(approves(1), failed, update(3)))).toEqual([]);
    const twice = [update(2, { call_uid: 'c' }), update(3, { call_uid: 'c' })];
    expect(rules(world().feed(approves(1), ...twice))).toEqual([]);
  });

  it.each<[string, Partial<AuditEvent>]>([
    ['other work', { task: { id: 'task-2' } }],
    ['another tool', { tool: { name: 'pay', server: 'bank' } }],
    ['another target', { target: { resource_id: 'T2' } }],
    ['a refusal', { outcome: 'denied' }],
    ['nobody', { approval: { mode: 'none' } }],
    ['the agent itself', { approval: { mode: 'human', by: 'reporter' } }],
  ])('approves nothing where it is of %s', (_, over) => {
    expect(rules(world().feed(approves(1, over), update(2)))).toContain('class-drift');
  });

  it('is worth what is proven of it', () => {
    const claims = { ...event(0).claims, approval: 'asserted' as const };
    const [alert] = world().feed(approves(1, { claims }), update(2));
    expect(alert).toMatchObject({ rule_id: 'class-drift', severity: 'low' });
  });

  it('stands as a refusal where it refuses the tool and target', () => {
    const of = { tool: { name: 'update_ticket', server: 'desk' }, target: update(1).target };
    const refuses = approves(1, { ...of, outcome: 'denied' });
    expect(rules(world('semi_autonomous').feed(refuses, update(2)))).not.toContain('class-drift');
    const pay = update(2, {
      effect: 'pay',
      capabilities: [{ symbol: 'initiate:payment', basis: 'catalogue' }],
    });
    expect(rules(world('semi_autonomous').feed(refuses, pay))).toEqual(['approval-refused']);
  });

  it.each<[string, ProfileWorld]>([
    ['nobody registered', new ProfileWorld()],
    ['owes no approval', world('autonomous')],
    ['needs one for what is sensitive', world('semi_autonomous')],
  ])('takes a refusal back, of an agent that %s, for one call that came after it', (_, some) => {
    const of = { tool: { name: 'update_ticket', server: 'desk' }, target: update(1).target };
    const refuses = (n: number) => approves(n, { ...of, outcome: 'denied' });
    const before = some.feed(approves(1, of), refuses(2), update(3));
    expect(rules(before)).toEqual(['approval-refused']);
    const day = (n: number) => ({ event_time: `2026-01-07T09:00:${n}.000000000Z` });
    const later = [refuses(10), approves(11, of), update(12), update(13)].map((one, n) => ({
      ...one,
      ...day(10 + n),
      task: { id: 'task-2' },
    }));
    expect(rules(some.feed(...later))).toEqual([]);
  });

  it('takes a refusal back where a policy let the call through beside', () => {
    const of = { tool: { name: 'update_ticket', server: 'desk' }, target: update(1).target };
    const refuses = approves(1, { ...of, outcome: 'denied' });
    const byPolicy = update(3, { approval: { mode: 'policy' } });
    expect(rules(new ProfileWorld().feed(refuses, byPolicy))).toEqual(['approval-refused']);
    expect(rules(new ProfileWorld().feed(refuses, approves(2, of), byPolicy))).toEqual([]);
    const bypassed = update(3, { approval: { mode: 'bypassed' } });
    const told = new ProfileWorld().feed(refuses, approves(2, of), bypassed);
    expect(rules(told)).toEqual(['approval-refused']);
  });

  it('is counted once as a decision: twenty within seconds are a rubber stamp', () => {
    const some = world();
    const fast = { mode: 'human' as const, by: 'carl', latency_ms: 900 };
    const feed = (n: number) => [approves(2 * n, { approval: fast }), update(2 * n + 1)];
    const early = Array.from({ length: 19 }, (_, n) => some.feed(...feed(n))).flat();
    expect(rules(early)).toEqual([]);
    expect(rules(some.feed(...feed(19)))).toEqual(['rubber-stamp']);
  });

  it('is neither pushed out nor hidden by approvals that are only asserted', () => {
    const claims = { ...event(0).claims, approval: 'asserted' as const };
    const forged = Array.from({ length: 40 }, (_, n) => approves(3 + n, { claims }));
    expect(rules(world().feed(approves(2), ...forged, update(50)))).toEqual([]);
    expect(rules(world().feed(...forged, approves(49), update(50)))).toEqual([]);
  });

  it('waits behind any number of approvals that served', () => {
    const served = Array.from({ length: 40 }, (_, n) => [approves(2 * n + 4), update(2 * n + 5)]);
    const other = { task: { id: 'task-2' } };
    const waits = [approves(2, other), ...served.flat(), update(90, other)];
    expect(rules(world().feed(...waits))).not.toContain('class-drift');
  });
});
