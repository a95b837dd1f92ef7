import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { epochMs, formatLogTime, normaliseTime, parseLogTime, shiftTime } from './log-time.ts';

describe('log time', () => {
  it('agrees with Date on every millisecond it can express', () => {
    fc.assert(
      fc.property(
        fc.date({
          noInvalidDate: true,
          min: new Date('0001-01-02T00:00:00Z'),
          max: new Date('9998-12-30T00:00:00Z'),
        }),
        (date) => {
          expect(epochMs(date.toISOString())).toBe(date.getTime());
          expect(formatLogTime({ ms: date.getTime(), ns: 0 })).toBe(
            date.toISOString().replace('Z', '000000Z'),
          );
        },
      ),
    );
  });

  it('keeps nanoseconds and removes the zone', () => {
    expect(normaliseTime('2026-11-24T10:00:00.123456789+01:30')).toBe(
      '2026-11-24T08:30:00.123456789Z',
    );
  });

  it('refuses days that do not exist', () => {
    expect(parseLogTime('2026-02-29T00:00:00Z')).toBeUndefined();
    expect(parseLogTime('2024-02-29T00:00:00Z')).toBeDefined();
    expect(parseLogTime('2026-13-01T00:00:00Z')).toBeUndefined();
    expect(parseLogTime('yesterday')).toBeUndefined();
  });

  it('shifts across days', () => {
    expect(shiftTime('2026-12-31T23:59:59.999Z', 1)).toBe('2027-01-01T00:00:00.000000000Z');
  });
});
