/** What is guaranteed of decisions over calls: made, for what ran, and by somebody who looked. */
import type { AuditEvent } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { event } from '../../testing/event-builder.ts';
import { ProfileWorld } from '../../testing/profile-world.ts';

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

  it('is quiet where its control cancelled it, and told as tried where it failed', () => {
    const none = { approval: { mode: 'none' as const } };
    const stopped = { outcome: 'cancelled' as const, error: { type: 'approval_missing' } };
    expect(
      of('approval_bypass', world('autonomous').feed(pay(1, { ...none, ...stopped }))),
    ).toEqual([]);
    const some = world('autonomous');
    const [tried] = of('approval_bypass', some.feed(pay(2, { ...none, outcome: 'tool_error' })));
    expect(tried).toMatchObject({
      severity: 'medium',
      title: 'reporter tried to move money by pay with no approval',
    });
    expect(tried?.summary).toContain('by pay (failed: tool_error) with no approval');
    const [done] = of('approval_bypass', some.feed(pay(3, none)));
    expect(done).toMatchObject({
      severity: 'high',
      count: 1,
      title: 'reporter moved money by pay with no approval',
    });
  });

  it('that stands for weeks is one alert of one incident, with a revision a day', () => {
    const some = world('semi_autonomous');
    const alerts = Array.from({ length: 30 }, (_, n) => {
      const time = new Date(Date.UTC(2026, 0, 5 + n, 9)).toISOString().replace('Z', '000000Z');
      return some.feed(
        pay(n + 1, {
          ...{ event_time: time, observed_time: time, task: { id: `task-${n}` } },
          ...{ chain_id: `chain-${n}`, approval: { mode: 'policy' } },
        }),
      );
    }).flatMap((one) => of('approval_bypass', one));
    expect(new Set(alerts.map((one) => one.alert_id)).size).toBe(1);
    expect(new Set(alerts.map((one) => one.incident_id)).size).toBe(1);
    expect(alerts).toHaveLength(30);
    expect(alerts.at(-1)?.subject.task_id).toBe('task-29');
    expect(alerts.at(-1)?.summary).toContain('On 2026-02-03');
  });

  it('says whose limit decided', () => {
    const none = pay(1, { approval: { mode: 'none' } });
    const [shipped] = world('autonomous').feed(none);
    expect(shipped?.reasons[0]?.threshold_source).toBe('static');
    const agents = [{ uid: 'reporter', class: 'autonomous' }];
    const classes = { autonomous: { approval_for: 'sensitive' } };
    const own = new ProfileWorld({ version: 1, agents }, { version: 1, classes });
    expect(own.feed(none)[0]?.reasons[0]?.threshold_source).toBe('operator');
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
    expect(alert).toMatchObject({ severity: 'high' });
    expect(alert?.not_visible.join(' ')).toContain('may have been given unseen');
  });

  it('is missed of one whose source told of others by that tool, and not where it tells of some', () => {
    const agents = ['reporter', 'payer'].map((uid) => ({ uid, class: 'autonomous' }));
    const other = { agent: { uid: 'payer', assurance: 'authenticated' as const } };
    const teller = () => new ProfileWorld({ version: 1, agents });
    const whole = teller();
    for (let n = 1; n < 21; n += 1) whole.feed(pay(n, { ...approved(), ...other }));
    const otherTool = pay(40, { tool: { name: 'transfer', server: 'bank' } });
    expect(of('approval_bypass', whole.feed(otherTool))).toEqual([]);
    expect(of('approval_bypass', whole.feed(pay(41)))).toMatchObject([{ severity: 'high' }]);
    const some = teller();
    for (let n = 1; n < 12; n += 1) {
      some.feed(pay(n, { ...approved(), ...other }), pay(n + 20));
    }
    for (let n = 50; n < 60; n += 1) some.feed(pay(n, { ...approved(), ...other }));
    expect(of('approval_bypass', some.feed(pay(61)))).toEqual([]);
  });

  it.each(['reporter', 'boss', 'orchestrator'])('is not given by an agent: %s', (by) => {
    const agents = [
      { uid: 'reporter', class: 'autonomous' },
      { uid: 'boss', class: 'autonomous' },
    ];
    const some = new ProfileWorld({ version: 1, agents });
    const delegation = { parent_agent_uid: 'orchestrator' };
    const [alert] = of('approval_bypass', some.feed(pay(1, { ...approved({ by }), delegation })));
    expect(alert).toMatchObject({ rule_id: 'approval-bypass', severity: 'high' });
    expect(alert?.title).toContain('an agent’s approval');
  });
});

