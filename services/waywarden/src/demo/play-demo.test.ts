/** The agents' past is the same wherever and however often it is told, and ingest takes all of it. */
import { inputEventSchema } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { AGENTS } from './fleet/agents.ts';
import { historyEvents } from './play-demo.ts';
import { demoRules } from './start-demo.ts';

const ENDS_AT = '2026-11-24T12:00:00.000Z';

describe('the demo’s history', () => {
  it('is the same each time it is made', () => {
    expect(historyEvents(ENDS_AT)).toEqual(historyEvents(ENDS_AT));
  });

  it('names no call twice, and ends before the demo begins', () => {
    const events = historyEvents(ENDS_AT);
    expect(new Set(events.map((one) => one.native_id)).size).toBe(events.length);
    expect(events.every((one) => one.event_time < ENDS_AT)).toBe(true);
  });

  it('holds only events that the contract allows', () => {
    for (const event of historyEvents(ENDS_AT)) inputEventSchema.parse(event);
  });

  it('is of agents that the shipped registry knows, each with a class and an owner', () => {
    const none = { version: 1 as const, service: 'none', keys: [] };
    const { registry } = demoRules(none, Date.parse(ENDS_AT));
    const known = new Map(registry.agents.map((one) => [one.uid, one]));
    for (const { uid } of Object.values(AGENTS)) {
      expect(known.get(uid)?.class, uid).not.toBe('unknown');
      expect(known.get(uid)?.owner?.person, uid).toBeDefined();
    }
    const classes = new Set(registry.agents.map((one) => one.class));
    expect([...classes].sort()).toEqual([
      'assistive',
      'autonomous',
      'human_triggered',
      'scheduled_job',
      'semi_autonomous',
    ]);
  });

  it('comes with reviews and approvals that are in force on the day it is played', () => {
    const none = { version: 1 as const, service: 'none', keys: [] };
    const { registry } = demoRules(none, Date.parse('2031-05-05T00:00:00Z'));
    for (const { risk_review: review } of registry.agents) {
      expect(review?.expires.slice(0, 4)).toMatch(/2031|2032/);
    }
    const approvals = registry.workflows.flatMap((one) => one.approvals ?? []);
    expect(approvals).toHaveLength(1);
    const [first] = approvals;
    const days = (Date.parse(first?.expires ?? '') - Date.parse(first?.from ?? '')) / 86_400_000;
    expect(days).toBeLessThanOrEqual(180);
  });
});
