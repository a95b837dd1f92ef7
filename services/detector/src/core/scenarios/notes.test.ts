/** What is told of several agents together: changes that nobody declared, and silence while a token is used. */
import { type AuditEvent, policySchema, registrySchema } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { event } from '../testing/event-builder.ts';
import { MemoryPipeline } from '../testing/memory-pipeline.ts';

const START_MS = Date.parse('2026-01-05T09:00:00Z');
const HOUR_MS = 3_600_000;
const timeAt = (ms: number) => new Date(START_MS + ms).toISOString();

let count = 0;
/** A call of an agent so many milliseconds after the start. */
function call(uid: string, ms: number, over: Partial<AuditEvent> = {}): AuditEvent {
  count += 1;
  const time = timeAt(ms);
  const agent = { uid, assurance: 'authenticated' as const, version: '1.0' };
  return event(count, {
    event_time: time,
    observed_time: time,
    agent,
    model: { name: 'm-1' },
    ...over,
  });
}

const uids = ['planner', 'writer', 'coder'];
const registry = registrySchema.parse({
  version: 1,
  agents: [
    ...uids.map((uid) => ({ uid, class: 'autonomous', monitoring: { heartbeat_s: 1800 } })),
    { uid: 'gateway', class: 'scheduled_job' },
    { uid: 'auditor', class: 'scheduled_job' },
  ],
});

/** All agents settled: an hour of calls each. */
function warmedUp(of: (n: number) => Partial<AuditEvent> = () => ({})): MemoryPipeline {
  const pipeline = new MemoryPipeline(policySchema.parse({ version: 1 }), registry);
  const calls = uids.flatMap((uid, at) =>
    Array.from({ length: 25 }, (_, n) => call(uid, n * 60_000 + at * 1000, of(n))),
  );
  return pipeline.sendAll(calls);
}

const declaration = (uid: string, ms: number, of: string) =>
  call(uid, ms, {
    activity: 'config_change',
    principal: { uid: 'release-office' },
    effect: 'configure',
    target: { resource_type: 'release', resource_id: of },
  });
const told = ({ alerts }: MemoryPipeline, kind: string) =>
  alerts.filter((one) => one.kind === kind);
const other = { model: { name: 'm-2' } };

