/** What an alert says of how sure it is, against what and since when: filled wherever it is known. */
import { type Alert, type AuditEvent, policySchema, registrySchema } from '@waywarden/schemas';
import { expect, it } from 'vitest';
import { event } from '../testing/event-builder.ts';
import { MemoryPipeline } from '../testing/memory-pipeline.ts';

const START_MS = Date.parse('2026-01-05T09:00:00Z');
const MINUTE = 60_000;
const DAY = 1440 * MINUTE;
const registry = registrySchema.parse({
  version: 1,
  agents: [{ uid: 'bot', class: 'autonomous' }],
  decoys: [{ tool: { server: 'vault', name: 'export_all' } }],
});

let count = 0;
function call(ms: number, over: Partial<AuditEvent> = {}): AuditEvent {
  count += 1;
  const time = new Date(START_MS + ms).toISOString();
  const agent = { uid: 'bot', assurance: 'authenticated' as const };
  const task = { id: `task-${Math.floor(ms / (10 * MINUTE))}` };
  return event(count, { event_time: time, observed_time: time, agent, task, ...over });
}

/** Three weeks of eight hours with a call every ten minutes, and then these. */
function alertsAfter(...events: readonly AuditEvent[]): readonly Alert[] {
  const days = Array.from({ length: 21 }, (_, day) => day);
  const usual = days.flatMap((day) =>
    Array.from({ length: 48 }, (_, n) => call(day * DAY + n * 10 * MINUTE)),
  );
  const pipeline = new MemoryPipeline(policySchema.parse({ version: 1 }), registry);
  return pipeline.sendAll([...usual, ...events]).alerts;
}
const of = (alerts: readonly Alert[], rule: string) => alerts.find((one) => one.rule_id === rule);

it('of something new: its own history, since when, over how many calls, and how probable', () => {
  const drop = { tool: { name: 'drop_db', server: 'db' }, effect: 'delete' as const };
  const alert = of(alertsAfter(call(21 * DAY, drop)), 'first-seen');
  expect(alert?.baseline).toEqual({
    ...{ version: '2026-01-26', level: 'agent', since: '2026-01-05T00:00:00Z', n: 1008 },
  });
  expect(alert?.reasons[0]).toMatchObject({ baseline_n: 1008, level: 'agent' });
  expect(alert?.confidence).toBeGreaterThan(0.3);
  expect(alert?.confidence_basis).toBe('p_value');
});

it('of more than ever: over how many days, and rather so than not', () => {
  const burst = Array.from({ length: 400 }, (_, n) => call(21 * DAY + n * 1000));
  // One burst is one alert, by the rule that tells of it first.
  const [alert] = alertsAfter(...burst);
  expect(alert?.baseline).toMatchObject({ level: 'agent', version: '2026-01-26', n: 21 });
  expect(alert?.confidence).toBeGreaterThan(0.5);
  expect(alert?.confidence).toBeLessThanOrEqual(1);
});

it('of a rule: what was declared, and no probability that nobody measured', () => {
  const touch = call(21 * DAY, { tool: { name: 'export_all', server: 'vault' } });
  const alert = of(alertsAfter(touch), 'decoy-touched');
  expect(alert?.reasons[0]).toMatchObject({ level: 'declared', threshold_source: 'operator' });
  expect(alert).toMatchObject({ confidence: null, confidence_basis: 'rule' });
});
