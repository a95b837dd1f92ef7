/** What is guaranteed of how autonomous an agent is and how far it reaches, against what was reviewed. */
import type { AuditEvent } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { event } from '../../testing/event-builder.ts';
import { ProfileWorld } from '../../testing/profile-world.ts';

const START_MS = Date.parse('2026-01-05T09:00:00Z');
const DAY_MS = 86_400_000;

let count = 0;
function call(day: number, over: Partial<AuditEvent> = {}): AuditEvent {
  count += 1;
  const time = new Date(START_MS + day * DAY_MS + (count % 1000) * 1000).toISOString();
  return event(count, { event_time: time, observed_time: time, ...over });
}
const person = { principal: { uid: 'alice', type: 'human' as const }, conversation_turn: 1 };
const service = { principal: { uid: 'cron', type: 'service' as const } };
const writes = (day: number, over: Partial<AuditEvent> = {}) =>
  call(day, {
    effect: 'update',
    capabilities: [{ symbol: 'write:data', basis: 'operator' }],
    ...over,
  });

function world(cls: string, more: object = {}): ProfileWorld {
  const risk_review = { by: 'ciso-office', at: '2026-01-01', expires: '2026-12-31' };
  const agent = { uid: 'reporter', class: cls, grants: ['*'], risk_review, ...more };
  return new ProfileWorld({ version: 1, agents: [agent] });
}
const of = (rule: string, alerts: ReturnType<ProfileWorld['feed']>) =>
  alerts.filter((alert) => alert.rule_id === rule);

describe('the autonomy ladder', () => {
  it('tells a step that the class does not have, with the date of every step', () => {
    const [alert, ...more] = of(
      'autonomy-ladder',
      world('human_triggered').feed(
        call(0, person),
        writes(1, person),
        writes(3, service),
        writes(4, service),
      ),
    );
    expect(more).toEqual([]);
    // Its approval is that a person triggers it, and a machine did: that queues.
    expect(alert).toMatchObject({ kind: 'class_drift', severity: 'medium' });
    expect(alert?.hygiene).toBeUndefined();
    expect(alert?.title).toBe('reporter first changed something though nobody asked or approved');
    expect(alert?.summary).toContain(
      'acts like semi_autonomous since 2026-01-08; the review by ciso-office is of 2026-01-01',
    );
    expect(alert?.summary).toContain(
      '2026-01-05 may change something; 2026-01-06 changed something',
    );
  });

  it('only lists it where a person stands behind the call, though no turn is told', () => {
    const silent = { principal: person.principal };
    const [alert] = of('autonomy-ladder', world('human_triggered').feed(writes(1, silent)));
    expect(alert).toMatchObject({ kind: 'class_drift', hygiene: true });
  });

  it('tells a step that comes after two weeks without it, whatever the class', () => {
    const some = world('autonomous');
    const hands = { activity: 'delegation', effect: 'execute' } as const;
    expect(of('autonomy-ladder', some.feed(writes(0, service), call(13)))).toEqual([]);
    const [alert] = of('autonomy-ladder', some.feed(call(15, { ...service, ...hands })));
    expect(alert).toMatchObject({ severity: 'low', hygiene: true });
    expect(alert?.title).toContain('handed work over for the first time');
  });

  it('dates the class that it acts like by the step that made it so, and not by a later one', () => {
    const some = world('scheduled_job');
    const fetches = { capabilities: [{ symbol: 'read:secret', basis: 'catalogue' as const }] };
    some.feed(writes(0, service), call(20, { ...service, ...fetches }));
    const hands = { activity: 'delegation', effect: 'execute' } as const;
    const [alert] = of('autonomy-ladder', some.feed(call(30, { ...service, ...hands })));
    expect(alert?.summary).toContain('acts like autonomous since 2026-01-25;');
    expect(alert?.summary).toContain('2026-02-04 handed work over');
  });

  it.each([
    ['a job that works by its schedule', 'scheduled_job', [writes(0, service)]],
    [
      'an assistant whose person approves',
      'assistive',
      [writes(0, { approval: { mode: 'human' } })],
    ],
    ['an agent of which no persons are told', 'human_triggered', [writes(0)]],
    ['an agent whose class is not known', 'unknown', [writes(0, service)]],
  ])('is quiet for %s', (_, cls, events) => {
    expect(of('autonomy-ladder', world(cls).feed(...events))).toEqual([]);
  });
});