describe('a change of what an agent is made of', () => {
  it('that nobody declared is told at its first call, once', () => {
    const pipeline = warmedUp().sendAll([
      call('planner', 2 * HOUR_MS, other),
      call('planner', 3 * HOUR_MS, other),
    ]);
    const [alert, ...more] = told(pipeline, 'undeclared_change');
    expect(more).toEqual([]);
    expect(alert).toMatchObject({
      title: 'planner shows another model, which nobody declared',
      subject: { agent_uid: 'planner' },
      count: 1,
    });
  });

  it('is one alert with a count where several agents come to the same', () => {
    const pipeline = warmedUp().sendAll(
      uids.map((uid, at) => call(uid, 2 * HOUR_MS + at * 60_000, other)),
    );
    const alerts = told(pipeline, 'undeclared_change');
    expect(new Set(alerts.map((one) => one.alert_id)).size).toBe(1);
    expect(alerts.at(-1)).toMatchObject({ revision: 3, count: 3 });
    expect(alerts.at(-1)?.evidence.map((one) => one.agent_uid)).toEqual(uids);
  });

  it.each([
    ['the model by name', 'model/m-2'],
    ['a release', 'release/2.0'],
  ])('is quiet when %s was declared, also if it shows days later', (_, of) => {
    for (const shown of [2, 80]) {
      const pipeline = warmedUp().sendAll([
        declaration('planner', HOUR_MS, of),
        call('planner', shown * HOUR_MS, other),
      ]);
      expect(told(pipeline, 'undeclared_change')).toEqual([]);
    }
  });

  it.each([
    ['another model', 'model/m-3'],
    ['its prompt', 'prompt/p-2'],
  ])('is told when only %s was declared', (_, of) => {
    const pipeline = warmedUp().sendAll([
      declaration('planner', HOUR_MS, of),
      call('planner', 2 * HOUR_MS, other),
    ]);
    expect(told(pipeline, 'undeclared_change')).toHaveLength(1);
  });

  it('is told when it was declared, and the agent was seen as before a day after that', () => {
    const pipeline = warmedUp().sendAll([
      declaration('planner', HOUR_MS, 'model/m-2'),
      call('planner', 30 * HOUR_MS),
      call('planner', 31 * HOUR_MS, other),
    ]);
    expect(told(pipeline, 'undeclared_change')).toHaveLength(1);
  });

  const defined = (hash: string) => ({
    tool: { name: 'list_orders', server: 'office', definition_hash: hash },
  });

  it('of a server’s tools is covered by what its gateway declared, and taken back if that comes late', () => {
    const early = warmedUp(() => defined('d-1')).sendAll([
      declaration('gateway', HOUR_MS, 'tool/office'),
      call('planner', 2 * HOUR_MS, defined('d-2')),
    ]);
    expect(told(early, 'undeclared_change')).toEqual([]);
    const late = warmedUp(() => defined('d-1')).sendAll([
      call('planner', 2 * HOUR_MS, defined('d-2')),
      declaration('gateway', 1.5 * HOUR_MS, 'tool/office'),
    ]);
    expect(told(late, 'undeclared_change').map((one) => one.state)).toEqual(['open', 'withdrawn']);
  });

  it.each([
    ['its gateway', 'gateway'],
    ['its own owner', 'planner'],
  ])('of one tool is covered by %s, and covers no other of its server', (_, uid) => {
    const list = defined('d-2');
    const send = { tool: { name: 'send', server: 'office', definition_hash: 'd-2' } };
    const both = (n: number) =>
      n % 2 === 0 ? defined('d-1') : { tool: { ...send.tool, definition_hash: 'd-1' } };
    const early = declaration(uid, HOUR_MS, 'tool/office/list_orders');
    const quiet = warmedUp(both).sendAll([early, call('planner', 2 * HOUR_MS, list)]);
    expect(told(quiet, 'undeclared_change')).toEqual([]);
    const other = warmedUp(both).sendAll([early, call('planner', 2 * HOUR_MS, send)]);
    expect(told(other, 'undeclared_change')).toHaveLength(1);
    const late = declaration('gateway', 1.5 * HOUR_MS, 'tool/office/list_orders');
    const states = [list, send].map((shown) =>
      told(
        warmedUp(both).sendAll([call('planner', 2 * HOUR_MS, shown), late]),
        'undeclared_change',
      ),
    );
    expect(states.map((all) => all.at(-1)?.state)).toEqual(['withdrawn', 'open']);
  });

  it('of an agent is not covered by what the owner of another declared, early or late', () => {
    const own = declaration('writer', 1.5 * HOUR_MS, 'tool/office');
    const changes = ['planner', 'writer'].map((uid) => call(uid, 2 * HOUR_MS, defined('d-2')));
    for (const events of [
      [own, ...changes],
      [changes[0] ?? own, own],
    ]) {
      const [alert, ...more] = told(
        warmedUp(() => defined('d-1')).sendAll(events),
        'undeclared_change',
      );
      expect(more).toEqual([]);
      expect(alert).toMatchObject({ state: 'open', count: 1, subject: { agent_uid: 'planner' } });
    }
    const late = warmedUp(() => defined('d-1')).sendAll([changes[1] ?? own, own]);
    expect(told(late, 'undeclared_change').at(-1)?.state).toBe('withdrawn');
  });

  it.each([
    ['provider of its model', { model: { name: 'm-1', provider: 'other' } }],
    [
      'framework',
      {
        agent: {
          uid: 'planner',
          assurance: 'authenticated' as const,
          version: '1.0',
          framework: 'other',
        },
      },
    ],
  ])('of the %s is told', (what, over) => {
    const before = (uid: string) => ({
      model: { name: 'm-1', provider: 'first' },
      agent: { uid, assurance: 'authenticated' as const, version: '1.0', framework: 'first' },
    });
    const pipeline = warmedUp().sendAll(
      Array.from({ length: 3 }, (_, n) => call('planner', HOUR_MS + n, before('planner'))),
    );
    const shown = { ...before('planner'), ...over };
    pipeline.sendAll([call('planner', 2 * HOUR_MS, shown), call('planner', 3 * HOUR_MS, shown)]);
    const alerts = told(pipeline, 'undeclared_change');
    expect(alerts).toHaveLength(1);
    expect(alerts[0]?.title).toBe(`planner shows another ${what}, which nobody declared`);
  });

  it('of the provider is covered by the declaration of the model that it brings', () => {
    const first = { model: { name: 'm-1', provider: 'first' } };
    const pipeline = warmedUp().sendAll([
      call('planner', HOUR_MS, first),
      declaration('planner', HOUR_MS, 'model/m-2'),
      call('planner', 2 * HOUR_MS, { model: { name: 'm-2', provider: 'other' } }),
    ]);
    expect(told(pipeline, 'undeclared_change')).toEqual([]);
  });

  it('that one odd call showed is told again when it comes for good', () => {
    const back = (day: number) =>
      Array.from({ length: 3 }, (_, n) => call('planner', (24 * day + n) * HOUR_MS));
    const row = (day: number) =>
      Array.from({ length: 10 }, (_, n) => call('planner', 24 * day * HOUR_MS + n * 1000, other));
    const pipeline = warmedUp().sendAll([call('planner', 2 * HOUR_MS, other), ...back(1)]);
    expect(told(pipeline, 'undeclared_change')).toHaveLength(1);
    pipeline.sendAll(row(10));
    const ids = () => new Set(told(pipeline, 'undeclared_change').map((one) => one.alert_id));
    expect(ids().size).toBe(2);
    // It stays so, and then is what the agent is made of.
    pipeline.sendAll([...row(11), ...row(12), ...row(13), ...back(14), ...row(15)]);
    expect(ids().size).toBe(2);
  });

  it('that a client falls back on now and then is told once', () => {
    const days = Array.from({ length: 20 }, (_, day) => [
      call('planner', (24 * day + 2) * HOUR_MS, other),
      call('planner', (24 * day + 3) * HOUR_MS, other),
      call('planner', (24 * day + 4) * HOUR_MS),
    ]);
    const pipeline = warmedUp().sendAll(days.flat());
    expect(told(pipeline, 'undeclared_change')).toHaveLength(1);
  });

  it('is told once of each of a dozen models that a client routes between, and pushes out no prompt', () => {
    const routed = (day: number, n: number) =>
      call('planner', (24 * day + n / 2) * HOUR_MS, { model: { name: `m-${(day + 7 * n) % 12}` } });
    const loads = (day: number, model = 'm-1') =>
      call('planner', 24 * day * HOUR_MS - 1000, {
        model: { name: model },
        activity: 'prompt_get',
        target: { resource_type: 'prompt', resource_id: 'prompt/own' },
      });
    const pipeline = warmedUp();
    const days = Array.from({ length: 10 }, (_, day) => [
      loads(day + 1),
      ...Array.from({ length: 24 }, (__, n) => routed(day + 1, n)),
    ]);
    pipeline.sendAll(days.flat());
    const alerts = told(pipeline, 'undeclared_change');
    expect(alerts).toHaveLength(11);
    expect(alerts.at(-1)?.first_event_time.slice(0, 10)).toBe('2026-01-06');
    // Whatever else it then comes to.
    const others = Array.from({ length: 40 }, (_, n) =>
      call('planner', (24 * 12 + n) * HOUR_MS, { model: { name: `other-${n}` } }),
    );
    pipeline.sendAll(others);
    const before = told(pipeline, 'undeclared_change').length;
    pipeline.sendAll([loads(15, 'other-39')]);
    expect(told(pipeline, 'undeclared_change')).toHaveLength(before);
  });

  it('of an agent that is hardly known is not judged', () => {
    const pipeline = new MemoryPipeline(policySchema.parse({ version: 1 }), registry);
    pipeline.sendAll([call('planner', 0), call('planner', HOUR_MS, other)]);
    expect(told(pipeline, 'undeclared_change')).toEqual([]);
  });
});

