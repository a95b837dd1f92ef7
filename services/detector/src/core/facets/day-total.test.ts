/** Who stays below the floors of the windows of minutes all day is told on the first day; usual days never are. */
import { type Alert, type AuditEvent, shiftTime } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { declare } from '../profile/declarations.ts';
import { event } from '../testing/event-builder.ts';
import { MapDraft } from '../testing/map-draft.ts';
import { ProfileWorld } from '../testing/profile-world.ts';
import { dayTotal } from './day-total.ts';

const START = '2026-01-05T00:00:00.000000000Z';
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

let id = 0;
function call(day: number, minute: number, over: Partial<AuditEvent> = {}): AuditEvent {
  id += 1;
  const time = shiftTime(START, day * DAY_MS + minute * MINUTE_MS);
  const task = { id: `task-${day}-${Math.floor(minute / 2)}` };
  return event(id, {
    ...{ event_time: time, observed_time: time, task, chain_id: task.id },
    args: { features: { records: 2 } },
    result: { size: 1500 },
    ...over,
  });
}

const records = (count: number): Partial<AuditEvent> => ({
  args: { features: { records: count } },
});

/** A day of eight calls of five records each. */
const usual = (day: number) =>
  Array.from({ length: 8 }, (_, n) => call(day, 540 + 40 * n, records(5)));

function settled(days = 15): ProfileWorld {
  const world = new ProfileWorld();
  for (let day = 0; day < days; day += 1) expect(world.feed(...usual(day))).toEqual([]);
  return world;
}

const ofDays = (alerts: readonly Alert[]) =>
  alerts.filter(({ rule_id }) => rule_id.startsWith('day-'));
const idsOf = (alerts: readonly Alert[]) => new Set(alerts.map(({ alert_id }) => alert_id));

describe('a day below the floors of all windows', () => {
  it('of records, 45 a minute, is one alert of that day', () => {
    const world = settled();
    const alerts = world.feed(...Array.from({ length: 1010 }, (_, n) => call(15, n, records(45))));
    const told = ofDays(alerts);
    expect(idsOf(told).size).toBe(1);
    expect(told[0]?.rule_id).toBe('day-records');
    expect(told[0]?.severity).toBe('medium');
    expect(told[0]?.first_event_time).toBe(shiftTime(START, 15 * DAY_MS + 55 * MINUTE_MS));
    expect(told[0]?.title).toContain(
      '2520 records on 2026-01-20, at most 40 records a day that is counted',
    );
    expect(told[0]?.reasons[0]?.text).toContain(
      'the largest of the 15 days that are counted since 2026-01-05 had 40 records',
    );
    const last = told.at(-1);
    // Told as often as it doubles: of 45,450 by then no less than half.
    expect(last?.title).toContain('42615 records');
    expect(last?.reasons.map(({ feature }) => feature)).toEqual(['day_records', 'day_calls']);
  });

  it('of calls, four a minute, is told, and goes on in the same alert the day after', () => {
    const world = settled();
    const day = (at: number) =>
      Array.from({ length: 515 }, (_, n) => call(at, 400 + n / 4, records(n < 300 ? 0 : 12)));
    const told = ofDays(world.feed(...day(15)));
    expect(told[0]?.title).toContain(
      '501 calls on 2026-01-20, at most 8 calls a day that is counted',
    );
    const next = ofDays(world.feed(...day(16)));
    expect(idsOf([...told, ...next]).size).toBe(1);
    expect(next.at(-1)?.rule_id).toBe('day-calls');
    expect(next.at(-1)?.title).toContain('on 2026-01-21');
    expect(next.at(-1)?.reasons[0]?.text).toContain('1 day left out on which it alarmed');
  });

  it('of 259 MB, 480 KB a minute, is told as low', () => {
    const world = settled();
    const of = (n: number) => call(15, 480 + n, { result: { size: 480_000 } });
    const told = ofDays(world.feed(...Array.from({ length: 60 }, (_, n) => of(n))));
    expect(told[0]).toMatchObject({ rule_id: 'day-bytes', severity: 'low' });
  });

  it('of 600 MB that left in three calls is one alert, of the day too', () => {
    const world = settled();
    const one = { task: { id: 'mails' }, chain_id: 'mails', args: { size: 200_000_000 } };
    const of = (n: number) => call(15, 480 + 60 * n, one);
    const told = world.feed(of(0), of(1), of(2));
    expect(idsOf(told).size).toBe(1);
    expect(told[0]).toMatchObject({ rule_id: 'byte-volume', severity: 'low' });
    expect(told[0]?.reasons.map(({ feature }) => feature)).toEqual(['byte_volume', 'day_bytes']);
    expect(told[0]?.title).toContain('bytes of arguments and results');
  });

  it('is told of an agent that is back after 45 days of silence', () => {
    const world = settled();
    const told = ofDays(
      world.feed(...Array.from({ length: 130 }, (_, n) => call(60, 540 + n / 2, records(20)))),
    );
    expect(told[0]?.title).toContain('2520 records');
  });
});

