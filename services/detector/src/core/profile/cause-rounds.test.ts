/** A common cause that comes again tells nobody for being the first of a round, and hides nobody who stays alone. */
import { type Alert, alertSchema, type Severity, TOPICS } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { decideProfile } from '../decide-profile.ts';
import { event, testId } from '../testing/event-builder.ts';
import { MapDraft } from '../testing/map-draft.ts';
import { raise } from './alert-track.ts';
import { applyVerdict } from './apply-verdict.ts';

const FIVE = [1, 2, 3, 4, 5];
const HOUR = 60;

let events = 0;

class World {
  readonly draft = new MapDraft();
  readonly told: Alert[] = [];
  #minute = 0;
  #seq = 0;

  #now(minute: number): string {
    return new Date(Date.UTC(2026, 0, 5, 9, minute)).toISOString();
  }

  /** The log's own time, told every ten minutes. */
  pass(minute: number): this {
    for (; this.#minute <= minute; this.#minute += 10) {
      this.#seq += 1;
      const value = { seq: this.#seq, time: this.#now(this.#minute) };
      const of = { topic: TOPICS.auditEvents.name, partition: 0, offset: 0, key: null } as const;
      const outputs = decideProfile(this.draft, { ...of, type: 'watermark', value, source: 's/0' });
      const alerts = outputs.filter(({ topic }) => topic === TOPICS.alerts.name);
      this.told.push(...alerts.map(({ value: alert }) => alertSchema.parse(alert)));
    }
    return this;
  }

  /** From now on nobody tells the log's time. */
  timeless(): this {
    this.#minute = Number.POSITIVE_INFINITY;
    return this;
  }

  alarm(agent: number, minute: number, times = 3, severity: Severity = 'medium'): this {
    this.pass(minute);
    events += 1;
    const now = this.#now(minute);
    const one = event(agent, {
      event_id: testId(events),
      event_time: now,
      chain_id: `chain-${agent}-${minute}`,
      agent: { uid: `agent-${agent}`, assurance: 'authenticated' },
      tool: { name: 'get', server: 'crm' },
      effect: 'read',
      source: { kind: 'gateway', instance: `gateway-${agent}` },
    });
    const said = {
      ...({ kind: 'behavior_deviation', severity, alike: 'calls', isLasting: false } as const),
      ...{ ruleId: 'call-volume', dedupeKey: 'call-volume', title: 'Busy', times },
      ...{ summary: `Agent ${agent} made ${times} times as many calls.` },
      ...{ evidence: [], notVisible: [], taxonomy: {} },
    };
    const score = { facet: 'x', points: 9, weight: 0.02, reasons: [], alarm: said };
    const context = { policyVersion: 'p1', registered: undefined, isUnregistered: false, now };
    this.told.push(...raise(this.draft, one, score, context));
    return this;
  }

  round(agents: readonly number[], minute: number): this {
    for (const agent of agents) this.alarm(agent, minute + agent);
    return this;
  }

  /** What queues of what was told since. */
  queuedSince(count: number): readonly Alert[] {
    return this.told.slice(count).filter(({ posture }) => posture !== true);
  }
}

const causesOf = (alerts: readonly Alert[]) =>
  alerts.filter(({ rule_id: id }) => id === 'common-cause');

describe('a common cause that comes again', () => {
  it.each([
    ['every five hours', 5],
    ['every six hours', 6],
    ['daily', 24],
  ])('%s queues nobody for being first, and is told once a day', (_, hours) => {
    const world = new World().round(FIVE, 0);
    const first = causesOf(world.told).at(-1);
    const before = world.told.length;
    const rounds = 28;
    for (let at = 1; at < rounds; at += 1) world.round(FIVE, at * hours * HOUR);
    const queued = world.pass(rounds * hours * HOUR).queuedSince(before);
    expect(causesOf(queued)).toHaveLength(queued.length);
    expect(new Set(queued.map((one) => one.alert_id))).toEqual(new Set([first?.alert_id]));
    const days = queued.map((one) => one.detected_at.slice(0, 10));
    expect(new Set(days).size).toBe(days.length);
    expect(days.length).toBeGreaterThanOrEqual(Math.floor(((rounds - 1) * hours) / 24));
    expect(queued.at(-1)).toMatchObject({ count: 5, title: 'crm: 5 agents alarm alike again' });
    expect(alertSchema.safeParse(queued.at(-1)).error).toBeUndefined();
  });

  it('tells at once whom it never had', () => {
    const world = new World().round(FIVE, 0);
    const before = world.told.length;
    const queued = world.round([1, 2, 3, 6], 6 * HOUR).queuedSince(before);
    expect(queued).toMatchObject([{ rule_id: 'common-cause', count: 4 }]);
    expect(queued[0]?.evidence).toHaveLength(4);
  });

  it('names alerts that it replaces where it is told later', () => {
    const world = new World().round(FIVE, 0).round(FIVE, 24 * HOUR);
    expect(causesOf(world.pass(26 * HOUR).told).at(-1)?.supersedes).toHaveLength(2);
  });
});