const token = { credential: { uid: 'tok-1' } };
const usedAt = (ms: number) =>
  call('auditor', ms, {
    ...token,
    activity: 'resource_read',
    target: { resource_type: 'access_record', resource_id: 'access/1' },
  });

/** An agent that was last heard of half an hour after the start, and time that passes. */
function silent(...after: readonly AuditEvent[]): MemoryPipeline {
  const pipeline = warmedUp(() => token).sendAll(after);
  for (let hour = 1; hour <= 6; hour += 1) pipeline.pass(timeAt(hour * HOUR_MS));
  return pipeline.settle();
}

describe('a silent agent', () => {
  it('is told when its credential is used meanwhile, whichever is known first', () => {
    const before = told(silent(usedAt(HOUR_MS)), 'telemetry_gap');
    const after = told(silent().sendAll([usedAt(5 * HOUR_MS)]), 'telemetry_gap');
    for (const alerts of [before, after]) {
      expect(alerts[0]).toMatchObject({ severity: 'high', count: 1 });
      expect(alerts[0]?.evidence.map((one) => one.role)).toEqual([
        'use_of_credential',
        'last_heard',
      ]);
    }
  });

  it('is none while its credential rests, or was used only as long as it spoke', () => {
    expect(told(silent(), 'telemetry_gap')).toEqual([]);
    expect(told(silent(usedAt(20 * 60_000)), 'telemetry_gap')).toEqual([]);
  });

  it('is none once it is heard of again', () => {
    const pipeline = silent().sendAll([
      ...uids.map((uid) => call(uid, 5 * HOUR_MS, { activity: 'heartbeat', ...token })),
      usedAt(5 * HOUR_MS + 600_000),
    ]);
    expect(told(pipeline, 'telemetry_gap')).toEqual([]);
  });

  it('is none when its heartbeats come', () => {
    const beats = Array.from({ length: 12 }, (_, n) =>
      uids.map((uid) => call(uid, (n / 2) * HOUR_MS + 1_800_000, { activity: 'heartbeat' })),
    );
    expect(told(silent(...beats.flat(), usedAt(3 * HOUR_MS)), 'telemetry_gap')).toEqual([]);
  });
});

