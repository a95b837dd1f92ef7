/** Records count where they show: in what a call asked for, or in what it got. */
import type { AuditEvent } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { declare } from '../profile/declarations.ts';
import { learnCall } from '../profile/score-call.ts';
import { event } from '../testing/event-builder.ts';
import { MapDraft } from '../testing/map-draft.ts';
import { recordVolume } from './record-volume.ts';

const at = (day: number) => new Date(Date.UTC(2026, 0, 5 + day, 9)).toISOString();
const call = (day: number, over: Partial<AuditEvent>) =>
  event(day, { event_time: at(day), ...over });

it.each(['args', 'result'] as const)('sees 20,000 records in the %s', (side) => {
  const of = (records: number) => ({ [side]: { features: { records } } });
  const draft = new MapDraft();
  for (let day = 0; day < 12; day += 1) learnCall(draft, call(day, of(20 + day)), 'clear');
  expect(recordVolume.score(draft, call(12, of(30)))?.alarm).toBeUndefined();
  const alarm = recordVolume.score(draft, call(12, of(20_000)))?.alarm;
  expect(alarm?.title).toContain('20000 records');
});

it('takes the larger of both, and neither twice', () => {
  const draft = new MapDraft();
  const both = { args: { features: { records: 400 } }, result: { features: { records: 450 } } };
  for (let day = 0; day < 12; day += 1) {
    learnCall(draft, call(day, { result: { features: { records: 20 } } }), 'clear');
  }
  expect(recordVolume.score(draft, call(12, both))?.alarm).toBeUndefined();
});

describe('one read far beyond all before it', () => {
  const minute = (day: number, n: number) =>
    new Date(Date.UTC(2026, 0, 5 + day, 9, 0, 2 * n)).toISOString();
  const read = (day: number, n: number, records: number) =>
    event(day * 100 + n, { event_time: minute(day, n), result: { features: { records } } });

  /** Days of one to forty reads of at most sixty records: 60 to 2,000 within ten minutes. */
  function busy(): MapDraft {
    const draft = new MapDraft();
    for (let day = 0; day < 12; day += 1) {
      for (let n = 0; n <= (day * 17) % 40; n += 1) {
        learnCall(draft, read(day, n, 40 + ((n * 7) % 20)), 'clear');
      }
    }
    return draft;
  }

  it('is told though ten minutes of its days held as many', () => {
    const alarm = recordVolume.score(busy(), read(12, 0, 1500))?.alarm;
    expect(alarm?.ruleId).toBe('record-volume-one-call');
    expect(alarm?.title).toContain('1500 records in one call');
    expect(alarm?.summary).toContain('at most 59 records');
  });

  it('is nothing below the floor or after a declared change, and what was flagged is no precedent', () => {
    expect(recordVolume.score(busy(), read(12, 0, 400))?.alarm).toBeUndefined();
    const declared = busy();
    declare(
      declared,
      event(5000, { event_time: minute(12, 0), target: { resource_id: 'tool/db' } }),
    );
    expect(recordVolume.score(declared, read(12, 30, 1500))?.alarm).toBeUndefined();
    const flagged = busy();
    recordVolume.learn(flagged, read(12, 0, 1500), true);
    expect(recordVolume.score(flagged, read(13, 0, 1500))?.alarm?.ruleId).toBe(
      'record-volume-one-call',
    );
  });

  it('reads what earlier versions stored', () => {
    const draft = busy();
    const [key, stored] = [...draft.entries].find(([name]) => name.includes('record_volume')) ?? [];
    if (key === undefined || !Array.isArray(stored)) throw new Error('nothing is stored');
    draft.put(key, stored.slice(0, 9));
    expect(recordVolume.score(draft, read(12, 0, 1500))?.alarm).toBeUndefined();
  });
});
