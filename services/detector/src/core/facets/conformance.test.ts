/**
 * What facets guarantee beside what every feature does (`../features.test.ts`): scoring apart from learning, and that
 * nothing flagged becomes normal. Held over all that are registered.
 */
import type { AuditEvent } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { event } from '../testing/event-builder.ts';
import { livedEvents } from '../testing/lived-world.ts';
import { MapDraft } from '../testing/map-draft.ts';
import { FACETS } from './registry.ts';

const START_MS = Date.parse('2026-01-05T09:00:00Z');
const HOUR_MS = 3_600_000;
const LIFE = livedEvents(7);

/** A quiet call of one agent, or one in which all is otherwise. */
function call(n: number, hours: number, isOdd: boolean): AuditEvent {
  const time = new Date(START_MS + n * 1000 + hours * HOUR_MS).toISOString();
  const kind = isOdd ? 'odd' : 'usual';
  return event(n, {
    event_time: time,
    observed_time: time,
    effect: isOdd ? 'delete' : 'read',
    tool: { name: `${kind}-tool`, server: 'office' },
    task: { id: isOdd ? `odd-${n}` : `task-${n % 6}` },
    outcome: isOdd ? 'denied' : 'success',
    target: {
      system: 'mail',
      resource_type: kind,
      environment: isOdd ? 'production' : 'staging',
      sensitivity: isOdd ? 'secret' : 'internal',
    },
    model: { name: 'm', tokens_in: isOdd ? 400_000 : 100 },
    args: { features: { records: isOdd ? 40_000 : 1, destination_domain: `${kind}.example` } },
    result: { size: isOdd ? 40_000_000 : 1000 },
  });
}

/** Remembers what was written to it. */
class WatchedDraft extends MapDraft {
  readonly written: string[] = [];

  override put(key: string, value: unknown): void {
    this.written.push(key);
    super.put(key, value);
  }

  override delete(key: string): void {
    this.written.push(key);
    super.delete(key);
  }
}

describe.each(FACETS.map((facet) => [facet.name, facet] as const))('%s', (_, facet) => {
  it('scores without writing', () => {
    const draft = new WatchedDraft();
    for (const one of LIFE) {
      facet.score(draft, one);
      expect(draft.written).toEqual([]);
      facet.learn(draft, one, false);
      draft.written.length = 0;
    }
  });

  it('learns nothing normal from what was flagged: a hundred calls later it says the same', () => {
    const draft = new MapDraft();
    for (let n = 0; n < 400; n += 1) facet.learn(draft, call(n, Math.floor(n / 2), false), false);
    // Text that was read is context, whoever read it.
    if (facet.name === 'instruction_match') return;
    const odd = (n: number) => call(n, 210, true);
    const first = facet.score(draft, odd(400))?.alarm?.ruleId;
    for (let n = 401; n < 500; n += 1) facet.learn(draft, odd(n), true);
    if (first !== undefined) expect(facet.score(draft, odd(500))?.alarm?.ruleId).toBe(first);
  });
});