describe('an approval by whom nothing shows to be a person', () => {
  const agents = [
    { uid: 'agent/reporter', class: 'autonomous', owner: { person: 'olga' } },
    { uid: 'agent/checker', class: 'autonomous', owner: { person: 'olga' } },
    { uid: 'agent/olga', class: 'autonomous', owner: { person: 'olga' } },
    { uid: 'one', class: 'autonomous', owner: { person: 'people/agents/jane' } },
    { uid: 'two', class: 'autonomous', owner: { person: 'spiffe://acme.example/jane' } },
    { uid: 'three', class: 'autonomous', owner: { person: 'agent/checker' } },
  ];
  const told = (by: string | undefined, over: Partial<AuditEvent> = {}) =>
    of(
      'approval_bypass',
      new ProfileWorld({ version: 1, agents }).feed(
        pay(1, {
          agent: { uid: 'agent/reporter', name: 'Reports', assurance: 'authenticated' },
          approval: { mode: 'human', latency_ms: 9000, ...(by === undefined ? {} : { by }) },
          ...over,
        }),
      ),
    );
  const robot = { principal: { uid: 'robot@acme.example', type: 'service' } };
  const actsFor = (uid: string, of: object = { type: 'human' }) => ({ principal: { uid, ...of } });
  const centre = 'contact-centre/agent/4711';
  const asserted = { claims: { ...event(0).claims, principal: 'asserted' as const } };

  it.each<[string, string, Partial<AuditEvent>, string]>([
    ['its own name', 'Reports', {}, 'an agent’s approval and no person’s'],
    ['the last part of its uid', 'reporter', {}, 'an agent’s approval and no person’s'],
    [
      'an agent that nobody registered',
      'agent/helper-9',
      {},
      'an agent’s approval and no person’s',
    ],
    ['a SPIFFE id', 'spiffe://acme.example/any', {}, 'an agent’s approval and no person’s'],
    [
      'the service it acts for',
      'robot@acme.example',
      robot,
      'a service’s approval and no person’s',
    ],
  ])('is none where it is %s', (_, by, over, observed) => {
    const [alert] = told(by, over);
    expect(alert).toMatchObject({ severity: 'high', reasons: [{ observed }] });
  });

  it.each<[string, string, Partial<AuditEvent>]>([
    ['for whom it only says to act', centre, { ...actsFor(centre), ...asserted }],
    ['a person for whom it does not act', centre, actsFor('contact-centre/agent/4712')],
    ['for whom it acts, of no type', 'agent/helper-9', actsFor('agent/helper-9', {})],
    ['an owner who is a workload', 'spiffe://acme.example/jane', {}],
    ['registered, though an owner too', 'agent/checker', actsFor('agent/checker')],
    ['itself, though it acts for itself', 'agent/reporter', actsFor('agent/reporter')],
  ])('is an agent’s by its form of uid where it is %s', (_, by, over) => {
    expect(told(by, over)).toMatchObject([
      { severity: 'high', reasons: [{ observed: 'an agent’s approval and no person’s' }] },
    ]);
  });

  it('weighs less where a person may be called so, or nobody is named', () => {
    expect(told('checker')).toMatchObject([
      { severity: 'medium', reasons: [{ observed: 'an approval under the name of an agent' }] },
    ]);
    const [unnamed] = told(undefined);
    expect(unnamed).toMatchObject({
      severity: 'low',
      title:
        'reporter (calls itself “Reports”) moved money by pay with an approval by nobody named',
      not_visible: expect.arrayContaining(['Whether a person approved it is not visible.']),
    });
  });

  it.each<[string, string, Partial<AuditEvent>]>([
    ['an owner', 'olga', {}],
    ['called like one', 'agent.smith@acme.example', {}],
    ['for whom it acts', 'checker', { principal: { uid: 'checker', type: 'human' } }],
    ['a service it does not act for', 'robot@acme.example', {}],
    ['an owner who is called as agents are', 'people/agents/jane', {}],
    ['called as agents are, and for whom it acts', centre, actsFor(centre)],
    ['a person by a SPIFFE id', 'spiffe://acme.example/ann', actsFor('spiffe://acme.example/ann')],
  ])('is a person’s where it is %s', (_, by, over) => {
    expect(told(by, over)).toEqual([]);
  });
});

