/**
 * Guarantees: a batch spans no more time than said, a late call and one without a time end none, and
 * the next batch begins anew.
 */
import { expect, it } from 'vitest';
import { BatchSpan, eventTimeMsOf } from './batch-span.ts';

const at = (time: string) => eventTimeMsOf({ event_time: `2026-04-17T${time}Z` });

it('ends before the call that lies too far from its first', () => {
  const span = new BatchSpan(600_000);
  expect(span.isOver(at('09:00:00'))).toBe(false);
  span.take(at('09:00:00'));
  expect(span.isOver(at('09:09:59.999'))).toBe(false);
  expect(span.isOver(at('09:10:00'))).toBe(true);
  span.begin();
  expect(span.isOver(at('09:10:00'))).toBe(false);
});

it('ends for no call that came late and for none without a time', () => {
  const span = new BatchSpan(600_000);
  span.take(eventTimeMsOf({}));
  span.take(at('09:00:00'));
  span.take(at('08:00:00'));
  expect(span.isOver(at('07:00:00'))).toBe(false);
  for (const input of [null, 7, {}, { event_time: 'soon' }, { event_time: 7 }]) {
    expect(span.isOver(eventTimeMsOf(input))).toBe(false);
  }
});
