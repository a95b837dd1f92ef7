/** The same events otherwise: with what has no order in another one, and with less told of them. Test code. */
import type { AuditEvent } from '@waywarden/schemas';
import { seeded } from './seeded.ts';

/** Lists whose order says something. */
const ORDERED: ReadonlySet<string> = new Set(['chain']);

/** All lists of it backwards that have no order. */
export function backwards(value: unknown, name: string): unknown {
  if (Array.isArray(value)) {
    const all: readonly unknown[] = value.map((one) => backwards(one, name));
    return ORDERED.has(name) ? all : [...all].reverse();
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, backwards(one, key)]));
}

export function turned(event: AuditEvent): AuditEvent {
  return backwards(event, '') as AuditEvent;
}

/** What an event must tell, by the object in which it stands. */
const NEEDED: Readonly<Record<string, readonly string[]>> = {
  '': [
    ...[
      'schema_version',
      'event_id',
      'event_time',
      'event_time_quality',
      'observed_time',
      'source',
    ],
    ...['tenant_id', 'activity', 'phase', 'effect', 'agent', 'claims', 'chain_id', 'capabilities'],
    ...['fp_version', 'key_id', 'outcome'],
  ],
  source: ['kind', 'instance'],
  agent: ['uid', 'assurance'],
  principal: ['uid'],
  tool: ['name'],
  approval: ['mode'],
  purpose: ['terms', 'tokens', 'values', 'delegates'],
};
/** Objects of which all is needed or free. */
const WHOLE: ReadonlySet<string> = new Set(['claims', 'features', 'labels']);

function without(random: () => number, value: object, name: string): object {
  const needed = NEEDED[name] ?? [];
  const retained = Object.entries(value)
    .filter(([key]) => needed.includes(key) || random() < 0.6)
    .map(([key, one]) => {
      const isPart = typeof one === 'object' && one !== null && !Array.isArray(one);
      return [key, isPart && !WHOLE.has(key) ? without(random, one, key) : one];
    });
  return Object.fromEntries(retained);
}

/** Each event with less of what it may leave out; some of them of an activity that nobody knows. */
export function pruned(events: readonly AuditEvent[]): readonly AuditEvent[] {
  const random = seeded(7);
  return events.map((one) => {
    const less = without(random, one, '') as AuditEvent;
    return random() < 0.05 ? { ...less, activity: 'unheard_of' } : less;
  });
}
