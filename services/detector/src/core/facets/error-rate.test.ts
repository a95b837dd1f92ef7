/** Many calls that fail are told of an agent whose calls hardly ever do; a few, and what fails as ever, are not. */
import { type AuditEvent, shiftTime } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { event } from '../testing/event-builder.ts';
import { ProfileWorld } from '../testing/profile-world.ts';

const START = '2026-01-05T09:00:00.000000000Z';
const DAY_MS = 86_400_000;

let id = 0;
function calls(day: number, count: number, over: (n: number) => Partial<AuditEvent> = () => ({})) {
  return Array.from({ length: count }, (_, n) => {
    id += 1;
    const time = shiftTime(START, day * DAY_MS + n * 4000);
    const task = { id: `task-${day}-${Math.floor(n / 8)}` };
    const base = { event_time: time, observed_time: time, task, chain_id: task.id };
    return event(id, { ...base, ...over(n) });
  });
}

const failing = (every: number) => (n: number) =>
  n % every === 0 ? { outcome: 'tool_error' as const } : {};

function told(before: (n: number) => Partial<AuditEvent>, now: readonly AuditEvent[]) {
  const world = new ProfileWorld();
  for (let day = 0; day < 15; day += 1) world.feed(...calls(day, 20, before));
  return world
    .feed(...now)
    .filter(({ reasons }) => reasons.some(({ feature }) => feature === 'error_rate'));
}

describe('calls that fail', () => {
  it('by the hundred, at the usual pace, are one alert of an agent that never failed', () => {
    const alerts = told(() => ({}), calls(15, 100, failing(1)));
    expect(new Set(alerts.map(({ alert_id }) => alert_id)).size).toBe(1);
    expect(alerts[0]).toMatchObject({ rule_id: 'error-rate', severity: 'low' });
    expect(alerts[0]?.title).toContain('31 failed calls within ten minutes');
  });

  it('are nothing while few, as often as ever, denied or cancelled', () => {
    expect(told(() => ({}), calls(15, 25, failing(1)))).toEqual([]);
    expect(told(failing(1), calls(15, 28, failing(1)))).toEqual([]);
    const stopped = (n: number) => ({ outcome: n % 2 === 0 ? 'denied' : 'cancelled' }) as const;
    expect(told(() => ({}), calls(15, 90, stopped))).toEqual([]);
  });
});
