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

  it('refuses zones that no place on earth has', () => {
    const at = (zone: string) => parseLogTime(`2026-11-24T10:00:00${zone}`);
    for (const zone of ['+14:00', '-14:00', '+05:45']) expect(at(zone)).toBeDefined();
    for (const zone of ['+99:99', '+14:01', '-15:00', '+01:60']) expect(at(zone)).toBeUndefined();
  });

  it('takes what a pattern of RFC 3339 takes, and nothing else', () => {
    const pattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/;
    const part = fc.constantFrom('.', ':', '-', '+', 'T', 'Z', '0', '5', '12', 'x', ' ', '');
    fc.assert(
      fc.property(fc.nat(36), fc.nat(3), part, (at, drop, put) => {
        for (const whole of ['2024-05-13T10:20:30.123456789+01:30', '2024-05-13T10:20:30Z']) {
          const text = whole.slice(0, at) + put + whole.slice(at + drop);
          const [, month = '', day = '', hour = '', minute = '', second = ''] =
            text.split(/[-T:.Z+]/);
          const isReal =
            Number(month) >= 1 && Number(month) <= 12 && Number(day) >= 1 && Number(day) <= 28;
          const isTime = Number(hour) < 24 && Number(minute) < 60 && Number(second) <= 60;
          const [, past, minutes] = /[+-](\d\d):(\d\d)$/.exec(text) ?? [];
          const isZone =
            Number(minutes ?? 0) < 60 && Number(past ?? 0) * 60 + Number(minutes ?? 0) <= 840;
          expect(parseLogTime(text) !== undefined).toBe(
            pattern.test(text) && isReal && isTime && isZone,
          );
        }
      }),
      { seed: 5, numRuns: 2000 },
    );
  });

  it('keeps what is in normal form and turns a leap second into the next minute', () => {
    const normal = '2026-11-24T08:30:00.123456789Z';
    expect(normaliseTime(normal)).toBe(normal);
    expect(normaliseTime('2016-12-31T23:59:60.5Z')).toBe('2017-01-01T00:00:00.500000000Z');
    expect(normaliseTime('2016-12-31T23:59:60.000000000Z')).toBe('2017-01-01T00:00:00.000000000Z');
    expect(normaliseTime('2026-02-30T08:30:00.123456789Z')).toBeUndefined();
  });

  it('shifts across days', () => {
    expect(shiftTime('2026-12-31T23:59:59.999Z', 1)).toBe('2027-01-01T00:00:00.000000000Z');
  });
});
