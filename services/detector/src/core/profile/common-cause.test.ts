/** What many agents alarm on at once is one alert about what they have in common, and hides nothing else. */
import { type Alert, alertSchema } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import type { Alike } from '../facets/facet.ts';
import { event, testId } from '../testing/event-builder.ts';
import { MapDraft } from '../testing/map-draft.ts';
import { BUDGET_BURST } from './alert-budget.ts';
import { raise } from './alert-track.ts';
import { applyVerdict } from './apply-verdict.ts';
import { tellRounds } from './cause-rounds.ts';
import { noteReleased } from './released.ts';

interface Alarming {
  readonly agent: number;
  readonly minute?: number;
  readonly server?: string;
  readonly source?: string;
  readonly isLasting?: boolean;
  readonly ruleId?: string;
  readonly alike?: Alike;
  readonly times?: number;
  readonly effect?: 'read' | 'send';
  readonly tool?: string;
  readonly isOutside?: boolean;
  readonly says?: string;
  readonly severity?: 'low' | 'medium' | 'high';
  readonly assurance?: 'authenticated' | 'asserted';
  readonly release?: string;
}

let events = 0;

class World {
  readonly draft = new MapDraft();
  readonly #last = new Map<string, Alert>();

  alarm(of: Alarming): Alert | undefined {
    const { agent, minute = 0, server = 'crm', isLasting = false, ruleId = 'task-length' } = of;
    events += 1;
    const now = new Date(Date.UTC(2026, 0, 5, 9, minute)).toISOString();
    const one = event(agent, {
      event_id: testId(events),
      event_time: now,
      chain_id: `chain-${agent}-${minute > 1000 ? minute : 0}`,
      agent: { uid: `agent-${agent}`, assurance: of.assurance ?? 'authenticated' },
      tool: { name: of.tool ?? 'get', server },
      ...(of.isOutside === true
        ? { capabilities: [{ symbol: 'send:external', basis: 'catalogue' as const }] }
        : {}),
      effect: of.effect ?? 'read',
      source: { kind: 'gateway', instance: of.source ?? `gateway-${agent}` },
    });
    if (of.release !== undefined) noteReleased(this.draft, one, [of.release]);
    const said = {
      ...({ kind: 'behavior_deviation', severity: of.severity ?? 'medium' } as const),
      ...{ ruleId, dedupeKey: ruleId, title: 'Busy', summary: `Agent ${agent} is busy.` },
      ...{ evidence: [], notVisible: [], taxonomy: {}, isLasting },
      ...(of.alike === undefined ? {} : { alike: of.alike }),
      ...(of.times === undefined ? {} : { times: of.times }),
      ...(of.says === undefined ? {} : { summary: of.says, retells: true }),
    };
    const score = { facet: 'x', points: 9, weight: 0.02, reasons: [], alarm: said };
    const context = { policyVersion: 'p1', registered: undefined, isUnregistered: false, now };
    const told = raise(this.draft, one, score, context);
    for (const alert of told) this.#last.set(alert.alert_id, alert);
    return told[0];
  }

  /** One system is down, and so many agents try again within a minute. */
  outage(agents: number, over: Partial<Alarming> = {}): this {
    for (let agent = 0; agent < agents; agent += 1) this.alarm({ agent, ...over });
    return this;
  }

  /** The log's own time goes on. */
  pass(minute: number): this {
    const now = new Date(Date.UTC(2026, 0, 5, 9, minute)).toISOString();
    for (const alert of tellRounds(this.draft, now)) this.#last.set(alert.alert_id, alert);
    return this;
  }

  /** What somebody finds of an alert three hours after it began. */
  found(
    { tenant_id, alert_id, subject }: Alert,
    verdict: 'false_positive' | 'true_positive',
  ): this {
    const of = {
      tenant_id,
      alert_id,
      agent_uid: subject.agent_uid,
      said_at: '2026-01-05T12:00:00Z',
    };
    applyVerdict(this.draft, { kind: 'verdict', version: 'decision', seq: 1, verdict, ...of });
    return this;
  }

