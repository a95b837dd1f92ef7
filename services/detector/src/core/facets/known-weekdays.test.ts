/** A day of the week on which an agent never acts, though it acts on most others. */
import { describe, expect, it } from 'vitest';
import { keepKnown, knownOf } from '../kept/known-of-agent.ts';
import { event } from '../testing/event-builder.ts';
import { MapDraft } from '../testing/map-draft.ts';
import { actingHours } from './acting-hours.ts';

/** From Monday, 2 March 2026 on: none of the Sundays that are asked for lies at a month’s edge. */
const at = (day: number, hour = 14, over: Parameters<typeof event>[1] = {}, from = 30) =>
  event(day * 100 + hour, {
    effect: 'update',
    event_time: new Date(Date.UTC(2026, 1, from + day, hour)).toISOString(),
    ...over,
  });

const isWorkday = (day: number) => day % 7 < 5;

/** Calls at ten hours of each of these days. */
function worked(days: number, acts: (day: number) => boolean = isWorkday, from = 30): MapDraft {
  const draft = new MapDraft();
  for (let day = 0; day < days; day += 1) {
    for (let hour = 8; acts(day) && hour < 18; hour += 1) {
      actingHours.learn(draft, at(day, hour, {}, from), false);
    }
  }
  return draft;
}

const alarm = (draft: MapDraft, day: number, hour = 14, from = 30) =>
  actingHours.score(draft, at(day, hour, {}, from))?.alarm;

describe('a free weekday', () => {
  it('alarms once three of them passed, as low until a month of them did', () => {
    expect(alarm(worked(20), 20)).toBeUndefined();
    expect(alarm(worked(27), 27)?.severity).toBe('low');
    expect(alarm(worked(41), 41)?.severity).toBe('medium');
    const { title, summary } = alarm(worked(41), 41) ?? {};
    expect(title).toContain('on a Sunday, when it never acts');
    expect(summary).toContain('On none of 5 Sundays since 2026-03-02');
    expect(summary).toContain('it acts on Monday, Tuesday, Wednesday, Thursday and Friday');
  });

  it('has no probability, and says which days are known', () => {
    const [reason] = actingHours.score(worked(41), at(41))?.reasons ?? [];
    expect(reason?.p_value).toBeUndefined();
    expect(reason?.expected).toContain('Friday');
  });

  it('is not asked of what a person asked for, of reads, and of other days', () => {
    const draft = worked(41);
    const quiet = (over: Parameters<typeof event>[1]) =>
      actingHours.score(draft, at(41, 14, over))?.alarm;
    expect(quiet({ effect: 'read' })).toBeUndefined();
    expect(quiet({ approval: { mode: 'human' } })).toBeUndefined();
    expect(alarm(draft, 42)).toBeUndefined();
  });

  it('does not begin at midnight: beside a known day two hours are as good', () => {
    const draft = new MapDraft();
    for (let day = 0; day < 41; day += 1) {
      for (let hour = 0; isWorkday(day) && hour < 24; hour += 2) {
        actingHours.learn(draft, at(day, hour), false);
      }
    }
    expect(alarm(draft, 40, 1)).toBeUndefined();
    expect(alarm(draft, 40, 2)).toBeDefined();
    expect(alarm(draft, 41, 21)).toBeDefined();
    expect(alarm(draft, 41, 22)).toBeUndefined();
  });

  it('is none of an agent that acts on half of the days', () => {
    expect(
      alarm(
        worked(60, (day) => [0, 2, 4].includes(day % 7)),
        62,
      ),
    ).toBeUndefined();
  });

  it('is not made known by a read of the same day, and by one of another it is', () => {
    const draft = worked(41);
    actingHours.learn(draft, at(41, 9, { effect: 'read' }), false);
    expect(alarm(draft, 41)).toBeDefined();
    expect(alarm(draft, 48)).toBeUndefined();
  });

  it('is known by a day that was told late', () => {
    const draft = worked(41);
    actingHours.learn(draft, at(34, 9, { effect: 'read' }), false);
    expect(alarm(draft, 41)).toBeUndefined();
  });

  it('is no month’s end until one passed on a free day', () => {
    // From 8 December on the first end of a month on a weekend is that of January.
    const from = 2 - 56;
    const january31 = 54;
    const draft = worked(january31, isWorkday, from);
    expect(alarm(draft, january31 - 7, 14, from)?.severity).toBe('medium');
    expect(alarm(draft, january31, 14, from)).toBeUndefined();
    expect(alarm(draft, january31 + 1, 14, from)).toBeUndefined();
    const later = worked(january31 + 28, isWorkday, from);
    expect(alarm(later, january31 + 28, 14, from)?.severity).toBe('medium');
  });

  it('is one alert for as long as it goes on week after week, and released after a month', () => {
    const draft = worked(41);
    const keys: (string | undefined)[] = [];
    for (let week = 5; week < 12; week += 1) {
      const sunday = week * 7 + 6;
      const said = alarm(draft, sunday);
      keys.push(said?.dedupeKey);
      actingHours.learn(draft, at(sunday), said !== undefined);
      for (let day = sunday + 1; day < sunday + 6; day += 1) {
        actingHours.learn(draft, at(day), false);
      }
    }
    expect(new Set(keys.slice(0, 5)).size).toBe(1);
    expect(keys[0]).toBeDefined();
    expect(keys.at(-1)).toBeUndefined();
  });

  it('is counted anew in what earlier versions kept, which then alarms as before', () => {
    const draft = worked(41);
    const earlier = knownOf<readonly unknown[]>(draft, at(0), 'acted')?.slice(0, 5) ?? [];
    keepKnown(draft, at(0), 'acted', earlier);
    expect(alarm(draft, 41)).toBeUndefined();
    expect(alarm(draft, 42, 2)).toBeDefined();
    keepKnown(draft, at(0), 'acted', [...earlier, 20_000, 20_001]);
    actingHours.learn(draft, at(42), false);
    expect(alarm(draft, 43)).toBeUndefined();
  });
});
