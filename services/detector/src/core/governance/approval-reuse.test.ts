/** What is guaranteed of approvals: each is for one call. */
import type { AuditEvent } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { event } from '../testing/event-builder.ts';
import { ProfileWorld } from '../testing/profile-world.ts';

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
    ['by its name', given({ uid: 'ok-1' }), given({ uid: 'ok-1', latency_ms: 1 })],
    ['by who approved what after how long', given(), given()],
  ])('under which a second call ran is told, known again %s', (_, first, second) => {
    const [alert, ...more] = told(pay(1, first), pay(2, second));
    expect(more).toEqual([]);
    expect(alert).toMatchObject({ kind: 'approval_bypass', severity: 'high' });
    expect(alert?.reasons[0]).toMatchObject({ level: 'shipped', threshold_source: 'static' });
    expect(alert?.evidence.map((one) => one.event_id)).toEqual([
      event(2).event_id,
      event(1).event_id,
    ]);
    expect(alert?.summary).toContain('had run at 2026-01-05 09:00:01 UTC already');
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
