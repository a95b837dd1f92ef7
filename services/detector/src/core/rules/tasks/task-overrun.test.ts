/** What is guaranteed of a task's lease: the first deadline and a proven end stand, whatever later calls say. */
import type { AuditEvent } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { event } from '../../testing/event-builder.ts';
import { ProfileWorld } from '../../testing/profile-world.ts';

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
  it.each<[AuditEvent['outcome'], string, string]>([
    ['success', 'high', 'reporter deleted something'],
    ['tool_error', 'medium', 'reporter tried to delete something'],
    ['protocol_error', 'medium', 'reporter tried to delete something'],
  ])('is told by what it did, or tried: %s', (outcome, severity, said) => {
    const deletes = { ...at('09:50'), effect: 'delete' as const, outcome };
    const [alert] = told({ ...at('08:59'), ...until('09:30') }, deletes);
    expect(alert?.severity).toBe(severity);
    expect(alert?.summary).toContain(said);
  });

  it.each<[string, Partial<AuditEvent>[]]>([
    ['with its deadline stated anew', [{ ...at('09:32'), ...until('10:20') }, at('09:50')]],
    ['with its deadline left out', [at('09:00'), at('09:50')]],
    ['with a deadline stated anew in time', [{ ...at('09:20'), ...until('10:20') }, at('09:50')]],
  ])('after its first deadline is told: %s', (_, calls) => {
    const [alert, ...more] = told({ ...at('08:59'), ...until('09:30') }, ...calls);
    expect(more).toEqual([]);
    expect(alert).toMatchObject({ rule_id: 'task-overrun', severity: 'medium' });
    expect(alert?.confidence_basis).toBe('rule');
    expect(alert?.reasons[0]).not.toHaveProperty('threshold_source');
    expect(alert?.title).toBe("reporter still acts 20 min after its task's deadline");
  });

  it('is told anew when it is twice as late, or so often, as was told, and each day that it goes on', () => {
    const calls = ['09:40', '09:44', '09:46', '09:55', '10:29', '10:30'].map((time) => at(time));
    const days = [at('09:40', '06'), at('09:50', '06'), at('09:40', '07'), at('09:40', '08')];
    const alerts = told({ ...at('08:59'), ...until('09:30') }, ...calls, ...days);
    expect(new Set(alerts.map((alert) => alert.alert_id)).size).toBe(1);
    const minutes = alerts.map(({ title }) => Number(/\d+/.exec(title)?.[0]));
    expect([...new Set(minutes)]).toEqual([10, 14, 25, 59, 1450, 2890, 4330]);
  });

  it('has the latest task as subject where more overrun in a day than are told apart', () => {
    const late = Array.from({ length: 10 }, (_, n) => {
      const task = { id: `task-${n}`, deadline: '2026-01-05T09:00:00Z' };
      const changes = { effect: 'update' as const, chain_id: `chain-${n}`, task };
      return [
        { ...at('08:59'), ...changes },
        { ...at(`09:${20 + n}`), ...changes },
      ];
    });
    const alerts = told(...late.flat());
    const [ninth, tenth] = alerts.slice(-2);
    expect(new Set(alerts.map(({ alert_id: id }) => id)).size).toBe(9);
    expect(tenth).toMatchObject({ alert_id: ninth?.alert_id, subject: { task_id: 'task-9' } });
    expect(tenth?.title).toContain('still acts 29 min');
    expect(tenth?.summary).toContain('29 min after');
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

  it('after it was said to have ended names what would have told of work taken up again, which is in order', () => {
    const ended = [at('09:00'), { ...at('09:30'), ...ends }];
    const [alert] = told(...ended, at('11:30'));
    expect(alert?.summary).toContain(
      'begins with a proven task_start, and none came before its first call',
    );
    expect(alert?.not_visible).toEqual([expect.stringContaining('taken up again on purpose')]);
    const begins = { ...at('11:29'), activity: 'task_start' } as const;
    expect(told(...ended, begins, at('11:30'))).toEqual([]);
    const [late] = told({ ...at('09:00'), ...until('09:30') }, at('11:30'));
    expect(late?.summary).not.toContain('task_start');
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

  it('is in order where hourly work states and keeps a deadline each time, and not where one was overrun', () => {
    const run = (hour: string) => [
      { ...at(`${hour}:00`), ...until(`${hour}:20`) },
      { ...at(`${hour}:15`), ...until(`${hour}:20`) },
    ];
    const hours = ['08', '09', '10', '11'];
    expect(told(...hours.flatMap(run))).toEqual([]);
    const late = [...run('08'), at('08:30'), ...run('09')];
    expect(told(...late).at(-1)?.count).toBe(2);
    const stated = { ...at('09:00'), ...until('09:20'), ...asserted };
    expect(told(...run('08'), stated, at('09:15')).at(-1)?.severity).toBe('medium');
  });

  it.each<[string, string, string, number]>([
    ['longer than before, after a short rest', '09:42', '11:00', 1],
    ['longer than before, after half an hour', '10:00', '11:05', 1],
    ['about as long as before', '09:42', '10:40', 0],
    ['no longer than the rest before it', '10:35', '11:38', 0],
  ])('that states a later deadline after its own is told where it is %s', (_, begins, ends, n) => {
    const more = { ...at(begins), ...until(ends) };
    const alerts = told({ ...at('09:00'), ...until('09:30') }, more, { ...more, ...at(ends) });
    expect(new Set(alerts.map((one) => one.alert_id)).size).toBe(n);
    for (const { reasons } of alerts) {
      expect(reasons[0]?.expected).toBe('no call after its first deadline');
    }
  });

  it('does not make itself a rest by a deadline in the past', () => {
    const first = { ...at('09:00'), ...until('09:30') };
    const denied = { ...at('09:10'), ...until('01:00'), outcome: 'denied' } as const;
    const more = [{ ...at('09:11'), ...until('20:00') }, at('10:00')];
    expect(told(first, denied, ...more)).toHaveLength(1);
    const late = { ...denied, ...at('09:50'), ...until('01:00') };
    expect(told(first, late, { ...at('09:51'), ...until('20:00') })).toHaveLength(1);
  });

  it('is in order where runs of one name vary in length, and a longer one comes after a night', () => {
    const run = (begins: string, ends: string, day = '05') => [
      { ...at(begins, day), ...until(ends, day) },
      { ...at(ends, day), ...until(ends, day) },
    ];
    const runs = [
      ...run('08:03', '08:40'),
      ...run('09:00', '09:49'),
      ...run('10:06', '10:31'),
      ...run('11:01', '11:50'),
      ...run('01:00', '04:00', '06'),
      ...run('04:15', '07:15', '06'),
    ];
    expect(told(...runs)).toEqual([]);
  });

  it('does not begin anew by a task_start that neither follows an end nor states a later deadline', () => {
    const first = { ...at('08:00'), ...until('08:30') };
    const start = { ...at('09:59'), activity: 'task_start' } as const;
    expect(told(first, start, at('10:00'))).toHaveLength(1);
    expect(told(first, { ...start, ...until('08:20') }, at('10:00'))).toHaveLength(1);
    expect(told(first, { ...at('09:58'), ...ends }, start, at('10:00'))).toHaveLength(1);
    const ended = { ...at('08:25'), ...ends };
    expect(told(first, ended, start, at('10:00'))).toEqual([]);
    expect(told(at('08:00'), start, at('10:00'))).toEqual([]);
    const named = { ...first, ...asserted };
    expect(told(named, start, at('10:00'))).toEqual([]);
  });

  it('begins anew after an overrun by a task_start with a later deadline, six hours after the end', () => {
    const overrun = [{ ...at('08:00'), ...until('08:30') }, at('08:40')];
    const start = { activity: 'task_start', ...until('23:00') } as const;
    expect(told(...overrun, { ...at('14:00'), ...start }, at('14:01')).at(-1)?.count).toBe(2);
    expect(told(...overrun, { ...at('14:31'), ...start }, at('14:32')).at(-1)?.count).toBe(1);
  });

  it('is told behind any number of asserted tasks, and of tasks of its own that end later', () => {
    const first = { ...at('08:00'), ...until('08:30') };
    const other = (n: number) => ({
      ...at('08:10'),
      task: { id: `other-${n}`, deadline: '2026-01-05T17:00:00Z' },
    });
    const flood = Array.from({ length: 200 }, (_, n) => other(n));
    expect(told(first, ...flood, at('09:50'))).toHaveLength(1);
    const forged = flood.map((one) => ({ ...one, ...asserted, ...at('08:45') }));
    expect(told(first, ...forged, at('09:50'))).toHaveLength(1);
  });

  it('leaves room for the tasks of today: those that are over and were kept are forgotten first', () => {
    const past = Array.from({ length: 200 }, (_, n) => ({
      ...at('08:00'),
      task: { id: `past-${n}`, deadline: '2026-01-05T08:10:00Z' },
    }));
    expect(told(...past, { ...at('09:00'), ...until('09:30') }, at('09:50'))).toHaveLength(1);
  });

  it('after a proven end is told as that, whatever earlier deadline is asserted of it', () => {
    const forged = { ...at('09:31'), ...until('09:00'), ...asserted };
    const [alert] = told(at('09:00'), { ...at('09:30'), ...ends }, forged, at('09:40'));
    expect(
      told(at('09:00'), { ...at('09:30'), ...ends }, forged, at('09:40')).at(-1),
    ).toMatchObject({ severity: 'medium' });
    expect(alert).toBeDefined();
  });

  it('after a deadline that was only asserted has not overrun a proven one', () => {
    const forged = { ...at('08:00'), ...until('08:10'), ...asserted };
    const calls = [
      at('08:30'),
      { ...at('08:40'), ...until('09:30') },
      { ...at('09:50'), ...until('10:30') },
    ];
    expect(told(forged, ...calls).filter(({ severity }) => severity !== 'low')).toEqual([]);
  });
});