describe('fetching credentials', () => {
  const fetches = call(0, { capabilities: [{ symbol: 'read:secret', basis: 'catalogue' }] });

  it('is a step that only autonomous agents have', () => {
    const [alert] = of('autonomy-ladder', world('semi_autonomous').feed(fetches));
    expect(alert?.summary).toContain('acts like autonomous since 2026-01-05');
    expect(of('autonomy-ladder', world('autonomous').feed(fetches))).toEqual([]);
  });

  it('is none where the profile declares that it reads secrets for others', () => {
    const vault = { profile: { tools: ['office/list_orders'] } };
    expect(of('autonomy-ladder', world('semi_autonomous', vault).feed(fetches))).toEqual([]);
  });
});

describe('the reach of an agent', () => {
  const at = (n: number) => ({ target: { system: 'crm', resource_type: `type-${n}` } });
  /** Three kinds of target for fifteen days. */
  const known = (some: ProfileWorld) => {
    for (let n = 0; n < 62; n += 1) some.feed(call(n / 4, at(n % 3)));
    return some;
  };
  const more = (kinds: number, from = 20) =>
    Array.from({ length: kinds }, (_, n) => writes(from + n, at(10 + n)));

  it('that has trebled is told, with what nobody decided', () => {
    const [alert, ...others] = of('reach-growth', known(world('autonomous')).feed(...more(8)));
    expect(others).toEqual([]);
    expect(alert).toMatchObject({ kind: 'reach_growth', severity: 'medium' });
    expect(alert?.title).toBe('reporter reaches 11 kinds of target; 3 when it was known first');
    expect(alert?.summary).toContain('Of its 8 effects since then, 8 were decided by neither');
  });

  it('that trebles again is told with what it was at first, and what was told last', () => {
    const some = known(world('autonomous'));
    some.feed(...more(8));
    const further = Array.from({ length: 22 }, (_, n) => writes(40 + n, at(18 + n)));
    const [alert, ...others] = of('reach-growth', some.feed(...further));
    expect(others).toEqual([]);
    expect(alert?.title).toBe('reporter reaches 33 kinds of target; 3 when it was known first');
    expect(alert?.summary).toContain(
      'reached 3 kinds of target when it was first known (from 2026-01-05 on), 11 when that was told last, and reaches 33 now',
    );
  });

  it('that has trebled is told of an agent that reached many from the start', () => {
    const some = world('autonomous');
    for (let n = 0; n < 62; n += 1) some.feed(call(n / 4, at(n % 50)));
    expect(of('reach-growth', some.feed(...more(139)))).toEqual([]);
    const [alert] = of('reach-growth', some.feed(...more(140, 200)));
    expect(alert?.title).toBe('reporter reaches 150 kinds of target; 50 when it was known first');
    expect(alert?.summary).toContain('the latest crm/type-142');
  });

  it('is quiet while it grows a little, or is only being learnt', () => {
    expect(of('reach-growth', known(world('autonomous')).feed(...more(7)))).toEqual([]);
    expect(of('reach-growth', world('autonomous').feed(...more(9, 0)))).toEqual([]);
  });

  it('is quiet where its profile declares the tool', () => {
    const declared = { profile: { tools: ['office/list_orders'] } };
    expect(of('reach-growth', known(world('autonomous', declared)).feed(...more(12)))).toEqual([]);
  });
});
