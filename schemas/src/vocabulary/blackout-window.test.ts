import { describe, expect, test } from 'vitest';
import { blackoutAt, blackoutEndsAt, parseBlackout } from './blackout-window.ts';

const at = (time: string) => Date.parse(time);

describe('a weekly window', () => {
  test.each([
    // 2026-11-24 is a Tuesday.
    ['mon-fri 08:00-18:00', '2026-11-24T08:00:00Z', true],
    ['mon-fri 08:00-18:00', '2026-11-24T18:00:00Z', false],
    ['mon-fri 08:00-18:00', '2026-11-28T12:00:00Z', false],
    ['sat,sun 00:00-24:00', '2026-11-29T23:59:59Z', true],
    ['fri-mon 00:00-24:00', '2026-11-30T12:00:00Z', true],
    ['fri-mon 00:00-24:00', '2026-12-01T00:00:00Z', false],
    ['daily 22:00-02:00', '2026-11-24T01:59:00Z', true],
    ['tue 22:00-02:00', '2026-11-25T01:00:00Z', true],
    ['tue 22:00-02:00', '2026-11-24T01:00:00Z', false],
  ])('%s holds at %s: %s', (window, time, inHand) => {
    expect(blackoutAt([window], at(time)) === window).toBe(inHand);
  });
});

test('a single window holds from its first moment to before its last', () => {
  const window = '2026-12-24T18:00:00Z/2026-12-27T06:00:00Z';
  expect(blackoutAt([window], at('2026-12-24T18:00:00Z'))).toBe(window);
  expect(blackoutAt([window], at('2026-12-27T06:00:00Z'))).toBeUndefined();
});

test.each([
  'month end',
  'mon 25:00-26:00',
  'mon 08:00-08:00',
  'someday 08:00-09:00',
  'mon-wed-fri 08:00-09:00',
  '2026-12-27T06:00:00Z/2026-12-24T18:00:00Z',
  '2026-13-01T00:00:00Z/2026-12-24T18:00:00Z',
])('%s is no window, and holds nothing', (text) => {
  expect(parseBlackout(text)).toBeUndefined();
  expect(blackoutAt([text], at('2026-11-24T08:30:00Z'))).toBeUndefined();
});

describe('the end', () => {
  test.each<[readonly string[], string, string | undefined]>([
    // 2026-11-24 is a Tuesday.
    [['mon-fri 08:00-18:00'], '2026-11-24T09:00:30Z', '2026-11-24T18:00:00Z'],
    [['daily 22:00-02:00'], '2026-11-24T23:00:00Z', '2026-11-25T02:00:00Z'],
    [['daily 22:00-02:00'], '2026-11-24T01:00:00Z', '2026-11-24T02:00:00Z'],
    [['sat,sun 00:00-24:00'], '2026-11-28T01:00:00Z', '2026-11-30T00:00:00Z'],
    [
      ['2026-11-24T00:00:00Z/2026-11-24T10:00:00Z', 'tue 10:00-11:00'],
      '2026-11-24T09:00:00Z',
      '2026-11-24T11:00:00Z',
    ],
    [['daily 00:00-24:00'], '2026-11-24T09:00:00Z', undefined],
    [['mon-fri 08:00-18:00'], '2026-11-28T12:00:00Z', '2026-11-28T12:00:00Z'],
  ])('of %s at %s is %s', (windows, time, end) => {
    expect(blackoutEndsAt(windows, at(time))).toBe(end === undefined ? undefined : at(end));
  });
});
