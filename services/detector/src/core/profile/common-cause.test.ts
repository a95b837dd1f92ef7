/** What many agents alarm on at once is one alert about what they have in common, and hides nothing else. */
import { type Alert, alertSchema } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { event, testId } from '../testing/event-builder.ts';
import { MapDraft } from '../testing/map-draft.ts';
import { BUDGET_BURST } from './alert-budget.ts';
import { raise } from './alert-track.ts';
import { noteReleased } from './released.ts';

interface Alarming {
  readonly agent: number;
  readonly minute?: number;
  readonly server?: string;
  readonly source?: string;
  readonly isLasting?: boolean;
  readonly ruleId?: string;
  readonly alike?: 'more' | 'new';
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
      tool: { name: 'get', server },
      source: { kind: 'gateway', instance: of.source ?? `gateway-${agent}` },
    });
    if (of.release !== undefined) noteReleased(this.draft, one, [of.release]);
    const said = {
      ...({ kind: 'behavior_deviation', severity: of.severity ?? 'medium' } as const),
      ...{ ruleId, dedupeKey: ruleId, title: 'Busy', summary: `Agent ${agent} is busy.` },
      ...{ evidence: [], notVisible: [], taxonomy: {}, isLasting },
      ...(of.alike === undefined ? {} : { alike: of.alike }),
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

  it('is one alert whatever of it each rule tells', () => {
    const world = new World();
    for (const ruleId of ['task-length', 'call-rate', 'tool-rate']) {
      world.outage(4, { ruleId, alike: 'more' });
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
    expect(world.queued.map(({ subject }) => subject.agent_uid).sort()).toEqual([
      'agent-1',
      'agent-2',
      'crm',
    ]);
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