describe('one person who approves for several agents', () => {
  const decision = (n: number, latency: number, over: Partial<AuditEvent> = {}) =>
    call(uids[n % uids.length] ?? '', n * 60_000, {
      approval: { mode: 'human', by: 'ana', latency_ms: latency },
      ...over,
    });
  const decided = (latency: number, over: (n: number) => Partial<AuditEvent> = () => ({})) =>
    Array.from({ length: 24 }, (_, n) => decision(n, latency, over(n)));
  const untimed = { mode: 'human' as const, by: 'ana' };
  const alertsOf = (events: readonly AuditEvent[]) =>
    told(
      new MemoryPipeline(policySchema.parse({ version: 1 }), registry).sendAll(events),
      'approval_quality',
    );

  it('within seconds and without a refusal is told once, with the agents', () => {
    const [alert, ...more] = alertsOf(decided(1200));
    expect(more).toEqual([]);
    expect(alert).toMatchObject({
      rule_id: 'rubber-stamp-many',
      title: 'ana approves what 3 agents ask within 2 s, and refuses nothing',
      count: 3,
    });
    expect(alert?.summary).toMatch(/^Since 2026-01-05 09:00:00 UTC ana approved 20 requests/);
  });

  it('is none for a plan over several agents that was approved once', () => {
    const plan = { mode: 'human' as const, by: 'ana', latency_ms: 1200, uid: 'plan-1' };
    expect(alertsOf(decided(1200, () => ({ approval: plan })))).toEqual([]);
    const nightly = (n: number) => {
      const time = new Date(Date.UTC(2026, 0, 5 + n, 2)).toISOString();
      return { approval: plan, event_time: time, observed_time: time };
    };
    expect(alertsOf(decided(1200, nightly))).toEqual([]);
    const anew = (n: number) => ({
      ...nightly(n),
      approval: { ...plan, latency_ms: n < 3 ? 2500 : 1200 },
    });
    expect(alertsOf(decided(1200, anew))).toEqual([]);
    expect(alertsOf(decided(1200, anew).reverse())).toEqual([]);
    const each = (n: number) => ({ approval: { ...plan, uid: `ap-${n}` } });
    expect(alertsOf(decided(1200, each))).toHaveLength(1);
  });

  it('is told where each session numbers its approvals from one on', () => {
    const counted = (n: number) => ({
      approval: { mode: 'human' as const, by: 'ana', latency_ms: 1200 + n, uid: `a${n % 4}` },
    });
    expect(alertsOf(decided(1200, counted))).toHaveLength(1);
  });

  it('is told by how long decisions took, also where the calls under them come first', () => {
    const pairs = Array.from({ length: 22 }, (_, n) => {
      const approval = { ...untimed, uid: `ap-${n}` };
      const { event_id } = call('other', 0);
      const decided = { event_id: event_id.replace(/^.{8}/, String(10_000_000 + n)) };
      return [
        decision(n, 0, { approval }),
        decision(n, 0, {
          ...decided,
          activity: 'approval',
          approval: { ...approval, latency_ms: 1200 },
        }),
      ];
    });
    const ids = (some: readonly AuditEvent[]) => alertsOf(some).map((one) => one.rule_id);
    expect(ids(pairs.flat())).toEqual(['rubber-stamp-many']);
    expect(ids(pairs.flatMap((one) => [...one].reverse()))).toEqual(['rubber-stamp-many']);
  });

  it('that goes on for weeks is one alert, told anew each day; after a quiet week another', () => {
    const on = (day: number) =>
      Array.from({ length: 24 }, (_, n) =>
        call(uids[n % uids.length] ?? '', day * 24 * HOUR_MS + n * 60_000, {
          approval: { mode: 'human', by: 'ana', latency_ms: 1200 },
        }),
      );
    const many = (events: readonly AuditEvent[]) =>
      alertsOf(events).filter((alert) => alert.rule_id === 'rubber-stamp-many');
    const alerts = many(Array.from({ length: 15 }, (_, day) => on(day)).flat());
    expect(alerts.map((alert) => alert.revision)).toEqual(
      Array.from({ length: 15 }, (_, day) => day + 1),
    );
    expect(new Set(alerts.map((alert) => alert.alert_id)).size).toBe(1);
    const apart = many([...on(0), ...on(9)]);
    expect(apart.map((alert) => alert.revision)).toEqual([1, 1]);
    expect(new Set(apart.map((alert) => alert.alert_id)).size).toBe(2);
  });

  it('is told of decisions that lie seconds apart, where nobody tells how long they took', () => {
    const apart = Array.from({ length: 24 }, (_, n) =>
      call(uids[n % uids.length] ?? '', n * 2000, { approval: untimed }),
    );
    expect(alertsOf(apart).map((alert) => alert.rule_id)).toEqual(['rubber-stamp-many']);
  });

  it.each([
    ['takes time', decided(6000)],
    ['takes a minute each, as far as is told', decided(0, () => ({ approval: untimed }))],
    ['refuses one', decided(1200, (n) => (n % 8 === 0 ? { outcome: 'denied' } : {}))],
    ['decides now and then', decided(1200).slice(0, 19)],
  ])('is in order where he %s', (_, events) => {
    expect(alertsOf(events)).toEqual([]);
  });
});