describe('whom nobody follows', () => {
  it('takes a place of the budget where it is told, and who is followed takes none', () => {
    const world = new World().round(FIVE, 0);
    for (let day = 1; day < 4; day += 1) world.round(FIVE, day * 24 * HOUR);
    const taken = () => Object.keys(world.draft.get<{ taken: object }>('budget|acme')?.taken ?? {});
    expect(taken().filter((one) => one.startsWith('agent'))).toEqual([]);
    world.alarm(4, 85 * HOUR).pass(87 * HOUR);
    expect(taken()).toContain('agent-4');
  });

  const ended = () => {
    const world = new World().round(FIVE, 0);
    return { world, before: world.told.length };
  };

  it.each([
    ['one', [2], 6],
    ['two', [2, 4], 24],
  ])('queues by itself within two hours, with what it did last: %s', (_, agents, hours) => {
    const { world, before } = ended();
    world.round(agents, hours * HOUR);
    for (const agent of agents) world.alarm(agent, hours * HOUR + 40, 3.5);
    expect(world.told).toHaveLength(before);
    const queued = world.pass((hours + 2) * HOUR).queuedSince(before);
    expect(queued.map(({ subject }) => subject)).toMatchObject(
      agents.map((agent) => ({
        ...{ agent_uid: `agent-${agent}`, chain_id: `chain-${agent}-${hours * HOUR + 40}` },
      })),
    );
    expect(queued[0]?.summary).toBe('Agent 2 made 3.5 times as many calls.');
    expect(queued[0]).toMatchObject({ revision: 3, count: 3 });
    // It is told, and is an alert of its own from then on.
    expect(world.alarm(2, (hours + 3) * HOUR).pass((hours + 9) * HOUR).told).toHaveLength(
      before + agents.length,
    );
  });

  it('queues by the next that it does, where the log’s time is not told', () => {
    const { world, before } = ended();
    world.alarm(2, 6 * HOUR);
    expect(world.told).toHaveLength(before);
    world.timeless().alarm(2, 9 * HOUR);
    expect(world.queuedSince(before).map(({ subject }) => subject.agent_uid)).toEqual(['agent-2']);
  });

  it('queues at once where it becomes graver, or went on without the others', () => {
    const { world, before } = ended();
    world.alarm(2, 6 * HOUR).alarm(2, 6 * HOUR + 5, 300);
    world.alarm(3, 6 * HOUR).alarm(3, 6 * HOUR + 5, 3, 'high');
    expect(
      world.queuedSince(before).filter(({ rule_id: id }) => id !== 'common-cause'),
    ).toMatchObject([{ subject: { agent_uid: 'agent-2' } }, { subject: { agent_uid: 'agent-3' } }]);
    const alone = ended();
    alone.world.alarm(2, 3 * HOUR).alarm(2, 6 * HOUR);
    expect(alone.world.queuedSince(alone.before)).toHaveLength(1);
  });

  it('is not told by itself where somebody found meanwhile what it is', () => {
    const { world, before } = ended();
    world.alarm(2, 6 * HOUR);
    const cause = causesOf(world.told).at(-1) ?? expect.fail('none');
    applyVerdict(world.draft, {
      ...{ kind: 'verdict', version: 'decision', seq: 1, verdict: 'false_positive' },
      ...{ tenant_id: cause.tenant_id, alert_id: cause.alert_id, agent_uid: 'crm' },
      said_at: '2026-01-05T15:30:00Z',
    });
    expect(world.pass(9 * HOUR).told).toHaveLength(before);
  });

  it('is alone after a week, at once', () => {
    const { world, before } = ended();
    expect(world.alarm(2, 8 * 24 * HOUR).queuedSince(before)).toHaveLength(1);
  });
});
