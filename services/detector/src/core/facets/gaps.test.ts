/** Gaps between calls: rare ones rank high at both ends, and clocks that can't be believed say nothing. */
import { type AuditEvent, shiftTime } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { event } from '../testing/event-builder.ts';
import { MapDraft } from '../testing/map-draft.ts';
import { gaps } from './gaps.ts';
import { habitOf } from './habits.ts';

const START = '2026-01-05T09:00:00.000000000Z';
const HOUR_MS = 3_600_000;

class Agent {
  readonly draft = new MapDraft();
  #n = 0;
  #ms = 0;
  #task = 0;

  call(afterMs: number, over: Partial<AuditEvent> = {}): AuditEvent {
    this.#n += 1;
    this.#ms += afterMs;
    const time = shiftTime(START, this.#ms);
    const task = { id: `task-${this.#task}` };
    return event(this.#n, { event_time: time, observed_time: time, task, ...over });
  }

  newTask(): void {
    this.#task += 1;
  }

  said(call: AuditEvent, flagged = false) {
    const score = gaps.score(this.draft, call);
    gaps.learn(this.draft, call, flagged);
    return score;
  }

  points(afterMs: number, over: Partial<AuditEvent> = {}, flagged = false): number | undefined {
    return this.said(this.call(afterMs, over), flagged)?.points;
  }
}

/** Tasks of four calls, some seconds apart, an hour between them. */
function worked(tasks: number): Agent {
  const agent = new Agent();
  for (let n = 0; n < tasks; n += 1) {
    agent.newTask();
    agent.points(HOUR_MS * (1 + (n % 3) / 4));
    for (const seconds of [4, 6, 9]) agent.points(seconds * 1000 + n * 10);
  }
  return agent;
}

describe('a gap', () => {
  it('within a task ranks high where it is far shorter or longer than ever', () => {
    const usual = worked(40).points(5000) ?? Number.NaN;
    expect(usual).toBeLessThan(1);
    expect(worked(40).points(50)).toBeGreaterThan(usual + 4);
    expect(worked(40).points(30 * HOUR_MS)).toBeGreaterThan(usual + 4);
  });

  it('before a task is held against those before tasks', () => {
    const [usual, soon] = [worked(40), worked(40)];
    usual.newTask();
    soon.newTask();
    expect(usual.points(1.3 * HOUR_MS)).toBeLessThan(1);
    expect(soon.points(5000)).toBeGreaterThan(4);
  });

  it('says how probable it is and alarms never', () => {
    const agent = worked(40);
    const score = agent.said(agent.call(30 * HOUR_MS));
    expect(score?.alarm).toBeUndefined();
    const [reason] = score?.reasons ?? [];
    expect(reason).toMatchObject({ feature: 'gaps', observed: '30 h', level: 'agent' });
    expect(reason?.p_value).toBeCloseTo(2 ** -(score?.points ?? 0), 4);
  });

  it('of few says nothing', () => {
    expect(worked(9).points(50)).toBeUndefined();
    expect(worked(12).points(50)).toBeGreaterThan(4);
  });

  it('that was flagged does not become usual, and the next is counted from its call', () => {
    const agent = worked(40);
    const kept = () => habitOf(agent.draft, agent.call(0), 'gapsWithin');
    const before = kept();
    for (let n = 0; n < 60; n += 1) agent.points(30 * HOUR_MS, {}, true);
    expect(kept()).toBe(before);
    expect(agent.points(5000)).toBeLessThan(1);
  });
});

describe('a clock', () => {
  it('that is not believed, or goes back, is not asked and teaches nothing', () => {
    const agent = worked(40);
    const before = JSON.stringify([...agent.draft.entries]);
    expect(agent.points(5000, { event_time_quality: 'synthetic' })).toBeUndefined();
    expect(JSON.stringify([...agent.draft.entries])).toBe(before);
    expect(agent.points(-HOUR_MS)).toBeUndefined();
    // Counted from the latest call, not from the one that came late.
    expect(agent.points(HOUR_MS)).toBeLessThan(1);
  });

  it('ahead of the one at which it was seen does not silence what follows', () => {
    const agent = worked(40);
    const ahead = agent.call(5000);
    agent.said({ ...ahead, event_time: shiftTime(ahead.event_time, 1000 * HOUR_MS) });
    expect(agent.points(10 * 60_000)).toBeGreaterThan(4);
  });
});

it('what is kept stays small however long it works', () => {
  const agent = worked(2000);
  for (const [, value] of agent.draft.entries) {
    expect(JSON.stringify(value).length).toBeLessThan(16 * 13 + 3);
  }
});
