/** What reasons of too much state as probability: none that is not known, and none that first days can't tell. */
import type { AuditEvent } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { declare } from '../profile/declarations.ts';
import { event } from '../testing/event-builder.ts';
import { MapDraft } from '../testing/map-draft.ts';
import { callRate } from './call-rate.ts';
import type { Facet } from './facet.ts';
import { taskLength } from './task-length.ts';

const START_MS = Date.parse('2026-01-05T09:00:00Z');
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

class Agent {
  readonly draft = new MapDraft();
  readonly #facet: Facet;
  #events = 0;

  constructor(facet: Facet) {
    this.#facet = facet;
  }

  at(ms: number, over: Partial<AuditEvent> = {}): AuditEvent {
    const time = new Date(START_MS + ms).toISOString();
    this.#events += 1;
    return event(this.#events, { event_time: time, observed_time: time, ...over });
  }

  /** Calls of one task within a minute; what the last of them is told as. */
  burst(ms: number, calls: number) {
    const all = Array.from({ length: calls }, (_, n) =>
      this.at(ms + n * 10, { task: { id: `task-${ms}` } }),
    );
    const scores = all.map((one) => {
      const score = this.#facet.score(this.draft, one);
      const said = { alarm: score?.alarm, reason: score?.reasons[0] };
      this.#facet.learn(this.draft, one, score?.alarm !== undefined);
      return said;
    });
    return scores.at(-1);
  }
}

describe('of first days', () => {
  it('a window that lies above all is one of all of them, not what a model of chance makes of it', () => {
    const agent = new Agent(callRate);
    for (let n = 0; n < 40; n += 1) agent.burst(n * 5 * MINUTE_MS, 2);
    const burst = agent.burst(41 * 5 * MINUTE_MS, 200);
    expect(burst?.alarm).toBeDefined();
    expect(burst?.reason?.p_value).toBeCloseTo(2 / 200 / 41, 5);
  });
});

describe('after a declared change', () => {
  it.each([callRate, taskLength])('nothing is stated of what alarmed before: %o', (facet) => {
    const agent = new Agent(facet);
    for (let day = 0; day < 10; day += 1) agent.burst(day * DAY_MS, 3);
    const before = agent.burst(10 * DAY_MS, 200);
    expect(before?.alarm).toBeDefined();
    expect(before?.reason?.p_value).toBeLessThan(0.001);

    const target = { resource_id: 'model/other' };
    const of = { target, principal: { uid: 'release-office' } };
    declare(agent.draft, agent.at(11 * DAY_MS, of));
    const after = agent.burst(11 * DAY_MS + MINUTE_MS, 400);
    expect(after?.alarm).toBeDefined();
    expect(after?.reason?.p_value).toBeUndefined();
  });
});
