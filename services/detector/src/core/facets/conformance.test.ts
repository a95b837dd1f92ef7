/**
 * What every facet guarantees, whatever it asks: held over all that are registered, so that one that
 * is added is held to it without a line here.
 */

import type { AuditEvent } from '@waywarden/schemas';
import type { MemoryDraft } from '@waywarden/stage';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { event } from '../testing/event-builder.ts';
import { MapDraft } from '../testing/map-draft.ts';
import { BLOCKS_MAX } from '../volume/block-maxima.ts';
import type { Facet } from './facet.ts';
import { FACETS } from './registry.ts';

const START_MS = Date.parse('2026-01-05T09:00:00Z');
const HOUR_MS = 3_600_000;

const effects = ['read', 'send', 'delete', 'pay', 'unknown'] as const;
const sensitivities = ['internal', 'restricted', 'secret', 'unknown'] as const;
const passage = { actions: ['send'], meta: ['override'], tokens: ['eve'], ids: ['id-eve'] };

interface Drawn {
  readonly hours: number;
  readonly effect: number;
  readonly tool: number;
  readonly task: number;
  readonly amount: number;
  readonly bare: boolean;
}

/** A call of one agent with most of the fields that facets read, or with next to none. */
function drawn(n: number, of: Drawn): AuditEvent {
  const time = new Date(START_MS + n * 1000 + of.hours * HOUR_MS).toISOString();
  const base = { event_time: time, observed_time: time };
  if (of.bare) {
    const { tool: _, task: __, ...rest } = event(n, base);
    return rest;
  }
  return event(n, {
    ...base,
    effect: effects[of.effect] ?? 'read',
    tool: { name: `tool-${of.tool}`, server: 'office', action: 'send', object_tokens: ['mail'] },
    task: { id: `task-${of.task}`, workflow: 'work' },
    chain_id: `chain-${of.task}`,
    outcome: of.amount % 7 === 0 ? 'denied' : 'success',
    target: {
      system: 'mail',
      resource_type: `type-${of.tool}`,
      resource_id: `to-${of.amount}`,
      sensitivity: sensitivities[of.effect] ?? 'internal',
    },
    capabilities: [
      { symbol: 'send:external', basis: 'catalogue' },
      { symbol: 'read:personal', basis: 'catalogue' },
    ],
    scopes: ['a', 'b'],
    model: { name: 'm', tokens_in: of.amount * 100, tokens_out: 5 },
    args: {
      hash: `h-${of.amount}`,
      features: { records: of.amount, destination_domain: `d${of.tool}.example` },
      items: [
        {
          path: 'to',
          class: 'atom',
          tokens: ['eve', `t${of.amount}`],
          ids: ['id-eve'],
          id_like: true,
        },
        { path: 'body', class: 'text', tokens: ['mail'] },
      ],
    },
    result: {
      size: of.amount * 1000,
      trust: 'untrusted',
      passages: of.amount % 3 === 0 ? [passage] : [],
      free_text_ids: ['id-eve', `id-${of.amount}`],
      field_ids: [`f-${of.tool}`],
    },
  });
}

const stream = fc
  .array(
    fc.record({
      hours: fc.integer({ min: 0, max: 24 * 12 }),
      effect: fc.integer({ min: 0, max: 4 }),
      tool: fc.integer({ min: 0, max: 3 }),
      task: fc.integer({ min: 0, max: 5 }),
      amount: fc.integer({ min: 1, max: 50 }),
      bare: fc.boolean(),
    }),
    { minLength: 2, maxLength: 40 },
  )
  .map((all) => [...all].sort((a, b) => a.hours - b.hours).map((of, n) => drawn(n, of)));

const RUNS = { seed: 20261126, numRuns: 25 };

type AnyDraft = MapDraft | MemoryDraft;

/** What the facet says of each call, scored and then learnt, as bytes. */
function said(facet: Facet, events: readonly AuditEvent[], draft: AnyDraft = new MapDraft()) {
  return events.map((one) => {
    const text = JSON.stringify(facet.score(draft, one));
    facet.learn(draft, one, false);
    return text;
  });
}

/** The same call with everything that has no order in another one. */
function turned(one: AuditEvent): AuditEvent {
  const { args, result } = one;
  return {
    ...one,
    capabilities: [...one.capabilities].reverse(),
    ...(one.scopes === undefined ? {} : { scopes: [...one.scopes].reverse() }),
    ...(args === undefined
      ? {}
      : {
          args: {
            ...args,
            items: (args.items ?? [])
              .map((item) => ({ ...item, tokens: [...item.tokens].reverse() }))
              .reverse(),
          },
        }),
    ...(result === undefined
      ? {}
      : { result: { ...result, free_text_ids: [...(result.free_text_ids ?? [])].reverse() } }),
  };
}

