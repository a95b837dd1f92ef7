/** Records count where they show: in what a call asked for, or in what it got. */
import type { AuditEvent } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { keepKnown, knownOf } from '../kept/known-of-agent.ts';
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

  it('is told after a declared change too where it is twice what alarmed before, however many are declared', () => {
    const declared = busy();
    for (const day of [12, 13, 14]) {
      const target = { resource_id: 'tool/db' };
      declare(
        declared,
        event(5000 + day, {
          event_time: minute(day, 0),
          target,
          principal: { uid: 'release-office' },
        }),
      );
      recordVolume.learn(declared, read(day, 20, 90), false);
      const alarm = recordVolume.score(declared, read(day, 30, 1500))?.alarm;
      expect(alarm?.summary).toContain('after its declared change at most 354 records pass');
      expect(alarm?.summary).not.toContain('By chance');
    }
  });

  it('is nothing below the floor, and what was flagged is no precedent', () => {
    expect(recordVolume.score(busy(), read(12, 0, 400))?.alarm).toBeUndefined();
    const flagged = busy();
    recordVolume.learn(flagged, read(12, 0, 1500), true);
    expect(recordVolume.score(flagged, read(13, 0, 1500))?.alarm?.ruleId).toBe(
      'record-volume-one-call',
    );
  });

  it('reads what earlier versions stored', () => {
    const draft = busy();
    const name = 'volume|record_volume';
    const stored = knownOf<readonly unknown[]>(draft, read(12, 0, 1500), name);
    if (stored === undefined) throw new Error('nothing is stored');
    // Nothing of single calls.
    keepKnown(draft, read(12, 0, 1500), name, stored.slice(0, 4));
    expect(recordVolume.score(draft, read(12, 0, 1500))?.alarm).toBeUndefined();
  });
});

describe('records that are told later than ten minutes', () => {
  const told = (day: number, minutes: number, records: number) =>
    event(day * 1000 + minutes, {
      event_time: new Date(Date.UTC(2026, 0, 5 + day, 9, minutes)).toISOString(),
      result: { features: { records } },
    });

  /** Twelve days of forty records, and on the last of them other work after nine. */
  function worked(): MapDraft {
    const draft = new MapDraft();
    for (let day = 0; day < 12; day += 1) learnCall(draft, told(day, 0, 40), 'clear');
    for (const minutes of [40, 50, 55]) learnCall(draft, told(12, minutes, 30), 'clear');
    return draft;
  }

  it('are judged: one bulk export whose record is written at its end', () => {
    const alarm = recordVolume.score(worked(), told(12, 5, 20_000))?.alarm;
    expect(alarm?.title).toContain('20000 records');
  });

  it('are counted with each other, by when they were, and not with the present', () => {
    const draft = worked();
    const late = Array.from({ length: 8 }, (_, n) => told(12, 5 + n, 100));
    const alarms = late.map((one) => {
      const alarm = recordVolume.score(draft, one)?.alarm;
      recordVolume.learn(draft, one, alarm !== undefined);
      return alarm?.title;
    });
    expect(alarms.slice(0, 5)).toEqual([undefined, undefined, undefined, undefined, undefined]);
    expect(alarms[5]).toContain('600 records');
    expect(recordVolume.score(draft, told(12, 56, 40))?.alarm).toBeUndefined();
  });

  it('of a source that catches up with what is usual are nothing', () => {
    const draft = worked();
    for (let n = 0; n < 30; n += 1) {
      const one = told(12, n, 4);
      expect(recordVolume.score(draft, one)?.alarm).toBeUndefined();
      recordVolume.learn(draft, one, false);
    }
  });
});
