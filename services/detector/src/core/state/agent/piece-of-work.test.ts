/** What is guaranteed of agents that name no task, trace or conversation: an alert ends neither learning nor incidents. */
import type { AuditEvent } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { event } from '../../testing/event-builder.ts';
import { ProfileWorld } from '../../testing/profile-world.ts';
import { turnOf, workOf } from './piece-of-work.ts';

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
function deletesReported(over: (day: number) => Partial<AuditEvent>) {
  const world = new ProfileWorld();
  const told: { day: number; incident: string }[] = [];
  for (let day = 0; day < 45; day += 1) {
    const calls = Array.from({ length: 60 }, (_, n) =>
      call(day * DAY_MS + n * MINUTE_MS, over(day)),
    );
    const late = call(day * DAY_MS + 61 * MINUTE_MS, { ...deletes, ...over(day) });
    for (const alert of world.feed(...calls, ...(day < 15 ? [] : [late]))) {
      if (alert.rule_id === 'first-seen') told.push({ day, incident: alert.incident_id });
    }
  }
  return told;
}

describe('an agent that names no piece of work', () => {
  it('comes to know what it does every day as one that names a task a day does', () => {
    const keyed = deletesReported((day) => ({ task: { id: `t-${day}` }, chain_id: `c-${day}` }));
    const keyless = deletesReported(() => ({}));
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

describe('an agent whose one piece of work never ends', () => {
  it('comes to know what it does every day, within weeks', () => {
    for (const over of [{ task: { id: 'worker' } }, { conversation_id: 'c-1' }]) {
      const told = deletesReported(() => over);
      expect(told.length).toBeGreaterThan(0);
      expect(told.at(-1)?.day).toBeLessThan(15 + 3 * 7);
    }
  });

  it('is told of what is new after its first alarm as ever', () => {
    const world = new ProfileWorld();
    const worker = { task: { id: 'worker' } };
    const told = (day: number, over: Partial<AuditEvent>) => {
      const ordinary = Array.from({ length: 30 }, (_, n) =>
        call(day * DAY_MS + n * MINUTE_MS, worker),
      );
      const late = call(day * DAY_MS + 31 * MINUTE_MS, { ...worker, ...over });
      return world.feed(...ordinary, late).filter(({ rule_id }) => rule_id === 'first-seen');
    };
    for (let day = 0; day < 14; day += 1) told(day, {});
    expect(told(14, deletes)).toHaveLength(1);
    for (let day = 15; day < 45; day += 1) told(day, {});
    // Two strange tools a year are few only where the days since are counted.
    const other = { tool: { name: 'archive_case', server: 'desk' }, effect: 'unknown' } as const;
    expect(told(45, { ...other, capabilities: [] })).toHaveLength(1);
  });
});

describe('what counts once of what recurs', () => {
  it('is a week of a named chain, and a day of one that is not', () => {
    expect(workOf(call(0, { trace_id: 't' }))).toBe('agents-own');
    const turns = (over: Partial<AuditEvent>) =>
      new Set([0, 1, 2, 8].map((day) => turnOf(call(day * DAY_MS, over)))).size;
    expect(turns({ trace_id: 't' })).toBe(2);
    expect(turns({})).toBe(4);
  });
});
