/** What is guaranteed of decisions over calls: made, for what ran, and by somebody who looked. */
import type { AuditEvent } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { event } from '../testing/event-builder.ts';
import { ProfileWorld } from '../testing/profile-world.ts';

const world = (cls: string) =>
  new ProfileWorld({ version: 1, agents: [{ uid: 'reporter', class: cls }] });

const pay = (n: number, over: Partial<AuditEvent> = {}) =>
  event(n, {
    effect: 'pay',
    tool: { name: 'pay', server: 'bank' },
    capabilities: [{ symbol: 'initiate:payment', basis: 'catalogue' }],
    ...over,
  });
const deletes = (n: number, over: Partial<AuditEvent> = {}) =>
  pay(n, {
    effect: 'delete',
    capabilities: [{ symbol: 'delete:data', basis: 'catalogue' }],
    ...over,
  });
const of = (kind: string, alerts: ReturnType<ProfileWorld['feed']>) =>
  alerts.filter((alert) => alert.kind === kind);
const approved = (over: object = {}) => ({
  approval: { mode: 'human' as const, by: 'ana', latency_ms: 9000, ...over },
});

describe('a call that needs a decision', () => {
  it.each([
    ['none', 'high', 'no approval'],
    ['auto', 'high', 'an automatic approval'],
    ['bypassed', 'high', 'its approval bypassed'],
    // Somebody's rule decided: less than what nobody decided.
    ['policy', 'medium', 'a policy’s decision and no person’s'],
  ] as const)('is told when it was %s', (mode, severity, observed) => {
    const [alert] = of('approval_bypass', world('autonomous').feed(pay(1, { approval: { mode } })));
    expect(alert).toMatchObject({ rule_id: 'approval-bypass', severity });
    expect(alert?.reasons[0]).toMatchObject({ expected: 'a human’s approval', observed });
  });

  it('is quiet when a human approved it, or a policy where the class leaves it to one', () => {
    const autonomous = world('autonomous');
    expect(of('approval_bypass', autonomous.feed(pay(1, approved())))).toEqual([]);
    const byPolicy = deletes(2, { approval: { mode: 'policy' } });
    expect(of('approval_bypass', autonomous.feed(byPolicy))).toEqual([]);
    expect(of('approval_bypass', world('semi_autonomous').feed(byPolicy))).toHaveLength(1);
  });

  it('is quiet for classes that decide at another time, and for calls that were denied', () => {
    const none = { approval: { mode: 'none' as const } };
    expect(of('approval_bypass', world('scheduled_job').feed(pay(1, none)))).toEqual([]);
    const denied = pay(1, { ...none, outcome: 'denied' });
    expect(of('approval_bypass', world('autonomous').feed(denied))).toEqual([]);
  });

  it('weighs little when an approval is only asserted', () => {
    const claims = { ...event(0).claims, approval: 'asserted' as const };
    const [alert] = of(
      'approval_bypass',
      world('autonomous').feed(pay(1, { ...approved(), claims })),
    );
    expect(alert?.severity).toBe('low');
  });

  it('is missed only of a source that told of approvals before', () => {
    const fresh = world('autonomous');
    expect(of('approval_bypass', fresh.feed(pay(1)))).toEqual([]);
    for (let n = 2; n < 22; n += 1) fresh.feed(pay(n, approved()));
    const [alert] = of('approval_bypass', fresh.feed(pay(30)));
    expect(alert).toMatchObject({ severity: 'low' });
    expect(alert?.not_visible.join(' ')).toContain('may have been given unseen');
  });
});

describe('an approval for other arguments than ran', () => {
  const call = (n: number, approvedHash: string) =>
    pay(n, { ...approved({ args_hash: approvedHash }), args: { hash: 'hmac-sha256:ran' } });

  it('is told', () => {
    const [alert] = of('approval_bypass', world('autonomous').feed(call(1, 'hmac-sha256:other')));
    expect(alert?.rule_id).toBe('approval-other-arguments');
  });

  it('is quiet when they are the same, and when the hashes can’t be compared', () => {
    const autonomous = world('autonomous');
    for (const hash of ['hmac-sha256:ran', 'sha256:other', 'other']) {
      expect(of('approval_bypass', autonomous.feed(call(1, hash)))).toEqual([]);
    }
  });
});

describe('the quality of approvals', () => {
  const many = (latency: number, refusedAt = -1, by: (n: number) => string = () => 'ana') => {
    const some = world('autonomous');
    return Array.from({ length: 20 }, (_, n) =>
      some.feed(
        pay(n + 1, {
          ...approved({ latency_ms: latency, by: by(n) }),
          outcome: n === refusedAt ? 'denied' : 'success',
        }),
      ),
    ).flatMap((alerts) => of('approval_quality', alerts));
  };

  it('is doubted after twenty in a row within seconds, and the alert names who approved', () => {
    const [alert, ...more] = many(1200);
    expect(more).toEqual([]);
    expect(alert?.title).toBe('ana approves what reporter asks within 1 s, and refuses nothing');
  });

  it('is not doubted when one was refused, when they took time, or of several people', () => {
    expect(many(1200, 10)).toEqual([]);
    expect(many(6000)).toEqual([]);
    expect(many(1200, -1, (n) => `approver-${n % 2}`)).toEqual([]);
  });
});
