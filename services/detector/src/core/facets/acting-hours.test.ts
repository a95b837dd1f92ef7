/** An hour at which an agent never acted: told once while it goes on, and usual after a month. */
import { expect, it } from 'vitest';
import { declare } from '../profile/declarations.ts';
import { event } from '../testing/event-builder.ts';
import { MapDraft } from '../testing/map-draft.ts';
import { actingHours } from './acting-hours.ts';

const at = (day: number, hour: number, n = 0) =>
  event(day * 1000 + hour * 20 + n, {
    effect: 'send',
    event_time: new Date(Date.UTC(2026, 0, 5 + day, hour, n)).toISOString(),
  });

/** Twenty days of six calls in the afternoon. */
function settled(): MapDraft {
  const draft = new MapDraft();
  for (let day = 0; day < 20; day += 1) {
    for (let n = 0; n < 6; n += 1) actingHours.learn(draft, at(day, 14, n), false);
  }
  return draft;
}

/** Its alert's key, if it acts by night on this day. */
function night(draft: MapDraft, day: number): string | undefined {
  const one = at(day, 3);
  const alarm = actingHours.score(draft, one)?.alarm;
  actingHours.learn(draft, one, alarm !== undefined);
  return alarm?.dedupeKey;
}

it('is one alert for as long as it goes on, and another after a week without', () => {
  const draft = settled();
  const keys = [20, 21, 24, 27].map((day) => night(draft, day));
  expect(new Set(keys).size).toBe(1);
  expect(keys[0]).toBeDefined();
  const later = night(draft, 40);
  expect(later).toBeDefined();
  expect(later).not.toBe(keys[0]);
});

it('is usual once it has gone on for a month, and not before', () => {
  const draft = settled();
  const told = Array.from({ length: 40 }, (_, n) => night(draft, 20 + n) !== undefined);
  expect(told.indexOf(false)).toBe(31);
  expect(told.slice(31)).not.toContain(true);
});

it('is usual after a week where a change was declared as it began, and is told as that until then', () => {
  const after = (resource_id: string, by = 'release-office') => {
    const draft = settled();
    const target = { resource_id };
    declare(draft, { ...at(20, 2), principal: { uid: by }, target });
    return Array.from({ length: 12 }, (_, n) => {
      const one = at(20 + n, 3);
      const { alarm } = actingHours.score(draft, one) ?? {};
      actingHours.learn(draft, one, alarm !== undefined);
      return alarm;
    });
  };
  const told = after('release/2.0');
  expect(told.map((alarm) => alarm !== undefined).lastIndexOf(true)).toBe(7);
  expect(told[0]?.summary).toContain('A change was declared as that began (release/2.0)');
  expect(told[0]?.title).toContain('when it never acts');
  expect(told[3]?.title).toContain('by itself at 03:00 UTC, new since 2026-01-25');
  expect(told[3]?.summary).toContain('which was alarmed on and is not counted');
  // What it declares of itself counts for nothing.
  expect(after('release/2.0', 'reporter').at(-1)?.summary).not.toContain('declared');
});

it('is not made usual by a call of the same run, nor by what waits, and by one of another day it is', () => {
  const draft = settled();
  const alarms = (day: number, n: number) => actingHours.score(draft, at(day, 3, n))?.alarm;
  actingHours.learn(draft, at(20, 3, 0), false);
  expect(alarms(20, 1)).toBeDefined();
  expect(alarms(21, 1)).toBeUndefined();
});

it('is held against what is known and not against calls of the same night, which wait', () => {
  const draft = settled();
  for (let n = 0; n < 30; n += 1)
    actingHours.learn(draft, { ...at(20, 3, n), effect: 'read' }, false);
  // Of the first day, at whose hour nothing was done before, one of six counts.
  const { alarm, reasons, baseline } = actingHours.score(draft, at(20, 3, 40)) ?? {};
  expect(alarm?.summary).toContain(
    'In the 115 calls counted since 2026-01-05 (20 days before this one, and this one) it never acted within 2 hours of that time',
  );
  expect(reasons?.[0]).toMatchObject({ baseline_n: 115 });
  expect(reasons?.[0]?.text).toContain('0 of 115 earlier calls that are counted lie');
  expect(baseline).toMatchObject({ n: 115 });
});

it('is as probable as calls are that lie where as few do, of an agent that acts around the clock too', () => {
  const chanceOf = (draft: MapDraft, day: number, hour: number) =>
    actingHours.chances?.(draft, at(day, hour)).find(({ per }) => per === 'call')?.probability;
  // 120 calls at one hour; this would be the only one elsewhere.
  expect(chanceOf(settled(), 20, 3)).toBeCloseTo(1 / 121);
  expect(chanceOf(settled(), 20, 14)).toBe(1);
  const around = new MapDraft();
  for (let day = 0; day < 20; day += 1) {
    for (let hour = 0; hour < 24; hour += 1) actingHours.learn(around, at(day, hour), false);
  }
  // Each hour has a fifth of the calls near it, and none is lonelier than the others but by chance.
  expect(chanceOf(around, 20, 3)).toBeGreaterThan(0.5);
  const young = new MapDraft();
  actingHours.learn(young, at(0, 14), false);
  expect(actingHours.chances?.(young, at(1, 3))).toEqual([]);
});

it('lets a day be four hours longer than any, and no walk through the evening make the night usual', () => {
  const draft = settled();
  const isOdd = (hour: number) => actingHours.score(draft, at(20, hour))?.alarm !== undefined;
  for (const hour of [16, 18]) {
    expect(isOdd(hour)).toBe(false);
    actingHours.learn(draft, at(20, hour), false);
  }
  expect(isOdd(20)).toBe(true);
  // Reads don't alarm, and teach what they teach.
  for (const hour of [20, 22]) {
    actingHours.learn(draft, { ...at(20, hour), effect: 'read' }, false);
  }
  expect(isOdd(23)).toBe(true);
  // From one day to the next two hours more are known.
  expect(actingHours.score(draft, at(21, 20))?.alarm).toBeUndefined();
});

it('does not take the turn of the day before for a person who asks', () => {
  const draft = settled();
  const asked = (day: number, hour: number, turn: number) => ({
    ...at(day, hour),
    principal: { type: 'human', uid: 'ana' },
    conversation_id: 'c-1',
    conversation_turn: turn,
  });
  actingHours.learn(draft, asked(19, 14, 1), false);
  expect(actingHours.score(draft, asked(20, 3, 1))?.alarm).toBeDefined();
  expect(actingHours.score(draft, asked(20, 3, 2))?.alarm).toBeUndefined();
});