function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const one of Object.values(value)) freeze(one);
  }
  return value;
}

/** A draft whose values can't be changed in place, and that remembers no identity. */
class StoredDraft extends MapDraft {
  override get<T>(key: string): T | undefined {
    const value = super.get<T>(key);
    return value === undefined ? undefined : freeze(structuredClone(value));
  }
}

describe.each(FACETS.map((facet) => [facet.name, facet] as const))('%s', (_, facet) => {
  it('changes neither the events nor the state that it was given', () => {
    fc.assert(
      fc.property(stream, (events) => {
        said(facet, freeze(structuredClone(events)), new StoredDraft());
      }),
      RUNS,
    );
  });

  it('gives the same bytes for the same input, from state that was stored and read back', () => {
    fc.assert(
      fc.property(stream, (events) => {
        const once = said(facet, events);
        expect(said(facet, structuredClone(events))).toEqual(once);
        expect(said(facet, events, new StoredDraft())).toEqual(once);
      }),
      RUNS,
    );
  });

  it('does not depend on the order of what has none', () => {
    fc.assert(
      fc.property(stream, (events) => {
        const points = (all: readonly AuditEvent[]) => {
          const draft = new MapDraft();
          return all.map((one) => {
            const score = facet.score(draft, one);
            facet.learn(draft, one, false);
            return score === null ? null : [score.points, score.alarm?.dedupeKey ?? null];
          });
        };
        expect(points(events.map(turned))).toEqual(points(events));
      }),
      RUNS,
    );
  });

  it('scores without writing', () => {
    fc.assert(
      fc.property(stream, (events) => {
        const draft = new MapDraft();
        for (const one of events) {
          const before = JSON.stringify([...draft.entries]);
          facet.score(draft, one);
          expect(JSON.stringify([...draft.entries])).toBe(before);
          facet.learn(draft, one, false);
        }
      }),
      RUNS,
    );
  });

  it('takes a call of which next to nothing is told', () => {
    const draft = new MapDraft();
    const { tool: _tool, task: _task, ...rest } = event(1);
    for (const [n, outcome] of (['success', 'unknown', 'denied'] as const).entries()) {
      const bare: AuditEvent = { ...rest, event_id: event(n).event_id, capabilities: [], outcome };
      expect(() => {
        facet.score(draft, bare);
        facet.learn(draft, bare, false);
      }).not.toThrow();
    }
  });

  it('raises nothing on an agent that was never seen', () => {
    const plain = drawn(1, { hours: 3, effect: 2, tool: 1, task: 1, amount: 1, bare: false });
    expect(facet.score(new MapDraft(), plain)?.alarm).toBeUndefined();
  });

  it('learns nothing normal from what was flagged: a hundred calls later it says the same', () => {
    const draft = new MapDraft();
    const settled = Array.from({ length: 400 }, (_, n) =>
      drawn(n, {
        hours: Math.floor(n / 2),
        effect: 0,
        tool: 0,
        task: n % 6,
        amount: 1,
        bare: false,
      }),
    );
    for (const one of settled) facet.learn(draft, one, false);
    // Text that was read is context, whoever read it.
    if (facet.name === 'instruction_match') return;
    const odd = (n: number) =>
      drawn(n, { hours: 210, effect: 2, tool: 3, task: 9 + n, amount: 40, bare: false });
    const first = facet.score(draft, odd(400))?.alarm?.ruleId;
    for (let n = 401; n < 500; n += 1) facet.learn(draft, odd(n), true);
    const later = facet.score(draft, odd(500));
    if (first !== undefined) expect(later?.alarm?.ruleId).toBe(first);
  });

  it('keeps a bounded state of an agent whose work repeats, however long it works', () => {
    const draft = new MapDraft();
    const size = () => JSON.stringify([...draft.entries]).length;
    const days = (from: number, to: number) => {
      for (let day = from; day < to; day += 1) {
        for (let n = 0; n < 12; n += 1) {
          const of = { hours: day * 24 + n, effect: 0, tool: n % 3, task: day % 6, amount: n + 1 };
          const one = drawn(day * 12 + n, { ...of, bare: false });
          facet.score(draft, one);
          facet.learn(draft, one, false);
        }
      }
    };
    days(0, 2 * BLOCKS_MAX);
    const before = size();
    days(2 * BLOCKS_MAX, 6 * BLOCKS_MAX);
    // Counts may gain a digit.
    expect(size()).toBeLessThan(before * 1.1 + 64);
  });
});
