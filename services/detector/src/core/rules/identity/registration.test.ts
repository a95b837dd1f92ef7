/** Guarantees: who nobody registered, or whose review no longer covers it, is told; and without a registry nothing is. */
import type { AuditEvent } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { event } from '../../testing/event-builder.ts';
import {
  alerts,
  alertsOf,
  feed,
  observationsOf,
  publish,
  registry,
  send,
  world,
} from '../../testing/registry-world.ts';

describe('without a registry', () => {
  it('nothing is said about registration, reviews, envelopes or classes', () => {
    const outputs = feed(world(), send(1, { task: { id: 't', workflow: 'w' } }));
    expect(alertsOf(outputs)).toEqual([]);
    expect(observationsOf(outputs)).toEqual([]);
  });

  it('an empty registry is none: it would make every agent unregistered', () => {
    expect(observationsOf(feed(world({ version: 1 }), send(1)))).toEqual([]);
  });
});

describe('unregistered agents', () => {
  const stranger = (n: number, over: Partial<AuditEvent> = {}) =>
    event(n, { agent: { uid: 'stranger', assurance: 'asserted' }, ...over });

  it('are told on their first event, once a day, and again when they do worse', () => {
    const transaction = world(registry());
    expect(observationsOf(feed(transaction, stranger(1)))).toMatchObject([
      { activity: 'agent_sighted', workload: 'test/builder', agent_uid: 'stranger' },
    ]);
    expect(observationsOf(feed(transaction, stranger(2)))).toEqual([]);
    const worse = stranger(3, { effect: 'delete' });
    expect(observationsOf(feed(transaction, worse))).toMatchObject([
      { activity: 'agent_sighted_worse' },
    ]);
    const time = '2026-01-06T09:00:00.000000000Z';
    const next = stranger(4, { event_time: time, observed_time: time });
    expect(observationsOf(feed(transaction, next))).toMatchObject([
      { activity: 'agent_sighted_again' },
    ]);
  });

  it('a registered one is quiet', () => {
    expect(observationsOf(feed(world(registry()), event(1)))).toEqual([]);
  });

  it('count by trust domain and path only where the identity is proven', () => {
    const uid = 'spiffe://acme.example/ns/batch/run-17';
    const transaction = world(registry());
    const [proven] = observationsOf(
      feed(transaction, event(1, { agent: { uid, assurance: 'attested' } })),
    );
    expect(proven?.workload).toBe('spiffe://acme.example/ns/batch');
    const other = { uid: `${uid}x`, assurance: 'asserted' as const };
    const [claimed] = observationsOf(feed(transaction, event(2, { agent: other })));
    expect(claimed?.workload).toBe('test/builder');
  });

  it.each([
    ['proposed', 'low'],
    ['suspended', 'high'],
    ['retired', 'high'],
  ])('a %s agent that acts is an alert of severity %s', (state, severity) => {
    expect(alerts(world(registry({ state })), event(1))).toMatchObject([
      { kind: 'unregistered_agent', rule_id: 'agent-not-in-service', severity },
    ]);
  });
});

/** Two calls a day, each in a task of its own: one that reads and one that changes something. */
function daily(days: number): readonly AuditEvent[] {
  return Array.from({ length: days * 2 }, (_, n) => {
    const time = `2026-01-${String(10 + Math.floor(n / 2)).padStart(2, '0')}T09:00:0${n % 2}.000000000Z`;
    const when = { event_time: time, observed_time: time };
    const effect = n % 2 === 0 ? 'read' : 'update';
    return event(100 + n, { ...when, effect, task: { id: `task-${n}` }, chain_id: `task-${n}` });
  });
}

