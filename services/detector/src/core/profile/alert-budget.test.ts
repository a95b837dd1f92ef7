/** What the budget binds, what stands outside it, and that nothing is lost by it. */
import { describe, expect, it } from 'vitest';
import { event, testId } from '../testing/event-builder.ts';
import { MapDraft } from '../testing/map-draft.ts';
import {
  BUDGET_AGENT_MAX,
  BUDGET_BURST,
  BUDGET_PER_DAY,
  isBudgeted,
  noteAgentDay,
  takeRoom,
} from './alert-budget.ts';
import { raise as raised } from './alert-track.ts';

const raise = (...args: Parameters<typeof raised>) => raised(...args)[0];

const at = (day: number) => new Date(Date.UTC(2026, 0, 5 + day, 9)).toISOString();
const of = (agent: number, over = {}) =>
  event(agent, {
    agent: { uid: `agent-${agent}`, assurance: 'authenticated' },
    // Each at a system and from a source of its own, so that they have nothing in common.
    tool: { name: 'list', server: `office-${agent}` },
    source: { kind: 'test', instance: `source-${agent}` },
    ...over,
  });

/** What a facet says that alarms. */
function score(severity: 'medium' | 'high', kind = 'behavior_deviation', key = 'k') {
  const alarm = {
    ...{ kind, severity, ruleId: 'call-rate', dedupeKey: key, title: 'Busy', summary: 'Busy.' },
    ...{ evidence: [], notVisible: [], taxonomy: {} },
  };
  return { facet: 'call_rate', points: 9, weight: 0.02, reasons: [], alarm };
}

const known = (day: number) => ({ isUnregistered: false, now: at(day) });
const context = (day: number) => ({ policyVersion: 'p1', registered: undefined, ...known(day) });