it('a day that was found harmless excuses none that comes to twice as much', () => {
  const world = settled();
  const day = (of: number, each: number) =>
    ofDays(world.feed(...Array.from({ length: 400 }, (_, n) => call(of, 3 * n, records(each)))));
  const told = day(15, 40);
  for (const one of told.slice(-1)) world.verdict(one, 'false_positive');
  expect(told).not.toEqual([]);
  // Told last at 10,080 records: what was only counted since is not excused.
  expect(day(16, 36)).toEqual([]);
  expect(day(17, 80)).not.toEqual([]);
});

describe('a day that is told of nothing', () => {
  const many = (day: number, times: number, over = records(45)) =>
    Array.from({ length: times }, (_, n) => call(day, 400 + n, over));

  it('is one below the floor, and one below four times the largest ever', () => {
    expect(ofDays(settled().feed(...many(15, 55)))).toEqual([]);
    const world = settled(8);
    world.feed(...many(8, 50));
    expect(ofDays(world.feed(...many(9, 190)))).toEqual([]);
    expect(ofDays(world.feed(...many(30, 790)))[0]?.title).toContain('at most 8550 records');
  });

  it('is one of the first week, and one whose times are not measured', () => {
    expect(ofDays(settled(6).feed(...many(6, 200)))).toEqual([]);
    const unmeasured = { ...records(45), event_time_quality: 'coarse' } as const;
    expect(ofDays(settled().feed(...many(15, 200, unmeasured)))).toEqual([]);
  });

  it('is a backlog of days of which each is as usual', () => {
    const world = settled();
    world.feed(...usual(40));
    const backlog = Array.from({ length: 20 }, (_, n) => many(19 + n, 50)).flat();
    expect(ofDays(world.feed(...backlog))).toEqual([]);
  });
});

it('a day that steps of less than four times came to is told far beyond the first ones', () => {
  const draft = new MapDraft();
  const onDay = (day: number, sum: number) => {
    const one = call(day, 600, records(sum));
    const score = dayTotal.score(draft, one);
    dayTotal.learn(draft, one, score?.alarm !== undefined);
    return score;
  };
  for (let day = 0; day < 15; day += 1) onDay(day, 700);
  for (const [at, sum] of [1050, 1575, 2362, 3543, 5315].entries()) {
    expect(onDay(15 + at, sum)).toBeNull();
  }
  const score = onDay(21, 7973);
  expect(score?.alarm).toMatchObject({
    ruleId: 'day-records',
    title: 'reporter: 7973 records on 2026-01-26, 11 times the most of its first days',
    times: 11.4,
    summary:
      'reporter has 7973 records on 2026-01-26; at most 700 records on its first 10 days, and no change was declared since. The alarm begins above 6666 records.',
  });
  expect(score?.reasons[0]).toMatchObject({ threshold_source: 'learned' });
  expect(score?.reasons[0]?.p_value).toBeUndefined();
  // It goes on as one alert, and was not learnt.
  expect(onDay(23, 8100)?.alarm?.dedupeKey).toBe(score?.alarm?.dedupeKey);
});

it('after a declared change twice of what was learnt is told still', () => {
  const draft = new MapDraft();
  for (let day = 0; day < 9; day += 1) dayTotal.learn(draft, call(day, 600, records(700)), false);
  expect(dayTotal.score(draft, call(9, 1, records(2900)))?.alarm?.ruleId).toBe('day-records');
  const by = { uid: 'release-office' };
  declare(draft, call(9, 0, { target: { resource_id: 'release/2' }, principal: by }));
  expect(dayTotal.score(draft, call(9, 1, records(5500)))).toBeNull();
  const alarm = dayTotal.score(draft, call(9, 1, records(5700)))?.alarm;
  expect(alarm?.summary).toContain('after its declared change at most 5600 records a day pass');
});

it('is part of the burst that made it, and so are the calls that follow', () => {
  const world = settled();
  const burst = world.feed(
    ...Array.from({ length: 10 }, (_, n) => call(15, 600 + n / 10, records(4000))),
  );
  expect(idsOf(burst).size).toBe(1);
  expect(burst.at(-1)?.reasons.map(({ feature }) => feature)).toContain('day_records');
  const after = world.feed(...Array.from({ length: 12 }, (_, n) => call(15, 700 + 10 * n)));
  expect([...idsOf([...burst, ...after])]).toEqual([...idsOf(burst)]);
});

it('says how probable a day is that lies above all: to be the largest, and so far above the second', () => {
  const draft = new MapDraft();
  const chance = (one: AuditEvent) => dayTotal.chances?.(draft, one)[0]?.probability;
  for (let day = 0; day < 20; day += 1) {
    for (const one of usual(day)) dayTotal.learn(draft, one, false);
  }
  // Of 40 records a day; calls and bytes are judged too, so it is one of three chances.
  const p = 1 / 5 / 21;
  expect(chance(call(20, 540, records(200)))).toBeCloseTo(1 - (1 - p) ** 3);
  expect(chance(call(20, 540, records(40)))).toBe(1);
});
