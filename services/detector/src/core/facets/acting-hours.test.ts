/** An hour at which an agent never acted: told once while it goes on, and usual after a month. */
import { expect, it } from 'vitest';
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
