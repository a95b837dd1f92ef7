/** What is guaranteed of refusals: what a person refused and what ran all the same is told. */
import type { AuditEvent } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { event } from '../../testing/event-builder.ts';
import { ProfileWorld } from '../../testing/profile-world.ts';

const pay = (n: number, over: Partial<AuditEvent> = {}) =>
  event(n, {
    effect: 'pay',
    tool: { name: 'pay', server: 'bank' },
    target: { system: 'bank', resource_type: 'account', resource_id: 'acct-1' },
    capabilities: [{ symbol: 'initiate:payment', basis: 'catalogue' }],
    args: { hash: 'hmac-sha256:a' },
    ...over,
  });
const human = (uid: string) => ({ mode: 'human' as const, by: 'ana', latency_ms: 9000, uid });
const refused = (n: number, over: Partial<AuditEvent> = {}) =>
  pay(n, { outcome: 'denied', approval: human('no-1'), ...over });
const otherArgs = { args: { hash: 'hmac-sha256:b' } };

function told(cls: string, ...events: readonly AuditEvent[]) {
  const world = new ProfileWorld({ version: 1, agents: [{ uid: 'reporter', class: cls }] });
  return world.feed(...events).filter((alert) => alert.rule_id === 'approval-refused');
}

describe('a call that a person refused', () => {
  it.each([
    ['nothing is told of an approval', pay(12)],
    ['a policy let it through', pay(12, { approval: { mode: 'policy' } })],
    ['it names the refusal as its approval', pay(12, { approval: human('no-1') })],
    ['its amount is another', pay(12, otherArgs)],
  ])('is told when it runs all the same: %s', (_, second) => {
    const [alert, ...more] = told('semi_autonomous', refused(2), second);
    expect(more).toEqual([]);
    expect(alert).toMatchObject({ kind: 'approval_bypass', severity: 'high' });
    expect(alert?.reasons[0]).toMatchObject({ level: 'shipped', threshold_source: 'static' });
    expect(alert?.evidence.map((one) => one.role)).toContain('refused_call');
    expect(alert?.summary).toContain('which ana had refused at 2026-01-05 09:00:02 UTC');
  });

  it('is told of a class that needs no approval where the call is the very same', () => {
    expect(told('scheduled_job', refused(2), pay(12))).toHaveLength(1);
    expect(told('scheduled_job', refused(2), pay(12, otherArgs))).toEqual([]);
  });

  it.each([
    ['the person approved it afterwards', pay(12, { approval: human('yes-1') })],
    [
      'another account is paid',
      pay(12, { target: { system: 'bank', resource_type: 'account', resource_id: 'acct-2' } }),
    ],
    ['it was denied again', refused(12)],
    [
      'it is other work on another day',
      pay(12, { task: { id: 'task-2' }, event_time: '2026-01-07T09:00:00.000000000Z' }),
    ],
  ])('is in order where %s', (_, second) => {
    expect(told('semi_autonomous', refused(2), second)).toEqual([]);
  });

  it('is not one that a quota stopped after the person approved', () => {
    const stopped = refused(2, { policy: { decision: 'deny', id: 'quota' } });
    expect(told('semi_autonomous', stopped, pay(12))).toEqual([]);
  });

  it('stays refused where the later approval is only asserted', () => {
    const claims = { ...event(0).claims, approval: 'asserted' as const };
    const [alert] = told('autonomous', refused(2), pay(12, { approval: human('yes'), claims }));
    expect(alert?.rule_id).toBe('approval-refused');
  });

  it('is not refused any more once a person approved it, and still is where other arguments were approved', () => {
    const approved = (over: Partial<AuditEvent> = {}) =>
      pay(12, { approval: human('yes-1'), ...over });
    expect(told('semi_autonomous', refused(2), approved(), pay(13))).toEqual([]);
    expect(told('semi_autonomous', refused(2), approved(otherArgs), pay(13))).toHaveLength(1);
    const early = approved({ event_time: '2026-01-05T08:59:00.000000000Z' });
    expect(told('semi_autonomous', refused(2), early, pay(13))).toHaveLength(1);
  });

  it('is not refused for ever of an agent that names no work: the day after, and no longer', () => {
    const at = (day: number, over: Partial<AuditEvent> = {}) => {
      const { task: _, ...one } = pay(day, over);
      return { ...one, event_time: `2026-01-${day}T09:00:00.000000000Z` };
    };
    const days = Array.from({ length: 12 }, (_, n) => at(13 + n));
    const no = at(12, { outcome: 'denied', approval: human('no-1') });
    expect(told('autonomous', no, ...days)).toHaveLength(1);
  });

  it('is one alert where it goes on for days in the same work', () => {
    const days = Array.from({ length: 9 }, (_, n) =>
      pay(12 + n, { event_time: `2026-01-${12 + n}T09:00:00.000000000Z` }),
    );
    const alerts = told('semi_autonomous', refused(2), ...days);
    expect(new Set(alerts.map((one) => one.alert_id)).size).toBe(1);
  });

  it('stays known behind any number of refusals that are asserted, or of what is less sensitive', () => {
    const asserted = { claims: { ...event(0).claims, approval: 'asserted' as const } };
    const other = (n: number, over: Partial<AuditEvent>) =>
      refused(3 + n, {
        target: { system: 'bank', resource_type: 'account', resource_id: `acct-${3 + n}` },
        ...over,
      });
    const flood = (over: Partial<AuditEvent>) =>
      Array.from({ length: 40 }, (_, n) => other(n, over));
    expect(told('semi_autonomous', refused(2), ...flood(asserted), pay(50))).toHaveLength(1);
    const harmless = flood({ effect: 'update', capabilities: [] });
    expect(told('semi_autonomous', refused(2), ...harmless, pay(50))).toHaveLength(1);
  });
});
