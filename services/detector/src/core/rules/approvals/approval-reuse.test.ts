/** What is guaranteed of approvals: each is for one call. */
import type { AuditEvent } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { event } from '../../testing/event-builder.ts';
import { ProfileWorld } from '../../testing/profile-world.ts';

type Approval = NonNullable<AuditEvent['approval']>;
const HASH = 'hmac-sha256:shown';
const given = (over: Partial<Approval> = {}): Approval => ({
  mode: 'human',
  by: 'ana',
  latency_ms: 9123,
  args_hash: HASH,
  ...over,
});

const pay = (n: number, approval: Approval, over: Partial<AuditEvent> = {}) =>
  event(n, {
    effect: 'pay',
    tool: { name: 'pay', server: 'bank' },
    capabilities: [{ symbol: 'initiate:payment', basis: 'catalogue' }],
    args: { hash: HASH },
    approval,
    ...over,
  });

function told(...events: readonly AuditEvent[]) {
  const world = new ProfileWorld({
    version: 1,
    agents: [{ uid: 'reporter', class: 'autonomous' }],
  });
  return world.feed(...events).filter((alert) => alert.rule_id === 'approval-reuse');
}

describe('one approval', () => {
  it.each([
    ['by its name', 'high', given({ uid: 'ok-1' }), given({ uid: 'ok-1', latency_ms: 1 })],
    ['by who approved what after how long', 'medium', given(), given()],
  ] as const)('under which a second call ran is told, known again %s', (_, sev, first, second) => {
    const [alert, ...more] = told(pay(1, first), pay(2, second));
    expect(more).toEqual([]);
    expect(alert).toMatchObject({ kind: 'approval_bypass', severity: sev });
    expect(alert?.reasons[0]).toMatchObject({ level: 'shipped', threshold_source: 'static' });
    expect(alert?.evidence.map((one) => one.event_id)).toEqual([
      event(2).event_id,
      event(1).event_id,
    ]);
    expect(alert?.summary).toContain('had run at 2026-01-05 09:00:01 UTC already');
  });

  it('that has no name is only said to be likely one', () => {
    const [alert] = told(pay(1, given()), pay(2, given()));
    expect(alert?.title).toBe('reporter ran two calls under what is likely one approval');
    expect(alert?.summary).toContain('took 9123 ms');
    expect(alert?.summary).toContain('Likely both are one decision');
    expect(alert?.summary).not.toContain('nobody');
  });

  it.each([12_000, 12_300, 12_340])('of %s ms without a name may be another one', (latency) => {
    const rents = Array.from({ length: 20 }, (_, n) => pay(n, given({ latency_ms: latency })));
    expect(told(...rents)).toEqual([]);
  });

  it('that has no name is not held against all that ever were', () => {
    const others = Array.from({ length: 16 }, (_, n) =>
      pay(n + 2, given({ latency_ms: 5001 + 10 * n })),
    );
    expect(told(pay(1, given()), ...others, pay(50, given()))).toEqual([]);
  });

  it('serves twice too where no outcome is told', () => {
    const named = given({ uid: 'ok-1' });
    const [alert] = told(
      pay(1, named, { outcome: 'unknown' }),
      pay(2, named, { outcome: 'unknown' }),
    );
    expect(alert?.severity).toBe('high');
  });

  it('may be tried once more after a time-out, and not over and over', () => {
    const named = given({ uid: 'ok-1' });
    const late = (n: number) =>
      pay(n, named, { outcome: 'tool_error', error: { type: 'timeout' } });
    expect(told(late(1), pay(2, named))).toEqual([]);
    const [alert] = told(late(1), late(2), late(3));
    expect(alert).toMatchObject({ severity: 'medium' });
    expect(alert?.summary).toContain('tried to move money by pay (timed out)');
    expect(alert?.summary).toContain('had timed out at 2026-01-05 09:00:02 UTC already');
    expect(told(late(1), pay(2, named), pay(3, named))).toMatchObject([{ severity: 'high' }]);
    const other = { args: { hash: 'hmac-sha256:other' } };
    expect(told(late(1), pay(2, named, other))).toMatchObject([{ severity: 'medium' }]);
  });

  it('is known again after many others', () => {
    const others = Array.from({ length: 40 }, (_, n) => pay(n + 2, given({ uid: `other-${n}` })));
    const [alert, ...more] = told(
      pay(1, given({ uid: 'ok-1' })),
      ...others,
      pay(50, given({ uid: 'ok-1' })),
    );
    expect(more).toEqual([]);
    expect(alert?.summary).toContain('had run before its last sixteen approvals already');
  });

  it('is counted where it serves many', () => {
    const alerts = told(...Array.from({ length: 9 }, (_, n) => pay(n, given({ uid: 'ok-1' }))));
    expect(new Set(alerts.map((alert) => alert.alert_id)).size).toBe(1);
    expect(alerts.at(-1)?.count).toBe(8);
  });

  it('that serves a whole task, in one task after the other, is one alert with the latest as its subject', () => {
    const write: Partial<AuditEvent> = { effect: 'update', capabilities: [] };
    const tasks = (days: number, over: Partial<AuditEvent>) =>
      Array.from({ length: days * 3 }, (_, n) => {
        const [day, task] = [5 + Math.floor(n / 3), { id: `task-${n}` }];
        const calls = [0, 1, 2].map((at) => {
          const time = `2026-01-${String(day).padStart(2, '0')}T09:00:${10 + 10 * (n % 3) + at}.000000000Z`;
          const when = { event_time: time, observed_time: time };
          return pay(1000 + 10 * n + at, given({ uid: `plan-${n}` }), { ...over, ...when, task });
        });
        return calls;
      }).flat();
    const alerts = told(...tasks(10, write));
    expect(new Set(alerts.map((alert) => alert.alert_id)).size).toBe(1);
    const days = new Set(alerts.map((alert) => alert.detected_at.slice(0, 10)));
    expect(days.size).toBe(10);
    expect(alerts.at(-1)).toMatchObject({ severity: 'medium', subject: { task_id: 'task-27' } });
    // Each payment is acted on, and an answer to it reaches no task that only writes.
    const paid = told(
      ...tasks(4, write),
      ...tasks(10, {}).slice(-9),
      ...tasks(12, write).slice(-9),
    );
    const high = paid.filter((alert) => alert.severity === 'high');
    expect(new Set(high.map((alert) => alert.alert_id)).size).toBe(1);
    expect(new Set(high.map((alert) => alert.subject.task_id))).toEqual(
      new Set(['task-27', 'task-28', 'task-29']),
    );
    // In its own words: under which call its own approval served before.
    expect(high.at(-1)?.summary).toContain('had run at 2026-01-14 09:00:30 UTC');
  });

  it.each([
    ['another one has the same arguments', pay(2, given({ latency_ms: 9124 }))],
    ['another one has a name of its own', pay(2, given({ uid: 'ok-2' }))],
    ['no hash tells what was approved', pay(2, { mode: 'human', by: 'ana', latency_ms: 9123 })],
    [
      'the second is only another report of it',
      pay(2, given(), { source: { kind: 'test', instance: 'other' } }),
    ],
    ['the second call failed', pay(2, given(), { outcome: 'tool_error' })],
    ['a policy decides', pay(2, given({ mode: 'policy' }))],
  ])('is in order where %s', (_, second) => {
    expect(told(pay(1, given()), second)).toEqual([]);
  });

  it('is in order where the call is retried because it failed', () => {
    expect(told(pay(1, given(), { outcome: 'tool_error' }), pay(2, given()))).toEqual([]);
  });
});