  get queued(): readonly Alert[] {
    return [...this.#last.values()].filter(({ posture }) => posture !== true);
  }

  get listed(): readonly Alert[] {
    return [...this.#last.values()].filter(({ posture }) => posture === true);
  }
}

describe('a common cause', () => {
  it('is one alert from the third agent on, about the cause, with the agents', () => {
    const world = new World().outage(5);
    expect(world.queued).toHaveLength(1);
    const [alert] = world.queued;
    expect(alert).toMatchObject({
      ...{ rule_id: 'common-cause', subject: { agent_uid: 'crm' }, count: 5, severity: 'medium' },
      title: 'crm: 5 agents alarm alike',
    });
    expect(alert?.summary).toContain(
      'agent-0, agent-1, agent-2, agent-3, agent-4. Of the first: Agent 0',
    );
    expect(alert?.evidence.map(({ agent_uid: uid }) => uid)).toEqual(
      [0, 1, 2, 3, 4].map((n) => `agent-${n}`),
    );
    expect(alert?.supersedes).toHaveLength(2);
    expect(alertSchema.safeParse(alert).error).toBeUndefined();
  });

  it('lists the alert of each agent beside it, in one incident', () => {
    const { listed, queued } = new World().outage(5);
    expect(listed.map(({ subject }) => subject.agent_uid).sort()).toEqual(
      [0, 1, 2, 3, 4].map((n) => `agent-${n}`),
    );
    expect(listed.every(({ summary }) => summary.includes(queued[0]?.alert_id ?? '-'))).toBe(true);
    expect(new Set([...listed, ...queued].map((one) => one.incident_id)).size).toBe(1);
  });

  it('is one incident over partitions, which see other agents of it, and another one the next day', () => {
    const incidents = (...partitions: readonly World[]) =>
      new Set(
        partitions.flatMap(({ listed, queued }) =>
          [...listed, ...queued].map((one) => one.incident_id),
        ),
      );
    const other = new World();
    for (let agent = 100; agent < 104; agent += 1) other.alarm({ agent, minute: 50 });
    const first = new World().outage(3);
    expect(other.queued[0]?.alert_id).not.toBe(first.queued[0]?.alert_id);
    expect(incidents(first, other).size).toBe(1);
    const late = new World().outage(3, { minute: 880 });
    late.alarm({ agent: 3, minute: 910 });
    expect(late.queued[0]).toMatchObject({ count: 4, detected_at: '2026-01-06T00:10:00.000Z' });
    expect(incidents(first, late).size).toBe(1);
    expect(incidents(first, new World().outage(3, { minute: 1440 })).size).toBe(2);
  });

  it('tells when the earlier alerts became part of it', () => {
    const world = new World();
    [0, 1, 2].forEach((agent) => {
      world.alarm({ agent, minute: agent * 5 });
    });
    const told = world.listed.map(({ detected_at: at }) => at);
    expect(told).toEqual(Array.from({ length: 3 }, () => '2026-01-05T09:10:00.000Z'));
  });

  it('is one alert whatever of it each rule tells', () => {
    const world = new World();
    for (const ruleId of ['task-length', 'call-rate', 'tool-rate']) {
      world.outage(4, { ruleId, alike: 'calls' });
    }
    expect(world.queued).toHaveLength(1);
    expect(world.listed).toHaveLength(12);
  });

  it('takes one place together, however many agents it meets', () => {
    const world = new World().outage(40);
    expect(world.queued).toHaveLength(1);
    for (let n = 0; n < BUDGET_BURST - 3; n += 1)
      world.alarm({ agent: 100 + n, server: `own-${n}` });
    expect(world.queued).toHaveLength(1 + BUDGET_BURST - 3);
  });

  it('goes on while further agents alarm within hours of each other, and then ends', () => {
    const world = new World().outage(3);
    world.alarm({ agent: 3, minute: 200 });
    world.alarm({ agent: 4, minute: 420 });
    expect(world.queued.map(({ count }) => count)).toEqual([5]);
    expect(world.listed.at(-1)?.summary).toContain('alarmed alike within four hours');
    world.alarm({ agent: 5, minute: 700 });
    expect(world.queued).toHaveLength(2);
  });

  it('is a release that they came to, whatever they call', () => {
    const world = new World();
    for (let agent = 0; agent < 4; agent += 1) {
      world.alarm({ agent, server: `own-${agent}`, release: 'release/2' });
    }
    expect(world.queued.map(({ subject }) => subject.agent_uid)).toEqual(['release/2']);
  });

  it('is a source of six agents, whatever they call', () => {
    const world = new World();
    for (let agent = 0; agent < 7; agent += 1) {
      world.alarm({ agent, server: `own-${agent}`, source: 'gateway-1' });
    }
    expect(world.queued.map(({ subject }) => subject.agent_uid)).toEqual(['gateway-1']);
  });

  it.each([
    ['a sending', { effect: 'send' }],
    ['what goes outside', { isOutside: true }],
    ['a counterparty', { alike: 'new', ruleId: 'first-counterparty' }],
    [
      'another tool that is new to each',
      { alike: 'new', ruleId: 'first-tool', tool: 'of-its-own' },
    ],
    ['another thing that is new', { alike: 'new', ruleId: 'first-target' }],
  ] as const)('is no source of %s, whoever else alarmed behind it', (_, victim) => {
    const world = new World();
    const behind = { source: 'gateway-1', alike: 'new', ruleId: 'first-tool' } as const;
    for (let agent = 0; agent < 7; agent += 1) {
      world.alarm({ ...behind, agent, server: `own-${agent}` });
    }
    world.alarm({ ...behind, agent: 50, server: 'mail', ...victim });
    expect(world.queued.map(({ subject }) => subject.agent_uid)).toEqual(['gateway-1', 'agent-50']);
    for (let agent = 60; agent < 66; agent += 1) {
      world.alarm({ ...behind, agent, server: `own-${agent}`, ...victim, tool: `of-${agent}` });
    }
    const source = world.queued.filter(({ subject }) => subject.agent_uid === 'gateway-1');
    expect(source).toHaveLength(1);
  });

  it('is none of two agents, of other systems, of another time, or of names that cost nothing', () => {
    const world = new World().outage(2);
    world.alarm({ agent: 2, server: 'mail' });
    world.alarm({ agent: 3, minute: 140 });
    world.alarm({ agent: 4, minute: 1, assurance: 'asserted' });
    expect(world.queued).toHaveLength(5);
  });
});

describe('what has nothing to do with a common cause', () => {
  it('queues by itself while many agents of its source alarm on another system', () => {
    const world = new World().outage(12, { source: 'gateway-1' });
    world.alarm({ agent: 50, server: 'db', source: 'gateway-1' });
    expect(world.queued.map(({ subject }) => subject.agent_uid)).toEqual(['crm', 'agent-50']);
  });

  it('queues where it is new and can’t be undone, on the same system too', () => {
    const world = new World().outage(12, { alike: 'new' });
    world.alarm({ agent: 50, alike: 'new', isLasting: true, ruleId: 'first-tool' });
    expect(world.queued.map(({ subject }) => subject.agent_uid)).toEqual(['crm', 'agent-50']);
  });

  it('queues once it becomes grave, or comes again in other work a day later', () => {
    const world = new World().outage(5);
    world.alarm({ agent: 1, minute: 5, severity: 'high' });
    world.alarm({ agent: 2, minute: 1500 });
    world.pass(1620);
    expect(world.queued.map(({ subject }) => subject.agent_uid).sort()).toEqual([
      'agent-1',
      'agent-2',
      'crm',
    ]);
  });
});

describe('an agent of a common cause', () => {
  const causesOf = ({ queued }: World) =>
    queued.filter(({ rule_id: id }) => id === 'common-cause').map((one) => one.alert_id);

  it('leaves it when it goes on alone, four hours after the others', () => {
    const world = new World().outage(4);
    world.alarm({ agent: 1, minute: 200 });
    expect(world.queued).toHaveLength(1);
    const alone = world.alarm({ agent: 1, minute: 300 });
    expect(alone).toMatchObject({ subject: { agent_uid: 'agent-1' }, count: 3 });
    expect(alone?.posture).toBeUndefined();
    expect(alone?.summary).toBe('Agent 1 is busy.');
    expect(alone?.evidence[0]?.event_id).toBe(testId(events));
    expect(causesOf(world)).toHaveLength(1);
  });

  it('stays in it while others of it go on', () => {
    const world = new World().outage(4);
    for (const minute of [200, 400, 600, 800]) {
      for (const agent of [1, 2]) world.alarm({ agent, minute });
    }
    expect(world.queued.map(({ rule_id: id }) => id)).toEqual(['common-cause']);
  });

  it('is in the same cause again with the same agents, and in another one with others', () => {
    const world = new World().outage(4);
    const [first] = causesOf(world);
    world.outage(4, { minute: 900 }).pass(1020);
    expect(world.queued).toMatchObject([
      { alert_id: first, count: 4, detected_at: '2026-01-06T02:00:00.000Z' },
    ]);
    for (const agent of [1, 2, 7]) world.alarm({ agent, minute: 1800 });
    expect(causesOf(world)).toHaveLength(2);
    expect(world.queued).toHaveLength(2);
  });
});

describe('a common cause that comes again', () => {
  const causeOf = ({ queued }: World) =>
    queued.find(({ rule_id: id }) => id === 'common-cause') ?? expect.fail('none');
  const again = (world: World, agents: readonly number[], day: number): World => {
    for (const agent of agents) world.alarm({ agent, minute: day * 1440 });
    return world.pass(day * 1440 + 120);
  };

  it('names the agents that alarm this time, and says how many it had before', () => {
    const world = new World().outage(8);
    const { alert_id: id } = causeOf(world);
    const { alert_id: now, count, title, summary } = causeOf(again(world, [0, 1, 2], 2));
    expect([now, count]).toEqual([id, 3]);
    expect(title).toBe('crm: 3 agents alarm alike again');
    expect(summary).toContain('agent-0, agent-1, agent-2. It comes again: it was told of 8 agents');
    expect(summary).toContain('last on 2026-01-05, and 3 of those named here were among them.');
    expect(summary).not.toContain('agent-3');
  });

  it('is the same with any of those that it ever had, and with who joins them', () => {
    const world = new World().outage(8);
    const { alert_id: id } = causeOf(world);
    again(world, [0, 1, 2], 2);
    again(world, [3, 4, 5, 9], 4);
    expect(causeOf(world)).toMatchObject({ alert_id: id, count: 4 });
    expect(causeOf(world).summary).toContain(
      'agent-3, agent-4, agent-5, agent-9. It comes again: it was told of 8 agents before, last on 2026-01-07, and 3 of those',
    );
  });

  it('is as grave as what alarms this time: what is far graver than that queues by itself', () => {
    const world = new World();
    const calls = { alike: 'calls', ruleId: 'call-rate' } as const;
    world.outage(8, { ...calls, times: 400 });
    const later = { ...calls, ruleId: 'tool-rate' } as const;
    for (const agent of [0, 1, 2]) world.alarm({ ...later, agent, times: 10, minute: 2880 });
    world.alarm({ ...later, agent: 3, times: 300, minute: 2890 });
    expect(causeOf(world).count).toBe(3);
    expect(world.queued.map(({ subject }) => subject.agent_uid)).toContain('agent-3');
  });

  it('names the latest alerts that it replaces, however often it comes', () => {
    const world = new World().outage(4, { alike: 'calls' });
    for (let day = 1; day < 60; day += 1) {
      world.outage(4, { alike: 'calls', ruleId: `calls-${day}`, minute: day * 1440 });
      world.pass(day * 1440 + 120);
    }
    expect(causeOf(world).supersedes).toHaveLength(64);
    expect(alertSchema.safeParse(causeOf(world)).error).toBeUndefined();
  });
});

describe('a common cause of which somebody said what it was', () => {
  const CALLS = { alike: 'calls', ruleId: 'call-rate', times: 3 } as const;
  const causes = ({ queued }: World) => queued.filter(({ rule_id: id }) => id === 'common-cause');
  const judged = (verdict: 'false_positive' | 'true_positive') => {
    const world = new World().outage(3, CALLS);
    return world.found(causes(world)[0] ?? expect.fail('none'), verdict);
  };

  it.each([
    ['three days later', 4320],
    ['while it goes on', 190],
  ])(
    'is told no further where that was wrong: what goes beyond is another one, %s',
    (_, minute) => {
      const world = judged('false_positive').outage(3, { ...CALLS, times: 21, minute });
      expect(causes(world)).toMatchObject([
        { revision: 1, count: 3 },
        { revision: 1, count: 3, supersedes: [expect.any(String), expect.any(String)] },
      ]);
      expect(new Set(world.queued.map((one) => one.incident_id)).size).toBe(minute > 1440 ? 2 : 1);
    },
  );

  it('is not revised for what is no part of it, where that was wrong', () => {
    const world = judged('false_positive');
    world.alarm({ ...CALLS, agent: 50, times: 900, minute: 190 });
    expect(causes(world)).toMatchObject([{ revision: 1 }]);
    expect(world.queued.at(-1)?.summary).toBe('Agent 50 is busy.');
  });

  it('goes on where that was right', () => {
    const world = judged('true_positive')
      .outage(3, { ...CALLS, minute: 4320 })
      .pass(4440);
    expect(causes(world)).toMatchObject([{ count: 3 }]);
    expect(causes(world)[0]?.revision).toBeGreaterThan(1);
  });
});

describe('what can’t be undone', () => {
  it('queues although weaker alerts spent the tenant’s budget', () => {
    const world = new World();
    for (let n = 0; n < 30; n += 1) world.alarm({ agent: n, server: `own-${n}` });
    expect(world.alarm({ agent: 50, server: 'db' })?.posture).toBe(true);
    expect(world.alarm({ agent: 51, server: 'db', isLasting: true })?.posture).toBeUndefined();
  });

  it('queues although the agent spent its own budget on noise', () => {
    const world = new World();
    for (let n = 0; n < 20; n += 1) world.alarm({ agent: 1, ruleId: `noise-${n}` });
    const alert = world.alarm({ agent: 1, isLasting: true, ruleId: 'first-tool' });
    expect(alert?.posture).toBeUndefined();
  });
});

describe('what is another thing than a common cause, or far graver', () => {
  const RETRIES = { alike: 'calls', ruleId: 'call-rate', times: 10 } as const;
  const EXPORT = { agent: 50, alike: 'data', ruleId: 'record-volume', times: 4000 } as const;
  const says = 'Agent 50 has 96000 records.';
  const causeOf = (world: World) => world.queued.find(({ rule_id: id }) => id === 'common-cause');
  const ofVictim = (world: World) =>
    world.queued.find(({ subject }) => subject.agent_uid === 'agent-50');

  it.each([
    ['another amount', { ...EXPORT, minute: 40 }],
    ['many times as far from the usual', { ...EXPORT, alike: 'calls', times: 200 }],
    ['of an effect that no retry of reads has', { ...RETRIES, agent: 50, effect: 'send' }],
    ['graver', { ...RETRIES, agent: 50, severity: 'medium' }],
  ] as const)('queues beside it where it is %s, and each names the other', (_, victim) => {
    const world = new World().outage(4, { ...RETRIES, severity: 'low' });
    world.alarm({ severity: 'low', ...victim, says });
    expect(ofVictim(world)?.summary).toContain(causeOf(world)?.alert_id);
    expect(causeOf(world)?.summary).toContain(`no part of it: ${says}`);
    expect(causeOf(world)?.count).toBe(4);
  });

  it('queues where it came before, too', () => {
    const world = new World();
    world.alarm({ ...EXPORT, says });
    world.outage(4, RETRIES);
    expect(ofVictim(world)?.posture).toBeUndefined();
    expect(causeOf(world)?.summary).toContain(`no part of it: ${says}`);
    const alone = new World();
    alone.alarm({ ...RETRIES, agent: 50, times: 200 });
    alone.outage(4, RETRIES);
    expect(ofVictim(alone)).toBeDefined();
  });

  it('leaves the cause once it becomes that, in the alert that was part of it', () => {
    for (const victim of [EXPORT, { ...RETRIES, agent: 50, times: 200 }] as const) {
      const world = new World().outage(3, RETRIES);
      world.alarm({ ...RETRIES, agent: 50 });
      expect(ofVictim(world)).toBeUndefined();
      world.alarm({ ...victim, ruleId: RETRIES.ruleId, says });
      expect(ofVictim(world)?.summary).toContain(says);
      expect(ofVictim(world)?.summary).toContain(causeOf(world)?.alert_id);
    }
  });

  it('is not taken along by a cause that forms after it became that', () => {
    const world = new World().outage(1, RETRIES);
    world.alarm({ ...RETRIES, agent: 50 });
    world.alarm({ ...EXPORT, ruleId: RETRIES.ruleId, says });
    for (const agent of [2, 3, 4]) world.alarm({ ...RETRIES, agent });
    expect(causeOf(world)?.count).toBe(4);
    expect(ofVictim(world)?.summary).toContain(says);
  });

  it('is a cause of its own where many do it', () => {
    const world = new World().outage(4, RETRIES);
    for (const agent of [10, 11, 12]) world.alarm({ ...EXPORT, agent });
    expect(world.queued.map(({ rule_id: id, count }) => [id, count])).toEqual([
      ['common-cause', 4],
      ['common-cause', 3],
    ]);
    // Of one system on one day they are one incident.
    expect(new Set(world.queued.map((one) => one.incident_id)).size).toBe(1);
  });

  it('grows with the others without leaving them', () => {
    const world = new World().outage(4, RETRIES);
    for (const times of [60, 400, 2000]) world.outage(4, { ...RETRIES, times });
    expect(world.queued).toHaveLength(1);
  });

  it('names the gravest of its parts', () => {
    const world = new World().outage(3, RETRIES);
    world.alarm({ ...RETRIES, agent: 3, times: 70, says: 'Agent 3 has 900 calls.' });
    expect(causeOf(world)?.summary).toContain('The gravest: Agent 3 has 900 calls.');
    const alike = new World().outage(3, RETRIES);
    alike.alarm({ ...RETRIES, agent: 3, times: 12, says: 'Agent 3 has 48 calls.' });
    expect(causeOf(alike)?.summary).not.toContain('The gravest');
  });
});