describe('the alert budget', () => {
  it('queues a shift’s worth at once, lists and counts the rest, and loses none', () => {
    const draft = new MapDraft();
    const alerts = Array.from({ length: BUDGET_BURST + 5 }, (_, n) =>
      raise(draft, of(n), score('medium'), context(0)),
    );
    expect(alerts.filter((one) => one?.posture !== true)).toHaveLength(BUDGET_BURST);
    const held = alerts.filter((one) => one?.posture === true);
    expect(held).toHaveLength(5);
    expect(held.at(-1)?.summary).toContain('5 held back');
  });

  it('binds nothing that is grave, and nothing that is no statistics', () => {
    const draft = new MapDraft();
    for (let n = 0; n < 30; n += 1) raise(draft, of(n), score('medium'), context(0));
    expect(raise(draft, of(40), score('high'), context(0))?.posture).toBeUndefined();
    const hijack = raise(draft, of(41), score('high', 'hijack_suspected'), context(0));
    expect(hijack?.posture).toBeUndefined();
    expect(isBudgeted('outside_profile', 'medium')).toBe(false);
    expect(isBudgeted('credential_misuse', 'medium')).toBe(false);
    expect(isBudgeted('reach_growth', 'medium')).toBe(true);
  });

  it('leaves to others what one agent would take', () => {
    const draft = new MapDraft();
    const noisy = Array.from({ length: 50 }, (_, n) =>
      raise(
        draft,
        of(1, { event_id: testId(1000 + n) }),
        score('medium', 'behavior_deviation', `k${n}`),
        context(0),
      ),
    );
    expect(noisy.filter((one) => one?.posture !== true)).toHaveLength(BUDGET_AGENT_MAX);
    expect(raise(draft, of(2), score('medium'), context(0))?.posture).toBeUndefined();
  });

  it('takes one place for all that is odd of an agent in a day', () => {
    const draft = new MapDraft();
    for (let n = 0; n < BUDGET_BURST; n += 1) {
      for (const key of ['calls', 'tools', 'tokens', 'records']) {
        const one = of(n, { event_id: testId(2000 + n * 10 + key.length) });
        const alert = raise(draft, one, score('medium', 'behavior_deviation', key), context(0));
        expect(alert?.posture).toBeUndefined();
      }
    }
    expect(raise(draft, of(50), score('medium'), context(0))?.posture).toBe(true);
  });

  it('queues what was held back when it goes on and there is room again', () => {
    const draft = new MapDraft();
    for (let n = 0; n < BUDGET_BURST; n += 1) takeRoom(draft, of(n), known(0));
    const first = raise(draft, of(20), score('medium'), context(0));
    expect(first).toMatchObject({ posture: true, revision: 1 });
    const still = raise(draft, of(20, { event_id: testId(901) }), score('medium'), context(0));
    expect(still?.posture).toBe(true);
    const next = raise(draft, of(20, { event_id: testId(902) }), score('medium'), context(1));
    expect(next?.posture).toBeUndefined();
    expect(next?.summary).toBe('Busy.');
    expect(next?.alert_id).toBe(first?.alert_id);
  });

  it('has room again with days, and sooner where more agents work', () => {
    const draft = new MapDraft();
    for (let n = 0; n < BUDGET_BURST; n += 1) takeRoom(draft, of(n), known(0));
    expect(takeRoom(draft, of(20), known(0))).toBe('proven');
    for (let n = 0; n < Math.min(BUDGET_BURST, BUDGET_PER_DAY); n += 1) {
      expect(takeRoom(draft, of(30 + n), known(1))).toBeUndefined();
    }
    expect(takeRoom(draft, of(45), known(1))).toBe('proven');
    for (let n = 0; n < 501; n += 1) {
      noteAgentDay(draft, of(100 + n), { ...known(1), before: at(0) });
    }
    expect(takeRoom(draft, of(46), known(1))).toBeUndefined();
  });

  it('gives names that nobody registered one place together, and none of the registered', () => {
    const draft = new MapDraft();
    const source = { kind: 'test', instance: 'one' };
    const made = Array.from({ length: 40 }, (_, n) =>
      raise(draft, of(n, { source }), score('medium'), { ...context(0), isUnregistered: true }),
    );
    expect(made.filter((one) => one?.posture !== true)).toHaveLength(BUDGET_AGENT_MAX);
    expect(made.at(-1)?.summary).toContain('unregistered agents of one workload share');
    for (let n = 0; n < BUDGET_BURST; n += 1) {
      expect(takeRoom(draft, of(50 + n), known(0))).toBeUndefined();
    }
    const other = of(90, { source: { kind: 'test', instance: 'other' } });
    expect(takeRoom(draft, other, { ...known(0), isUnregistered: true })).toBeUndefined();
  });

  it('gives no place of agents that are proven to who is only asserted', () => {
    const draft = new MapDraft();
    const asserted = (n: number) => of(n, { agent: { uid: `a-${n}`, assurance: 'asserted' } });
    for (let n = 0; n < BUDGET_BURST; n += 1) takeRoom(draft, asserted(n), known(0));
    expect(takeRoom(draft, asserted(40), known(0))).toBe('asserted');
    expect(takeRoom(draft, of(41), known(0))).toBeUndefined();
  });

  it('says whose budget is used up: the agent’s own, or the tenant’s', () => {
    const draft = new MapDraft();
    const told = (agent: number, key: string, id: number) => {
      const one = of(agent, { event_id: testId(id) });
      return raise(draft, one, score('medium', 'behavior_deviation', key), context(0))?.summary;
    };
    const own = Array.from({ length: BUDGET_AGENT_MAX + 1 }, (_, n) => told(1, `k${n}`, 3000 + n));
    expect(own.at(-1)).toContain('the agent’s own budget');
    for (let n = 1; n < BUDGET_BURST; n += 1) takeRoom(draft, of(10 + n), known(0));
    expect(told(40, 'k', 3100)).toContain('the tenant’s budget');
  });
});

describe('an alert of how much was observed', () => {
  const amounts = (draft: MapDraft, amount: number, n: number) => {
    const plain = score('medium');
    const alarm = { ...plain.alarm, amount, summary: `${amount} records.` };
    const one = of(1, { event_id: testId(4000 + n) });
    return raise(draft, one, { ...plain, alarm }, context(n));
  };

  it('is told anew when it doubles, on whatever day, or with a count that did, and not before', () => {
    const draft = new MapDraft();
    const told = [600, 700, 1199, 1200, 1399, 1400, 1401].map((amount, n) => {
      const alert = amounts(draft, amount, n);
      return alert && `${alert.count}: ${alert.summary}`;
    });
    const none = undefined;
    expect(told).toEqual([
      ...['1: 600 records.', '2: 700 records.', none, '4: 1200 records.'],
      ...[none, none, none],
    ]);
    expect(amounts(draft, 90_000, 41)).toMatchObject({ summary: '90000 records.' });
    expect(amounts(draft, 100_000, 42)).toBeUndefined();
  });
});
