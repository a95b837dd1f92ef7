/** What is guaranteed of a task's lease: the first deadline and a proven end stand, whatever later calls say. */
import type { AuditEvent } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { event } from '../testing/event-builder.ts';
import { ProfileWorld } from '../testing/profile-world.ts';

const at = (time: string, day = '05') => {
  const whole = `2026-01-${day}T${time}:00.000000000Z`;
  return { event_time: whole, observed_time: whole };
};
const until = (time: string, day = '05') => ({
  task: { id: 'task-1', deadline: `2026-01-${day}T${time}:00Z` },
});
const ends = { activity: 'task_end' } as const;
const asserted = { claims: { ...event(0).claims, task: 'asserted' as const } };

function told(...calls: readonly Partial<AuditEvent>[]) {
  const world = new ProfileWorld({
    version: 1,
    agents: [{ uid: 'reporter', class: 'scheduled_job' }],
  });
  return world
    .feed(...calls.map((over, n) => event(n, over)))
    .filter((alert) => alert.kind === 'task_overrun');
}

describe('a task that acts on', () => {
  it.each<[string, Partial<AuditEvent>[]]>([
    ['with its deadline stated anew', [at('09:00'), { ...at('09:50'), ...until('10:20') }]],
    ['with its deadline left out', [at('09:00'), at('09:50')]],
    ['with a deadline stated anew in time', [{ ...at('09:20'), ...until('10:20') }, at('09:50')]],
  ])('after its first deadline is told: %s', (_, calls) => {
    const [alert, ...more] = told({ ...at('08:59'), ...until('09:30') }, ...calls);
    expect(more).toEqual([]);
    expect(alert).toMatchObject({ rule_id: 'task-overrun', severity: 'medium' });
    expect(alert?.confidence_basis).toBe('rule');
    expect(alert?.reasons[0]).not.toHaveProperty('threshold_source');
    expect(alert?.title).toBe(
      'reporter still acts 20 min after its task’s deadline'.replace('’', "'"),
    );
  });

  it('after it was said to have ended is told, and within the grace it is not', () => {
    const [alert, ...more] = told(
      at('09:00'),
      { ...at('09:30'), ...ends },
      at('09:31'),
      at('09:40'),
    );
    expect(more).toEqual([]);
    expect(alert?.title).toContain("10 min after its task's end");
    expect(told(at('09:00'), { ...at('09:30'), ...ends, ...asserted }, at('09:40'))).toEqual([]);
  });

  it('is in order where its name serves again', () => {
    const first = { ...at('01:00'), ...until('01:30') };
    expect(told(first, { ...at('01:00', '06'), ...until('01:30', '06') })).toEqual([]);
    const begins = { ...at('01:40'), activity: 'task_start', ...until('02:30') } as const;
    expect(told(first, begins, at('01:50'))).toEqual([]);
  });

  it('does not begin anew once it has overrun', () => {
    const late = { ...at('10:00'), ...until('09:30') };
    const [alert] = told(late, { ...at('20:00'), ...until('23:00') }, at('20:10'));
    expect(alert?.count).toBe(1);
    const all = told(late, { ...at('20:00'), ...until('23:00') });
    expect(all.at(-1)?.count).toBe(2);
  });

  it('a deadline that is only asserted gives way to one that is proven', () => {
    const early = { ...at('08:50'), ...until('09:00'), ...asserted };
    expect(told(early, { ...at('09:10'), ...until('09:30') })).toEqual([]);
  });

  it('is told apart for eight tasks a day, and further ones share an alert', () => {
    const calls = Array.from({ length: 100 }, (_, n) => ({
      ...at('10:00'),
      task: { id: `task-${n % 50}`, deadline: '2026-01-05T09:00:00Z' },
    }));
    expect(new Set(told(...calls).map((alert) => alert.alert_id)).size).toBe(9);
  });
});