describe('one approval under which calls of two agents ran', () => {
  const [one = '', other = ''] = uids;
  const pays = (uid: string, ms: number, over: Partial<AuditEvent> = {}) =>
    call(uid, ms, {
      effect: 'pay',
      capabilities: [{ symbol: 'initiate:payment', basis: 'catalogue' }],
      approval: { mode: 'human', by: 'ana', latency_ms: 30_000, uid: 'ap-1' },
      ...over,
    });
  const alertsOf = (...events: readonly AuditEvent[]) =>
    told(
      new MemoryPipeline(policySchema.parse({ version: 1 }), registry).sendAll(events),
      'approval_bypass',
    ).filter((alert) => alert.rule_id === 'approval-shared');

  it('is told of the second, whichever is heard of first', () => {
    for (const events of [
      [pays(one, 0), pays(other, HOUR_MS)],
      [pays(other, HOUR_MS), pays(one, 0)],
    ]) {
      const [alert, ...more] = alertsOf(...events);
      expect(more).toEqual([]);
      expect(alert).toMatchObject({ severity: 'high', subject: { agent_uid: other } });
      expect(alert?.evidence.map((each) => each.agent_uid)).toEqual([other, one]);
    }
  });

  it('is about the second where the use of the first is only said, and as well proven as that', () => {
    const agent = { uid: one, assurance: 'asserted' as const };
    const events = [pays(one, 0, { agent }), pays(other, HOUR_MS), pays(one, 2 * HOUR_MS)];
    for (const some of [events, [...events].reverse()]) {
      expect(alertsOf(...some).at(-1)).toMatchObject({
        subject: { agent_uid: other },
        decisive_assurance: 'asserted',
      });
    }
  });

  it('is told where only a call that proves no hand-over says one, whoever it is said to be of', () => {
    const delegation = { parent_agent_uid: one };
    const claims = { ...call(other, 0).claims, delegation: 'asserted' as const };
    const agent = { uid: other, assurance: 'asserted' as const };
    for (const events of [
      [pays(one, 0), pays(other, HOUR_MS, { delegation, claims })],
      [pays(one, 0), pays(other, 1, { delegation, claims, agent }), pays(other, HOUR_MS)],
    ]) {
      const [alert, ...more] = alertsOf(...events);
      expect(more).toEqual([]);
      expect(alert).toMatchObject({ severity: 'high', subject: { agent_uid: other } });
    }
    const [alert] = alertsOf(pays(one, 0), pays(other, HOUR_MS, { delegation, claims }));
    expect(alert?.summary).toContain('that one handed work to the other is only said');
    expect(alertsOf(pays(one, 0), pays(other, 1, { delegation, claims, agent }))).toEqual([]);
  });

  it.each([
    ['they are two', [pays(one, 0), pays(other, 1, { approval: { mode: 'human', uid: 'ap-2' } })]],
    [
      'one handed its work on',
      [pays(one, 0), pays(other, 1, { delegation: { parent_agent_uid: one } })],
    ],
    ['the second was denied', [pays(one, 0), pays(other, 1, { outcome: 'denied' })]],
    ['the second only read', [pays(one, 0), pays(other, 1, { effect: 'read' })]],
  ])('is none where %s', (_, events) => {
    expect(alertsOf(...events)).toEqual([]);
  });
});
