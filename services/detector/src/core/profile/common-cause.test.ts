/** One outage at many agents takes one place, and hides nothing of what can't be undone. */
import type { Alert } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { event, testId } from '../testing/event-builder.ts';
import { MapDraft } from '../testing/map-draft.ts';
import { BUDGET_AGENT_MAX, BUDGET_BURST } from './alert-budget.ts';
import { raise } from './alert-track.ts';

interface Alarming {
  readonly agent: number;
  readonly minute?: number;
  readonly server?: string;
  readonly isLasting?: boolean;
  readonly ruleId?: string;
}

let events = 0;

function alarm(
  draft: MapDraft,
  { agent, minute = 0, server = 'crm', isLasting = false, ruleId = 'task-length' }: Alarming,
): Alert | undefined {
  events += 1;
  const now = new Date(Date.UTC(2026, 0, 5, 9, minute)).toISOString();
  const one = event(agent, {
    event_id: testId(events),
    chain_id: `chain-${agent}`,
    agent: { uid: `agent-${agent}`, assurance: 'authenticated' },
    tool: { name: 'get', server },
  });
  const said = {
    ...({ kind: 'behavior_deviation', severity: 'medium', ruleId, dedupeKey: ruleId } as const),
    ...{ title: 'Busy', summary: 'Busy.', evidence: [], notVisible: [], taxonomy: {}, isLasting },
  };
  const score = { facet: 'x', points: 9, weight: 0.02, reasons: [], alarm: said };
  const context = { policyVersion: 'p1', registered: undefined, isUnregistered: false, now };
  return raise(draft, one, score, context);
}

/** One system is down, and so many agents try again within a minute. */
function outage(draft: MapDraft, agents: number, over: Partial<Alarming> = {}) {
  return Array.from({ length: agents }, (_, agent) => alarm(draft, { agent, ...over }));
}

const isQueued = (alert: Alert | undefined) => alert !== undefined && alert.posture !== true;

describe('a common cause', () => {
  it('is one incident from the third agent on, and says that there are others', () => {
    const told = outage(new MapDraft(), 5);
    const incidents = told.map((one) => one?.incident_id);
    expect(new Set(incidents).size).toBe(2);
    expect(incidents.slice(2)).toEqual(new Array(3).fill(incidents[0]));
    expect(told[1]?.summary).toBe('Busy.');
    expect(told[4]?.summary).toContain('4 other agents alarmed alike');
  });

  it('takes one place together, however many agents it meets', () => {
    const draft = new MapDraft();
    const told = outage(draft, 40);
    expect(told.filter(isQueued)).toHaveLength(2 + BUDGET_AGENT_MAX);
    expect(told.at(-1)?.summary).toContain('alarmed alike within an hour is used up');
    const others = Array.from({ length: BUDGET_BURST - 3 }, (_, n) =>
      alarm(draft, { agent: 100 + n, server: `own-${n}` }),
    );
    expect(others.every(isQueued)).toBe(true);
  });

  it('is none of two agents, of other systems, or of another time', () => {
    const draft = new MapDraft();
    const told = [
      ...outage(draft, 2),
      alarm(draft, { agent: 2, server: 'mail' }),
      alarm(draft, { agent: 3, minute: 140 }),
    ];
    expect(new Set(told.map((one) => one?.incident_id)).size).toBe(4);
  });
});

describe('what can’t be undone', () => {
  it('queues although weaker alerts spent the tenant’s budget', () => {
    const draft = new MapDraft();
    for (let n = 0; n < 30; n += 1) alarm(draft, { agent: n, server: `own-${n}` });
    expect(isQueued(alarm(draft, { agent: 50, server: 'db' }))).toBe(false);
    expect(isQueued(alarm(draft, { agent: 51, server: 'db', isLasting: true }))).toBe(true);
  });

  it('queues although the agent spent its own budget on noise', () => {
    const draft = new MapDraft();
    for (let n = 0; n < 20; n += 1) alarm(draft, { agent: 1, ruleId: `noise-${n}` });
    expect(isQueued(alarm(draft, { agent: 1, isLasting: true, ruleId: 'first-tool' }))).toBe(true);
  });
});