describe('what is so until somebody answers', () => {
  const told = (agent: object, kind: string) => {
    const transaction = world(registry(agent));
    return daily(10)
      .flatMap((one) => alerts(transaction, one))
      .filter((one) => one.kind === kind);
  };
  const daysOf = (some: ReturnType<typeof told>) => [
    ...new Set(some.map((one) => one.detected_at.slice(0, 10))),
  ];

  it('is one alert of an agent that is out of service, which the first task of each day leads', () => {
    const all = told({ state: 'suspended' }, 'unregistered_agent');
    expect(new Set(all.map((one) => one.alert_id)).size).toBe(1);
    const firsts = daily(10).filter((_, n) => n % 2 === 0);
    expect([...new Set(all.map((one) => one.subject.task_id))]).toEqual(
      firsts.map(({ task }) => task?.id),
    );
    expect(daysOf(all)).toHaveLength(10);
  });

  it('is not told of each ticket of an agent that is out of service', () => {
    const transaction = world(registry({ state: 'retired' }));
    const [day] = daily(1);
    if (day === undefined) throw new Error('There is no call.');
    const all = Array.from({ length: 100 }, (_, n) =>
      alerts(transaction, { ...day, ...event(500 + n), task: { id: `t${n}` }, chain_id: `t${n}` }),
    ).flat();
    // Where the count has doubled.
    expect(all.map((one) => one.count)).toEqual([1, 2, 4, 8, 16, 32, 64]);
  });

  it('is one of a proposed one for what is alike grave, told anew each day with the latest work', () => {
    const all = told({ state: 'proposed' }, 'unregistered_agent');
    expect(new Set(all.map((one) => one.incident_id)).size).toBe(1);
    expect(new Set(all.map((one) => one.alert_id)).size).toBe(2);
    for (const severity of ['low', 'medium']) {
      const some = all.filter((one) => one.severity === severity);
      expect(daysOf(some)).toHaveLength(10);
      expect(some.at(-1)?.summary).toContain('On 2026-01-19 reporter');
      expect(some.at(-1)?.subject.task_id).toBe(severity === 'low' ? 'task-18' : 'task-19');
    }
  });

  it('is one of a review that expired, told anew each day', () => {
    const risk_review = { by: 'ciso-office', at: '2025-10-01', expires: '2026-01-05' };
    const all = told({ risk_review }, 'review_lapsed');
    expect(new Set(all.map((one) => one.alert_id)).size).toBe(1);
    expect(daysOf(all)).toHaveLength(10);
    expect(all.at(-1)?.subject.task_id).toBe('task-18');
  });

  it('and another one of what is granted besides', () => {
    const risk_review = { by: 'ciso-office', at: '2025-10-01', expires: '2027-01-05' };
    const transaction = world(registry({ risk_review, grants: [] }));
    const ids = [['read:internal'], ['read:internal', 'send:external']].flatMap((grants, n) => {
      publish(transaction, registry({ risk_review, grants }), `r${n + 2}`);
      return alerts(transaction, event(n)).map((one) => one.alert_id);
    });
    expect(new Set(ids).size).toBe(2);
  });
});

describe('review lapsed', () => {
  const review = { by: 'ciso-office', at: '2025-10-01', expires: '2026-01-05' };

  it('fires on the first event at or after the day on which the review expires', () => {
    const [alert] = alerts(world(registry({ risk_review: review, grants: [] })), event(1));
    expect(alert).toMatchObject({ kind: 'review_lapsed', severity: 'low' });
    expect(alert?.title).toContain('2026-01-05');
  });

  it('is quiet while the review holds, and for an agent without one', () => {
    const valid = { ...review, expires: '2026-01-06' };
    expect(alerts(world(registry({ risk_review: valid })), event(1))).toEqual([]);
    expect(alerts(world(registry()), event(1))).toEqual([]);
  });

  it('names what changed since the review, although the entry still names that review', () => {
    const valid = { ...review, expires: '2027-01-01' };
    const transaction = world(registry({ risk_review: valid, grants: ['read:internal'] }));
    expect(alerts(transaction, event(1))).toEqual([]);
    const grants = ['read:internal', 'send:external'];
    publish(transaction, registry({ risk_review: valid, grants }), 'r2');
    const [alert] = alerts(transaction, event(2));
    expect(alert).toMatchObject({ kind: 'review_lapsed' });
    expect(alert?.summary).toContain('send:external');
    // The change stays unreviewed however often the registry is published again.
    publish(transaction, registry({ risk_review: valid, grants, role: 'x' }), 'r3');
    publish(transaction, registry({ risk_review: { ...valid, at: '2026-01-05' }, grants }), 'r4');
    const reviewed = alerts(transaction, event(3));
    expect(reviewed).toEqual([]);
  });

  it('a smaller grant needs no new review, an unknown one does', () => {
    const valid = { ...review, expires: '2027-01-01' };
    const transaction = world(registry({ risk_review: valid, grants: ['read:internal', 'pay:x'] }));
    publish(transaction, registry({ risk_review: valid, grants: ['read:internal'] }), 'r2');
    expect(alerts(transaction, event(1))).toEqual([]);
    publish(transaction, registry({ risk_review: valid }), 'r3');
    expect(alerts(transaction, event(2))).toMatchObject([{ kind: 'review_lapsed' }]);
  });

  it('what the entry says was reviewed stands above what was seen', () => {
    const stated = { ...review, expires: '2027-01-01', reviewed: { class: 'assistive' } };
    expect(alerts(world(registry({ risk_review: stated })), event(1))).toMatchObject([
      { kind: 'review_lapsed', title: expect.stringContaining('class') },
    ]);
  });
});
