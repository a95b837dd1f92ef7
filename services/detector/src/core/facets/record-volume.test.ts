/** Records count where they show: in what a call asked for, or in what it got. */
import type { AuditEvent } from '@waywarden/schemas';
import { expect, it } from 'vitest';
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