describe('an approval for other arguments than ran', () => {
  const call = (n: number, approvedHash: string, args: AuditEvent['args'] = {}) =>
    pay(n, {
      ...approved({ args_hash: approvedHash }),
      args: { hash: 'hmac-sha256:ran', ...args },
    });
  const clear = { items: [], values: [] };

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

  it('is told of clear arguments once a hash of that source agreed with ours', () => {
    const autonomous = world('autonomous');
    const ownKey = [1, 2, 3].map((n) => call(n, `hmac-sha256:${n}`, clear));
    expect(of('approval_bypass', autonomous.feed(...ownKey))).toEqual([]);
    expect(of('approval_bypass', autonomous.feed(call(4, 'sha256:other', clear)))).toEqual([]);
    autonomous.feed(call(5, 'hmac-sha256:ran', clear));
    for (const hash of ['hmac-sha256:other', 'sha256:other']) {
      const [alert] = of('approval_bypass', autonomous.feed(call(hash.length, hash, clear)));
      expect(alert?.rule_id).toBe('approval-other-arguments');
    }
  });
});

describe('a source that hashes otherwise what was approved', () => {
  /** An approved payment in a task of its own: three a day. */
  const paid = (n: number, over: Partial<AuditEvent> = {}) => {
    const time = `2026-01-${String(5 + Math.floor(n / 3)).padStart(2, '0')}T09:0${n % 3}:00.000000000Z`;
    const task = { id: `task-${n}` };
    const when = { event_time: time, observed_time: time, task, chain_id: task.id };
    const args = { hash: `hmac-sha256:${n}` };
    return pay(n, { ...when, ...approved({ args_hash: 'hmac-sha256:x' }), args, ...over });
  };
  const told = (...events: readonly AuditEvent[]) =>
    of('approval_bypass', world('autonomous').feed(...events));
  const ids = (alerts: ReturnType<typeof told>) => alerts.map((one) => one.alert_id);
  const days = Array.from({ length: 30 }, (_, n) => paid(n));

  it('is one alert of a tool, with each task as its subject in turn', () => {
    const alerts = told(...days);
    expect(new Set(ids(alerts)).size).toBe(1);
    expect(alerts.map((one) => one.subject.task_id)).toEqual(days.map(({ task }) => task?.id));
    expect(alerts.at(-1)?.summary).toContain('On 2026-01-14 reporter moved money');
    // Of those that failed each is told as well, apart.
    const failed = days.map((one) => ({ ...one, outcome: 'tool_error' as const }));
    expect(new Set(told(...failed).map((one) => one.severity))).toEqual(new Set(['medium']));
  });

  it('is one a day more of an agent that names no work', () => {
    const alerts = told(...days.map((one) => ({ ...one, task: undefined, chain_id: 'only' })));
    expect(new Set(ids(alerts)).size).toBe(1);
    expect(new Set(alerts.map((one) => one.summary.slice(3, 13))).size).toBe(10);
  });

  it.each<[string, Partial<AuditEvent>]>([
    ['by another tool', { tool: { name: 'pay_salaries', server: 'bank' } }],
    ['told by another source', { source: { kind: 'otlp', instance: 'other' } }],
    ['approved by another agent', approved({ by: 'agent/x', args_hash: 'hmac-sha256:x' })],
  ])('hides no call %s', (_, over) => {
    const alerts = told(...days, paid(31, over));
    expect(new Set(ids(alerts)).size).toBe(2);
    expect(alerts.at(-1)).toMatchObject({ severity: 'high', count: 1 });
  });

  it('hides no call that a person had refused, nor excuses it', () => {
    const refused = { target: { system: 'bank', resource_id: 'account-9' } };
    const no = paid(31, { ...refused, outcome: 'denied' });
    const again = paid(32, { ...refused, args: no.args });
    const alerts = told(
      ...days,
      no,
      again,
      paid(33, { ...refused, args: no.args, approval: undefined }),
    );
    expect(new Set(ids(alerts)).size).toBe(3);
    expect(alerts.at(-2)?.summary).toContain('ana had refused it before');
    expect(alerts.at(-1)?.rule_id).toBe('approval-refused');
  });
});
