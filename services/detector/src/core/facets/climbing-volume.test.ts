/** A climb in steps, none of which alarms, is told once it is far beyond the agent's first days; in one alert. */
import type { AuditEvent } from '@waywarden/schemas';
import { expect, it } from 'vitest';
import { declare } from '../profile/declarations.ts';
import { event } from '../testing/event-builder.ts';
import { MapDraft } from '../testing/map-draft.ts';
import { recordVolume } from './record-volume.ts';

const AGENT = { tenant_id: 'acme', agent: { uid: 'reporter' } };
const at = (day: number) => new Date(Date.UTC(2026, 0, 5 + day, 9)).toISOString();
const read = (day: number, records: number): AuditEvent =>
  event(day, { event_time: at(day), result: { features: { records } } });

/** One read a day: what alarms is flagged, as `../profile/score-call.ts` does. */
function asked(draft: MapDraft, day: number, records: number) {
  const call = read(day, records);
  const score = recordVolume.score(draft, call);
  recordVolume.learn(draft, call, score?.alarm !== undefined);
  return score;
}

/** Each fourth day 1.4 times the last such day, after twenty days of about 200. */
const climb = (day: number) =>
  day >= 20 && day % 4 === 3
    ? Math.round(200 * 1.4 ** (1 + Math.floor((day - 20) / 4)))
    : 200 + (day % 7);

function told(draft: MapDraft, until = 60) {
  for (let day = 0; day < until; day += 1) {
    const score = asked(draft, day, climb(day));
    if (score?.alarm !== undefined) return { day, score, alarm: score.alarm };
  }
  return undefined;
}

it('is told at less than eight times the usual, in words that say so', () => {
  const found = told(new MapDraft());
  expect(climb(found?.day ?? 0)).toBe(1506);
  expect(found?.alarm).toMatchObject({
    ruleId: 'record-volume',
    title: 'reporter: 1506 records within ten minutes, 7.3 times the most of its first days',
  });
  expect(found?.alarm.summary).toBe(
    'reporter has 1506 records within ten minutes; its first 10 days count as at most 206 records within ten minutes, ' +
      'and no change was declared since. The alarm begins above 1236 records.',
  );
});

it('claims no probability: it is a multiple', () => {
  const [reason] = told(new MapDraft())?.score.reasons ?? [];
  expect(reason).toMatchObject({ baseline_n: 10, threshold_source: 'learned' });
  expect(reason?.p_value).toBeUndefined();
});

it('is one alert on the days on which it goes on', () => {
  const draft = new MapDraft();
  const keys = new Set<string>();
  for (let day = 0; day < 60; day += 1) {
    const key = asked(draft, day, climb(day))?.alarm?.dedupeKey;
    if (key !== undefined) keys.add(key);
  }
  expect(keys.size).toBe(1);
});

it('gives no number of times for who did nothing in the first days', () => {
  const draft = new MapDraft();
  for (let day = 0; day < 20; day += 1) asked(draft, day, 1);
  for (let day = 20; day < 60; day += 1) {
    const title = asked(draft, day, Math.round(1.2 ** (day - 20)))?.alarm?.title;
    if (title === undefined) continue;
    expect(title).toContain('far more than on its first days');
    return;
  }
  expect.unreachable();
});

it('has room for twice as much after a declared change, which it names', () => {
  const draft = new MapDraft();
  for (let day = 0; day < 30; day += 1) asked(draft, day, 200 + (day % 7));
  declare(
    draft,
    event(30, {
      event_time: at(30),
      target: { resource_id: 'release/2' },
      principal: { uid: 'office' },
    }),
  );
  for (let day = 30; day < 42; day += 1) expect(asked(draft, day, 800)?.alarm).toBeUndefined();
  for (let day = 42; day < 80; day += 1) {
    const high = Math.round(800 * 1.4 ** (1 + Math.floor((day - 42) / 4)));
    const alarm = asked(draft, day, day % 4 === 1 ? high : 800)?.alarm;
    if (alarm === undefined) continue;
    expect(high).toBe(3073);
    expect(alarm.summary).toContain('no change since 2026-02-04 was declared');
    return;
  }
  expect.unreachable();
});

it('that people found harmless is told again at half as much more', () => {
  const draft = new MapDraft();
  const found = told(draft);
  const day = (found?.day ?? 0) + 1;
  recordVolume.release?.(draft, AGENT, (what) => (what === 'record-volume|' ? 1506 : undefined));
  expect(asked(draft, day, 2100)?.alarm).toBeUndefined();
  expect(asked(draft, day + 1, 2400)?.alarm).toBeDefined();
});
