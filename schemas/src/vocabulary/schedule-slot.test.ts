/** Guarantees: slots lie where the calendar has them, over midnight and over weeks, and grace follows their end. */
import { expect, test } from 'vitest';
import { isInSlot, slotEndMs } from './schedule-slot.ts';

// A Tuesday.
const at = (time: string, day = '2026-11-24') => Date.parse(`${day}T${time}:00Z`);
const MINUTE_MS = 60_000;
const NIGHTLY = ['daily 22:00-02:00'];
const MONDAYS = ['mon 03:00-04:00'];

test.each([
  ['in it', NIGHTLY, at('23:00'), 0, true],
  ['in it, after midnight', NIGHTLY, at('01:59'), 0, true],
  ['at its end', NIGHTLY, at('02:00'), 0, false],
  ['within the grace', NIGHTLY, at('02:14'), 15 * MINUTE_MS, true],
  ['after the grace', NIGHTLY, at('02:15'), 15 * MINUTE_MS, false],
  ['before it begins, whatever the grace', NIGHTLY, at('21:59'), 60 * MINUTE_MS, false],
  [
    'within a grace that is longer than the slot',
    ['tue 09:00-09:05'],
    at('09:30'),
    30 * MINUTE_MS,
    true,
  ],
  ['on another day of the week', MONDAYS, at('03:30'), 0, false],
  ['in a single time', ['2026-11-24T08:00:00Z/2026-11-24T10:00:00Z'], at('09:00'), 0, true],
  ['where no window is written', ['often'], at('09:00'), 0, false],
])('%s', (_what, schedule, ms, graceMs, is) => {
  expect(isInSlot(schedule, ms, graceMs)).toBe(is);
});

test('a slot’s end is that of the slot in which it lies, else of the next', () => {
  expect(slotEndMs(NIGHTLY, at('23:00'))).toBe(at('02:00', '2026-11-25'));
  expect(slotEndMs(NIGHTLY, at('12:00'))).toBe(at('02:00', '2026-11-25'));
  expect(slotEndMs(MONDAYS, at('12:00'))).toBe(at('04:00', '2026-11-30'));
  expect(slotEndMs(MONDAYS, at('04:00', '2026-11-23'))).toBe(at('04:00', '2026-11-30'));
  expect(slotEndMs(['2026-11-24T08:00:00Z/2026-11-24T10:00:00Z'], at('11:00'))).toBeUndefined();
});
