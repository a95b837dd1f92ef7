/** What is guaranteed of agents that name no task, trace or conversation: an alert ends neither learning nor incidents. */
import type { AuditEvent } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { chainMark, workMark, workOf } from './piece-of-work.ts';
import { event } from './testing/event-builder.ts';
import { ProfileWorld } from './testing/profile-world.ts';

const START_MS = Date.parse('2026-01-05T09:00:00Z');
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

let count = 0;
function call(ms: number, over: Partial<AuditEvent> = {}): AuditEvent {
  count += 1;
  const time = new Date(START_MS + ms).toISOString();
  const { task: _, trace_id: __, conversation_id: ___, ...rest } = event(count);
  return { ...rest, chain_id: 'agents-own', event_time: time, observed_time: time, ...over };
}
const deletes: Partial<AuditEvent> = {
  ...{ effect: 'delete', tool: { name: 'delete_draft', server: 'crm' } },
  capabilities: [],
};

/** What is told of a deletion that comes once a day after sixty ordinary calls a day for two weeks. */
function deletesTold(over: (day: number) => Partial<AuditEvent>) {
  const world = new ProfileWorld();
  const told: { day: number; incident: string }[] = [];
  for (let day = 0; day < 45; day += 1) {
    const calls = Array.from({ length: 60 }, (_, n) =>
      call(day * DAY_MS + n * MINUTE_MS, over(day)),
    );
    const late = call(day * DAY_MS + 61 * MINUTE_MS, { ...deletes, ...over(day) });
    for (const alert of world.feed(...calls, ...(day < 15 ? [] : [late]))) {
      if (alert.rule_id === 'first-tool') told.push({ day, incident: alert.incident_id });
    }
  }
  return told;
}

describe('an agent that names no piece of work', () => {
  it('comes to know what it does every day as one that names a task a day does', () => {
    const keyed = deletesTold((day) => ({ task: { id: `t-${day}` }, chain_id: `c-${day}` }));
    const keyless = deletesTold(() => ({}));
    expect(keyed.length).toBeGreaterThan(0);
    expect(keyless.at(-1)?.day).toBe(keyed.at(-1)?.day);
  });

  it('has another incident for what it did on another day', () => {
    const world = new ProfileWorld();
    const calls = Array.from({ length: 400 }, (_, n) => call(n * 30 * MINUTE_MS));
    world.feed(...calls);
    const drops = { effect: 'delete', tool: { name: 'drop_db', server: 'db' } } as const;
    const grants = { effect: 'grant', tool: { name: 'grant_access', server: 'iam' } } as const;
    const first = world.feed(call(10 * DAY_MS, drops))[0];
    const second = world.feed(call(20 * DAY_MS, grants))[0];
    expect(first?.incident_id).toBeDefined();
    expect(second?.incident_id).toBeDefined();
    expect(second?.incident_id).not.toBe(first?.incident_id);
  });
});

describe('a mark of work', () => {
  it('is the chain where one is named, and a day of it where none is', () => {
    const named = { ...call(0), trace_id: 't' };
    expect(workOf(named)).toBe('agents-own');
    expect(workMark(named)).toBe(workMark({ ...named, event_time: call(DAY_MS).event_time }));
    expect(workMark(call(0))).not.toBe(workMark(call(DAY_MS)));
    expect(workMark(call(0))).toBe(workMark(call(MINUTE_MS)));
    for (const one of [named, call(0), call(DAY_MS)]) {
      expect(workMark(one).startsWith(chainMark('agents-own'))).toBe(true);
    }
  });
});
