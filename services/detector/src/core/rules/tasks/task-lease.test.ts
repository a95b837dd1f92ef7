/** What is guaranteed of names of tasks that serve again: which calls are told once one was late, and which are not. */
import { type AuditEvent, epochMs, formatLogTime } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { controlled, QUESTIONS, seen } from '../../testing/asked-features.ts';
import { event } from '../../testing/event-builder.ts';
import { seeded } from '../../testing/seeded.ts';

const RULE = QUESTIONS.find(({ name }) => name === 'task-overrun');

const at = (time: string, day = '05') => ({ event_time: `2026-01-${day}T${time}:00.000000000Z` });
const until = (time: string) => ({
  task: { id: 'task-1', deadline: `2026-01-05T${time}:00Z` },
});
const ends = { activity: 'task_end' } as const;

/** How many of these calls are told. */
function told(...calls: readonly Partial<AuditEvent>[]): number {
  if (RULE === undefined) throw new Error('the rule is a feature');
  const transaction = controlled();
  return calls.flatMap((over, n) => seen(RULE, transaction, event(n, over))).length;
}

const MINUTE_MS = 60_000;
const DAYS = 14;

/** Runs of a job whose starts and leases vary, with three calls each; every so many are late by five minutes. */
function jobOf(random: () => number, periodMin: number, leaseMin: number, lateEvery: number) {
  const start = epochMs(event(0).event_time);
  const timeOf = (min: number) => formatLogTime({ ms: Math.round(start + min * MINUTE_MS), ns: 0 });
  return Array.from({ length: (DAYS * 1440) / periodMin }, (_, n) => {
    const begins = n * periodMin + 3 * random();
    const lease = leaseMin * (2 / 3 + (2 / 3) * random());
    const isLate = n % lateEvery === lateEvery - 1;
    const stops = begins + (isLate ? lease + 5 : lease * random());
    const task = { id: 'task-1', deadline: timeOf(begins + lease) };
    const mids = [begins, (begins + stops) / 2, stops];
    return mids.map((min) => ({ event_time: timeOf(min), task }));
  }).flat();
}

describe.each<[string, number, number]>([
  ['every hour, a third of it', 60, 20],
  ['every hour, half of it', 60, 30],
  ['every six hours', 360, 200],
  ['every night', 1440, 300],
])('work of leases that vary by a third each way: %s', (_, period, lease) => {
  it('is quiet while it keeps them, and told of each run that does not', () => {
    const jobs = [1, 2, 3, 4, 5].map((seed) => seeded(seed));
    for (const random of jobs) expect(told(...jobOf(random, period, lease, Infinity))).toBe(0);
    for (const random of jobs) {
      const calls = jobOf(random, period, lease, 7);
      expect(told(...calls)).toBe(Math.floor(calls.length / 3 / 7));
    }
  });
});

describe('a name that recurs', () => {
  const run = (begins: string, ends: string) => [
    { ...at(begins), ...until(ends) },
    { ...at(ends), ...until(ends) },
  ];
  const hours = (...of: string[]) => of.flatMap((hour) => run(`${hour}:00`, `${hour}:20`));

  it('is told of the run that was late, and again of the next that is', () => {
    const late = [...hours('06', '07'), at('07:25'), at('07:50')];
    expect(told(...late, ...hours('08', '09', '10'))).toBe(2);
    expect(told(...late, ...hours('08', '09'), at('09:30'), ...hours('10'))).toBe(3);
  });

  it('is told of a run that begins within ten minutes of the last late call, and not of the one after', () => {
    const late = [...hours('06', '07'), at('07:55')];
    expect(told(...late, ...hours('08'))).toBe(3);
    expect(told(...late, ...hours('08', '09', '10'))).toBe(3);
  });

  it('is told of a longer run, until the deadline that it states, and not of the next as long', () => {
    const [begins, stops] = run('07:35', '08:40');
    const longer = [...hours('06', '07'), begins ?? {}, at('08:15'), stops ?? {}];
    expect(told(...longer, ...run('09:00', '10:05'))).toBe(3);
    const late = [...hours('06', '07'), at('07:25'), ...run('07:40', '09:00')];
    expect(told(...late)).toBe(3);
  });

  it('is told of the first run after one that was late in its first, and of no further', () => {
    const late = [...hours('06'), at('06:30')];
    const twice = { ...at('07:12'), ...until('07:20') };
    expect(told(...late, ...hours('07'), twice)).toBe(4);
    expect(told(...late, ...hours('07'), twice, ...hours('08', '09'))).toBe(4);
    const stopped = hours('07').map((one) => ({ ...one, outcome: 'denied' as const }));
    expect(told(...late, ...stopped, ...hours('08'))).toBe(3);
  });

  it('is told once of nightly work without deadlines that acted after an end', () => {
    const night = (day: string) => [at('01:00', day), { ...at('01:30', day), ...ends }];
    const calls = [...night('05'), ...night('06'), at('01:40', '06')];
    expect(told(...calls, ...night('07'), ...night('08'))).toBe(1);
  });
});
